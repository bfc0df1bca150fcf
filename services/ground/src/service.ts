/**
 * What every service does around its own work: a schema, a log, metrics, a port, and a way to stop.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, type Handler } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { type Kysely, sql } from 'kysely';
import { flag, maybe, port, type readConfiguration, setting, text, words } from './config.ts';
import { type Listening, listen } from './http.ts';
import { type Level, type Log, type LogStream, logger } from './log.ts';
import { metrics } from './metrics.ts';
import { type Town, town } from './town.ts';

/** What every service is told at start. */
export type ServiceConfig = {
  /** A PostgreSQL; each service keeps to a schema of its own. */
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** Where the port is taken, take the next free one. */
  readonly nextFree: boolean;
  /** Origins of the portal that may ask from a browser. */
  readonly cors: readonly string[];
  readonly logLevel: Level | 'silent';
  /** Where the log goes; the standard output unless told. */
  readonly logTo?: LogStream;
};

/** The settings of `ServiceConfig`, read from the environment. */
export const serviceSettings = (usualPort: number) => ({
  databaseUrl: setting('DATABASE_URL', text()),
  host: setting('CARELET_HOST', maybe()),
  port: setting('CARELET_PORT', port(usualPort)),
  nextFree: setting('CARELET_NEXT_FREE_PORT', flag(false)),
  cors: setting('CARELET_PORTAL_ORIGINS', words()),
  logLevel: setting('CARELET_LOG', maybe()),
});

export type RawServiceConfig = ReturnType<typeof readConfiguration<ReturnType<typeof serviceSettings>>>;

export const asServiceConfig = (raw: RawServiceConfig): ServiceConfig => ({
  ...raw,
  host: raw.host ?? '127.0.0.1',
  logLevel: (raw.logLevel ?? 'info') as Level,
});

/** A service's log, where it was told to go. */
export const serviceLog = (name: string, { logLevel, logTo }: Pick<ServiceConfig, 'logLevel' | 'logTo'>): Log =>
  logger(name, { level: logLevel, ...(logTo && { destination: logTo }) });

/** A running service; `await using` stops it. */
export type Running = Listening & { readonly fetch: (request: Request) => Promise<Response> };

/**
 * Opens a service's port over its handler; stopping closes the port first, then what the service stands on.
 *
 * @param standsOn closed after the port, in order
 */
export async function run<Tables>(
  name: string,
  config: ServiceConfig,
  db: Kysely<Tables>,
  handler: Handler,
  standsOn: readonly (() => Promise<unknown>)[],
): Promise<Running> {
  const log = serviceLog(name, config);
  const listening = await listen({
    name,
    handlers: [handler],
    host: config.host,
    port: config.port,
    nextFree: config.nextFree,
    log,
    metrics: metrics(name, { process: true }),
    cors: config.cors,
    ready: async () => {
      try {
        await sql`select 1`.execute(db);
        return [];
      } catch {
        return ['the database does not answer'];
      }
    },
  });
  const close = async (graceMs?: number) => {
    await listening.close(graceMs);
    for (const stop of standsOn) await stop();
  };
  return { ...listening, close, fetch: handler, [Symbol.asyncDispose]: () => close() };
}

/** The town manifest as the authority at this address serves it. */
export function townAt(authority: string | ((request: Request) => Promise<Response>), pin?: string, pause?: number): Town {
  const role = connect(authorityContract, typeof authority === 'string' ? { url: authority } : { fetch: authority });
  return town(async () => (await role.town.manifest()).manifest, pin, Date.now, pause);
}

/** The version of this checkout, for documents and help texts. */
export async function productVersion(): Promise<string> {
  const path = new URL('../../../package.json', import.meta.url);
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version : '0';
}
