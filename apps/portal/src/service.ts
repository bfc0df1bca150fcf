/**
 * The portal as a service: for now one page, its style, and the town's addresses for the command line.
 *
 * It is served by the trusted side and asks the services what anyone may ask: their health and their counts.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { flag, maybe, port, readConfiguration, setting, text, words } from '@carelet/ground/config';
import { type Listening, listen } from '@carelet/ground/http';
import { type Level, logger } from '@carelet/ground/log';
import { metrics } from '@carelet/ground/metrics';
import { mark } from './mark.ts';
import { type Resident, townPage } from './page.ts';
import { stateOf, type TownAddresses } from './state.ts';

export type { Resident } from './page.ts';
export type { TownAddresses } from './state.ts';

export type PortalConfig = {
  readonly host: string;
  readonly port: number;
  /** Where the port is taken, take the next free one. */
  readonly nextFree: boolean;
  /** What `/town.json` says, and whom the page asks. */
  readonly town: TownAddresses;
  /** Who lives in the town, for the page. */
  readonly people?: readonly Resident[];
  readonly logLevel: Level | 'silent';
  /** UTC milliseconds. */
  readonly clock?: () => number;
};

export const usualPort = 4100;

export function configFrom(environment: NodeJS.ProcessEnv): PortalConfig {
  const { host, logLevel, authority, cloud, cloudlets, townName, manifestPin, ...rest } = readConfiguration(
    {
      host: setting('CARELET_HOST', maybe()),
      port: setting('CARELET_PORT', port(usualPort)),
      nextFree: setting('CARELET_NEXT_FREE_PORT', flag(false)),
      logLevel: setting('CARELET_LOG', maybe()),
      townName: setting('CARELET_TOWN_NAME', maybe()),
      authority: setting('CARELET_AUTHORITY', text()),
      cloud: setting('CARELET_CLOUD', text()),
      cloudlets: setting('CARELET_CLOUDLETS', words()),
      manifestPin: setting('CARELET_MANIFEST_PIN', maybe()),
    },
    environment,
  );
  const town = {
    town: townName ?? 'Carelet',
    authority,
    cloud,
    // A cloudlet that is named by its address alone goes by its host and port.
    cloudlets: cloudlets.map((url) => ({ organisation: URL.canParse(url) ? new URL(url).host : url, url })),
    manifest: manifestPin ?? '',
  };
  return { ...rest, host: host ?? '127.0.0.1', logLevel: (logLevel ?? 'info') as Level, town };
}

/** Nothing but our own style and mark may be loaded, nothing may run, nobody may frame it. */
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
} as const;

/** Opens the portal's port; `await using` closes it. */
export async function startPortal(config: PortalConfig): Promise<Listening> {
  const { town, people = [], clock = Date.now } = config;
  // Built or not, the style lies beside the sources: the compiler copies no CSS.
  const css = await readFile(new URL('../src/town.css', import.meta.url), 'utf8');
  const answer = (type: keyof typeof types, body: string, cache: string) =>
    new Response(body, { headers: { 'content-type': types[type], 'content-security-policy': policy, 'cache-control': cache } });

  const pages = async (request: Request): Promise<Response | null> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    switch (new URL(request.url).pathname) {
      case '/':
        return answer('html', townPage({ town: town.town, state: await stateOf(town), people, at: clock() }), 'no-store');
      case '/town.css':
        return answer('css', css, 'no-cache');
      case '/mark.svg':
        // Its colours follow the scheme by a style of its own, which only a picture's own policy can allow.
        return new Response(mark, {
          headers: {
            'content-type': types.svg,
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
            'cache-control': 'no-cache',
          },
        });
      case '/town.json':
        return answer('json', `${JSON.stringify(town, null, 2)}\n`, 'no-store');
      default:
        return null;
    }
  };

  return listen({
    name: 'portal',
    handlers: [],
    host: config.host,
    port: config.port,
    nextFree: config.nextFree,
    log: logger('portal', { level: config.logLevel }),
    metrics: metrics('portal', { process: true }),
    pages,
  });
}
