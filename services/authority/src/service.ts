/**
 * The authority as a service: its tables, its key file, its worker thread, its port.
 *
 * @module
 */
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { serve } from '@carelet/care/wire';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import { lineTypes, readKey } from '@carelet/crypto/receipts/note';
import { maybe, readConfiguration, setting, text, whole } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import type { KnownCaller } from '@carelet/ground/login';
import { secretsFile } from '@carelet/ground/secrets';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceSettings } from '@carelet/ground/service';
import { workers } from '@carelet/ground/workers';
import { authority, authorityContract } from './authority.ts';
import type { AuthorityWorker } from './authority.worker.ts';
import { type AuthorityTables, migrations } from './schema.ts';

export type AuthorityConfig = ServiceConfig & {
  readonly townName: string;
  /** Folder of the key file. */
  readonly keys: string;
  /** Approvals of different organisations that a policy wants. */
  readonly needed: number;
  /** The cloud's receipts log, as the cloud prints its key; without one the town keeps no receipts yet. */
  readonly log?: string | undefined;
  readonly clock?: () => number;
};

export const usualPort = 4102;

export function configFrom(environment: NodeJS.ProcessEnv): AuthorityConfig {
  const { townName, keys, needed, log, ...rest } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      townName: setting('CARELET_TOWN_NAME', maybe()),
      keys: setting('CARELET_KEYS', text()),
      needed: setting('CARELET_APPROVALS', whole(1, 5, 2)),
      log: setting('CARELET_RECEIPTS', maybe()),
    },
    environment,
  );
  return { ...asServiceConfig(rest), townName: townName ?? 'Carelet', keys, needed, log };
}

export type RunningAuthority = Running & {
  /** A one-time code for the first administrator; `null` once there is one. */
  firstInvitation(): Promise<string | null>;
};

export async function startAuthority(config: AuthorityConfig): Promise<RunningAuthority> {
  const db = await openDatabase<AuthorityTables>({ url: config.databaseUrl, schema: 'authority', migrations });
  const mathematics = workers<AuthorityWorker>(new URL('./authority.worker.ts', import.meta.url), { threads: 1 });
  const standsOn = [async () => mathematics[Symbol.asyncDispose](), () => db.destroy()];
  try {
    const role = await authority({
      db,
      secrets: await secretsFile(join(config.keys, 'authority.key')),
      mathematics,
      townName: config.townName,
      log: config.log === undefined ? undefined : logNamed(config.log),
      needed: config.needed,
      ...(config.clock && { clock: config.clock }),
    });
    const handler = serve(authorityContract, {
      role: (caller: KnownCaller | null) => role.as(caller),
      identify: (asked) => role.cards.identify(asked),
      ...(config.clock && { clock: config.clock }),
    });
    const running = await run('authority', config, db, handler, standsOn);
    return { ...running, firstInvitation: () => role.firstInvitation() };
  } catch (thrown) {
    for (const stop of standsOn) await stop();
    throw thrown;
  }
}

function logNamed(printed: string): NamedKey {
  const log = readKey(printed);
  if (log?.type !== lineTypes.signature) {
    throw new CareletError('invalid', 'read configuration', { subject: 'CARELET_RECEIPTS', because: 'it is not the key of a log' });
  }
  return log;
}
