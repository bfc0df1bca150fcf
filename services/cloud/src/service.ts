/**
 * The cloud as a service: its tables, its key file, its worker threads, its port.
 *
 * @module
 */
import { serve } from '@carelet/care/wire';
import { maybe, readConfiguration, setting, text } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import { hourly } from '@carelet/ground/hourly';
import type { KnownCaller } from '@carelet/ground/login';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceLog, serviceSettings, townAt } from '@carelet/ground/service';
import { workers } from '@carelet/ground/workers';
import { cloud, cloudContract } from './cloud.ts';
import type { CloudWorker } from './cloud.worker.ts';
import { forgetEnded } from './consent.ts';
import { logKey } from './receipts/key.ts';
import { type CloudTables, migrations } from './schema.ts';

export type CloudConfig = ServiceConfig & {
  /** The authority's address, for the town manifest. */
  readonly authority: string;
  /** Hex hash of the first manifest, where it was pinned at install. */
  readonly manifestPin?: string | undefined;
  /** Folder of the receipts log's key file. */
  readonly keys: string;
  readonly clock?: () => number;
};

export const usualPort = 4103;

export function configFrom(environment: NodeJS.ProcessEnv): CloudConfig {
  const { authority, keys, manifestPin, ...rest } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      authority: setting('CARELET_AUTHORITY', text()),
      keys: setting('CARELET_KEYS', text()),
      manifestPin: setting('CARELET_MANIFEST_PIN', maybe()),
    },
    environment,
  );
  return { ...asServiceConfig(rest), authority, keys, manifestPin };
}

/** How often receipts go into the log, ms; whoever asks for a proof does not wait for it. */
const writingEvery = 1000;

export async function startCloud(config: CloudConfig): Promise<Running> {
  const key = await logKey(config.keys);
  const db = await openDatabase<CloudTables>({ url: config.databaseUrl, schema: 'cloud', migrations });
  const mathematics = workers<CloudWorker>(new URL('./cloud.worker.ts', import.meta.url));
  const { clock = Date.now } = config;
  const log = serviceLog('cloud', config);
  const role = cloud(db, townAt(config.authority, config.manifestPin), key, clock, undefined, mathematics);
  const rounds = [
    hourly('forget-ended', () => forgetEnded(db, Math.floor(clock() / 1000)), log),
    hourly('write-receipts', () => role.writeReceipts(), log, writingEvery),
  ];
  const standsOn = [
    ...rounds.map((round) => async () => round[Symbol.asyncDispose]()),
    async () => mathematics[Symbol.asyncDispose](),
    () => db.destroy(),
  ];
  try {
    const handler = serve(cloudContract, {
      role: (caller: KnownCaller | null) => role.as(caller),
      identify: (asked) => role.cards.identify(asked),
      clock,
    });
    return await run('cloud', config, db, handler, standsOn);
  } catch (thrown) {
    for (const stop of standsOn) await stop();
    throw thrown;
  }
}
