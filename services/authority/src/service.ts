/**
 * The authority as a service: its tables, where its issuers are, its port.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { serve } from '@carelet/care/wire';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import { lineTypes, readKey } from '@carelet/crypto/receipts/note';
import { maybe, readConfiguration, setting, whole, words } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import { hourly } from '@carelet/ground/hourly';
import type { KnownCaller } from '@carelet/ground/login';
import { secretsFile } from '@carelet/ground/secrets';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceLog, serviceSettings } from '@carelet/ground/service';
import { authority, authorityContract } from './authority.ts';
import type { Held } from './handover.ts';
import type { IssuerAt } from './issuers.ts';
import { type AuthorityTables, migrations } from './schema.ts';

export type AuthorityConfig = ServiceConfig & {
  readonly townName: string;
  /** Where the three issuers answer, in the order in which the town was founded with them. */
  readonly issuers: readonly IssuerAt[];
  /** Folder of the key file of a town made before issuers ran apart; others have none. */
  readonly keys?: string | undefined;
  /** Approvals of different organisations that a policy wants. */
  readonly needed: number;
  /** The cloud's receipts log, as the cloud prints its key; without one the town keeps no receipts yet. */
  readonly log?: string | undefined;
  readonly clock?: () => number;
};

export const usualPort = 4102;

export function configFrom(environment: NodeJS.ProcessEnv): AuthorityConfig {
  const { townName, issuers, keys, needed, log, ...rest } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      townName: setting('CARELET_TOWN_NAME', maybe()),
      issuers: setting('CARELET_ISSUERS', words()),
      keys: setting('CARELET_KEYS', maybe()),
      needed: setting('CARELET_APPROVALS', whole(1, 5, 2)),
      log: setting('CARELET_RECEIPTS', maybe()),
    },
    environment,
  );
  return { ...asServiceConfig(rest), townName: townName ?? 'Carelet', issuers, keys, needed, log };
}

export type RunningAuthority = Running & {
  /** A one-time code for the first administrator; `null` once there is one. */
  firstInvitation(): Promise<string | null>;
};

export async function startAuthority(config: AuthorityConfig): Promise<RunningAuthority> {
  const db = await openDatabase<AuthorityTables>({ url: config.databaseUrl, schema: 'authority', migrations });
  const rounds: AsyncDisposable[] = [];
  const standsOn = [
    async () => {
      for (const round of rounds) await round[Symbol.asyncDispose]();
    },
    () => db.destroy(),
  ];
  try {
    const role = await authority({
      db,
      issuers: config.issuers,
      held: heldIn(config.keys),
      townName: config.townName,
      log: config.log === undefined ? undefined : logNamed(config.log),
      needed: config.needed,
      ...(config.clock && { clock: config.clock }),
    });
    rounds.push(hourly('tell-rejections', () => role.tellRejections(), serviceLog('authority', config)));
    rounds.push(hourly('tell-made', () => role.tellMade(), serviceLog('authority', config)));
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

/** What a town made before issuers ran apart keeps under its key file. */
function heldIn(folder: string | undefined): Held {
  const path = folder === undefined ? undefined : join(folder, 'authority.key');
  return {
    async open() {
      if (path !== undefined && existsSync(path)) return secretsFile(path);
      const because = 'this town was made before issuers ran apart, and its key file is not in CARELET_KEYS';
      throw new CareletError('invalid', 'hand the issuers their keys', { because });
    },
    async forget() {
      if (path !== undefined) await rm(path, { force: true });
    },
  };
}
