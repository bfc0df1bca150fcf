/**
 * An issuer as a service: its tables, its key file, its worker thread, its port. A town has three, run by three houses.
 *
 * @module
 */
import { join } from 'node:path';
import { serve } from '@carelet/care/wire';
import { maybe, readConfiguration, setting, text, whole } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import { hourly } from '@carelet/ground/hourly';
import { secretsFile } from '@carelet/ground/secrets';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceLog, serviceSettings } from '@carelet/ground/service';
import { type Workers, workers } from '@carelet/ground/workers';
import { issuer, issuerContract } from './issuer.ts';
import type { IssuerWorker } from './issuer.worker.ts';
import { forgetOver, grantsIn } from './kdc.ts';
import type { IssuerMath } from './mathematics.ts';
import { type IssuerTables, migrations } from './schema.ts';

export type IssuerConfig = ServiceConfig & {
  /** Its schema in the database, where several share one PostgreSQL. */
  readonly schema: string;
  /** Folder of the key file, and of what it keeps as a key server. */
  readonly keys: string;
  /** What people call it. */
  readonly title: string;
  /** Approvals of different organisations that a policy wants. */
  readonly needed: number;
  readonly clock?: () => number;
  /** Where it computes: a thread of its own unless told. */
  readonly mathematics?: IssuerMath;
};

/** Threads for an issuer's mathematics, or for that of several in one process. */
export const issuerThreads = (threads = 1): Workers<IssuerWorker> =>
  workers<IssuerWorker>(new URL('./issuer.worker.ts', import.meta.url), { threads });

export const usualPort = 4110;

export function configFrom(environment: NodeJS.ProcessEnv): IssuerConfig {
  const { schema, keys, title, needed, ...rest } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      schema: setting('CARELET_SCHEMA', maybe()),
      keys: setting('CARELET_KEYS', text()),
      title: setting('CARELET_ISSUER', maybe()),
      needed: setting('CARELET_APPROVALS', whole(1, 5, 2)),
    },
    environment,
  );
  return { ...asServiceConfig(rest), schema: schema ?? 'issuer', keys, title: title ?? 'An issuer', needed };
}

export async function startIssuer(config: IssuerConfig): Promise<Running> {
  const { clock } = config;
  const own = issuerThreads();
  const db = await openDatabase<IssuerTables>({ url: config.databaseUrl, schema: config.schema, migrations, connections: 4 });
  const standsOn = [async () => own[Symbol.asyncDispose](), async () => db.destroy()];
  try {
    const secrets = await secretsFile(join(config.keys, 'issuer.key'));
    const grants = await grantsIn(join(config.keys, 'grants'), secrets);
    const now = () => Math.floor((clock ?? Date.now)() / 1000);
    const forgetting = hourly('forget-over', () => forgetOver(grants, now()), serviceLog('issuer', config));
    standsOn.unshift(async () => forgetting[Symbol.asyncDispose]());
    const role = await issuer({
      db,
      secrets,
      grants,
      mathematics: config.mathematics ?? own,
      title: config.title,
      needed: config.needed,
      ...(clock && { clock }),
    });
    // Nobody is known here: what is asked says by whose signatures it is asked.
    const handler = serve(issuerContract, { role: () => role, identify: async () => null, ...(clock && { clock }) });
    return await run('issuer', config, db, handler, standsOn);
  } catch (thrown) {
    for (const stop of standsOn) await stop();
    throw thrown;
  }
}
