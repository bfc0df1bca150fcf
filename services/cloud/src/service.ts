/**
 * The cloud as a service: its tables, its key file, its worker threads, its port.
 *
 * @module
 */
import { connect, serve } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { maybe, readConfiguration, setting, text } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import { hourly } from '@carelet/ground/hourly';
import type { KnownCaller } from '@carelet/ground/login';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceLog, serviceSettings, townAt } from '@carelet/ground/service';
import { workers } from '@carelet/ground/workers';
import { forgetBreakGlass } from './break-glass.ts';
import { cloud, cloudContract } from './cloud.ts';
import type { CloudWorker } from './cloud.worker.ts';
import { forgetEnded } from './consent.ts';
import { forgetEnds } from './ends.ts';
import { forgetShared } from './kdc/grants.ts';
import { cloudKeys } from './keys.ts';
import { forgetRequests } from './requests.ts';
import { forgetEndedKeys } from './roles.ts';
import { type CloudTables, migrations } from './schema.ts';

export type CloudConfig = ServiceConfig & {
  /** The authority's address, for the town manifest. */
  readonly authority: string;
  /** Hex hash of the first manifest, where it was pinned at install. */
  readonly manifestPin?: string | undefined;
  /** Folder of its key files. */
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

/** How often the authority is asked whose keys were ended, ms: for whoever could not tell the cloud herself. */
const hearingEvery = 60_000;

export async function startCloud(config: CloudConfig): Promise<Running> {
  const { clock = Date.now } = config;
  const keys = await cloudKeys(config.keys, clock);
  const db = await openDatabase<CloudTables>({ url: config.databaseUrl, schema: 'cloud', migrations });
  const mathematics = workers<CloudWorker>(new URL('./cloud.worker.ts', import.meta.url));
  const log = serviceLog('cloud', config);
  const told = connect(authorityContract, { url: config.authority }).enrolment.endedKeys;
  const [town, watched] = [townAt(config.authority, config.manifestPin), townAt(config.authority, config.manifestPin, 0)];
  const role = cloud({ db, town, watched, keys, told, clock, mathematics });
  const rounds = [
    hourly('forget-ended', () => forgetEnded(db, Math.floor(clock() / 1000)), log),
    hourly('forget-ends', () => forgetEnds(keys.ends, Math.floor(clock() / 1000)), log),
    hourly('forget-shared', () => forgetShared(db, Math.floor(clock() / 1000)), log),
    hourly('forget-ended-keys', () => forgetEndedKeys(db, Math.floor(clock() / 1000)), log),
    hourly('hear-ended-keys', () => role.hearEndedKeys(), log, hearingEvery),
    hourly('forget-requests', () => forgetRequests(db, Math.floor(clock() / 1000)), log),
    hourly('forget-break-glass', () => forgetBreakGlass(db, Math.floor(clock() / 1000)), log),
    hourly('write-receipts', () => role.writeReceipts(), log, writingEvery),
  ];
  const standsOn = [
    ...rounds.map((round) => async () => round[Symbol.asyncDispose]()),
    async () => mathematics[Symbol.asyncDispose](),
    () => db.destroy(),
  ];
  try {
    await role.ready();
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
