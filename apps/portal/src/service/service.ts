/**
 * The portal as a service: it hands out the pages, and carries what they ask to the town.
 *
 * It is served by the trusted side and knows nothing: keys and plaintext are in the browser only. What it hands out is
 * what runs there, so it says in every answer's headers that nothing else may.
 *
 * @module
 */
import { flag, maybe, port, readConfiguration, setting, text, words } from '@carelet/ground/config';
import { type Listening, listen } from '@carelet/ground/http';
import { type Level, type LogStream, logger } from '@carelet/ground/log';
import { metrics } from '@carelet/ground/metrics';
import { answerDemo, type Demo } from './demo.ts';
import { forward } from './forward.ts';
import { inertPolicy, pagePolicy, permissions } from './headers.ts';
import { mark, markPolicy } from './mark.ts';
import { answerPage, builtPages } from './pages.ts';
import { originOf, type TownAddresses, townCard } from './town.ts';

export type { Demo, Resident } from './demo.ts';
export { originOf, type TownAddresses, type TownCard } from './town.ts';

export type PortalConfig = {
  readonly host: string;
  readonly port: number;
  /** Where the port is taken, take the next free one. */
  readonly nextFree: boolean;
  /** Read at each request: addresses may be filled in once they are known. */
  readonly town: TownAddresses;
  /** What is being done while the town is not ready; `null` when it is. Always ready unless told. */
  readonly doing?: () => string | null;
  /** Given in a demo town only. */
  readonly demo?: Demo | undefined;
  /** Where the built pages lie; beside this service unless told. */
  readonly pages?: string;
  readonly logLevel: Level | 'silent';
  /** Where its log goes; the standard output unless told. */
  readonly logTo?: LogStream;
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

/**
 * Opens the portal's port; `await using` closes it.
 *
 * @throws {CareletError} `invalid` when an address of the town is none
 */
export async function startPortal(config: PortalConfig): Promise<Listening> {
  const { town, doing = () => null, demo, pages = builtPages } = config;
  for (const address of [town.authority, town.cloud, ...town.cloudlets.map(({ url }) => url)]) if (address !== '') originOf(address);

  async function answer(request: Request): Promise<Response | null> {
    const forwarded = await forward(request, town);
    if (forwarded || !['GET', 'HEAD'].includes(request.method)) return forwarded;
    switch (new URL(request.url).pathname) {
      case '/town.json':
        return told(
          `${JSON.stringify(townCard(town, doing(), demo !== undefined), null, 2)}\n`,
          'application/json',
          'no-store',
          inertPolicy,
        );
      case '/mark.svg':
        return told(mark, 'image/svg+xml', 'no-cache', markPolicy);
    }
    const here = demo && (await answerDemo(request, demo));
    const asked = demo ? ['/town.json', '/demo/people.json'] : ['/town.json'];
    return here ?? answerPage(request, pages, pagePolicy(town.cloud === '' ? null : originOf(town.cloud)), asked);
  }

  return listen({
    name: 'portal',
    handlers: [],
    host: config.host,
    port: config.port,
    nextFree: config.nextFree,
    log: logger('portal', { level: config.logLevel, ...(config.logTo && { destination: config.logTo }) }),
    metrics: metrics('portal', { process: true }),
    pages: async (request) => {
      const response = await answer(request);
      response?.headers.set('permissions-policy', permissions);
      return response;
    },
  });
}

const told = (body: string, type: string, cache: string, policy: string): Response =>
  new Response(body, { headers: { 'content-type': type, 'cache-control': cache, 'content-security-policy': policy } });
