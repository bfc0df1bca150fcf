/**
 * The cloudlet as a service: its tables, its key file, its worker thread, its relay, its port.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { CareletError } from '@carelet/care/model';
import { serve } from '@carelet/care/wire';
import { maybe, readConfiguration, setting, text } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import { cards as cardsIn, type KnownCaller } from '@carelet/ground/login';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceLog, serviceSettings, townAt } from '@carelet/ground/service';
import { workers } from '@carelet/ground/workers';
import { cloudlet, cloudletContract } from './cloudlet.ts';
import type { CloudletWorker } from './cloudlet.worker.ts';
import { frames } from './frames.ts';
import { cloudletSecrets, installedOrganisation, installOrganisation, type Organisation } from './organisation.ts';
import { relay as relayOf } from './relay.ts';
import { type CloudletTables, migrations } from './schema.ts';
import { sessions as sessionsOf } from './sessions.ts';
import { type CloudRole, uplink } from './uplink.ts';

export type CloudletConfig = ServiceConfig & {
  /** Its schema in the database, so that several cloudlets share one PostgreSQL. */
  readonly schema: string;
  /** Folder of the key file and the installed organisation. */
  readonly keys: string;
  readonly authority: string;
  readonly cloud: string;
  readonly manifestPin?: string | undefined;
  readonly clock?: () => number;
};

export const usualPort = 4104;

export function configFrom(environment: NodeJS.ProcessEnv): CloudletConfig {
  const { schema, keys, authority, cloud, manifestPin, ...rest } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      schema: setting('CARELET_SCHEMA', maybe()),
      keys: setting('CARELET_KEYS', text()),
      authority: setting('CARELET_AUTHORITY', text()),
      cloud: setting('CARELET_CLOUD', text()),
      manifestPin: setting('CARELET_MANIFEST_PIN', maybe()),
    },
    environment,
  );
  return { ...asServiceConfig(rest), schema: schema ?? 'cloudlet', keys, authority, cloud, manifestPin };
}

export type RunningCloudlet = Running & {
  /** Hands the clinic over; once, at install. */
  install(organisation: Organisation): Promise<void>;
};

export async function startCloudlet(config: CloudletConfig): Promise<RunningCloudlet> {
  const { clock = Date.now } = config;
  await mkdir(config.keys, { recursive: true });
  const db = await openDatabase<CloudletTables>({ url: config.databaseUrl, schema: config.schema, migrations });
  const mathematics = workers<CloudletWorker>(new URL('./cloudlet.worker.ts', import.meta.url), { threads: 1 });
  const log = serviceLog('cloudlet', config);
  let installed: Organisation | null = null;
  let up: CloudRole | null = null;

  const organisation = async (): Promise<Organisation> => {
    installed ??= await installedOrganisation(config.keys);
    if (!installed) throw new CareletError('unavailable', 'work for a clinic', { because: 'no organisation is installed here yet' });
    return installed;
  };
  const cloud = async (): Promise<CloudRole> => {
    up ??= uplink(config.cloud, await organisation(), clock);
    return up;
  };

  const relay = relayOf({ db, organisation, cloud, log, clock });
  const standsOn = [async () => relay[Symbol.asyncDispose](), async () => mathematics[Symbol.asyncDispose](), () => db.destroy()];
  try {
    const town = townAt(config.authority, config.manifestPin);
    const cards = cardsIn(db as unknown as Parameters<typeof cardsIn>[0], town, 'cloudlet', clock);
    const secrets = await cloudletSecrets(config.keys);
    const sessions = await sessionsOf({
      db,
      secrets,
      town,
      cards,
      mathematics,
      organisation,
      cloud,
      clock,
    });
    const frame = frames({ db, secrets, relay, log, clock });
    const handler = serve(cloudletContract, {
      role: (caller: KnownCaller | null) => cloudlet({ db, cards, sessions, frame, relay, organisation, clock }, caller),
      identify: (asked) => cards.identify(asked),
      clock,
    });
    const running = await run('cloudlet', config, db as never, handler, standsOn);
    return {
      ...running,
      async install(handed) {
        await installOrganisation(config.keys, handed);
        installed = handed;
        up = null;
        relay.wake();
      },
    };
  } catch (thrown) {
    for (const stop of standsOn) await stop();
    throw thrown;
  }
}
