/**
 * The authority as a service: its tables, where its issuers are, its port.
 *
 * @module
 */
import { serve } from '@carelet/care/wire';
import { maybe, readConfiguration, setting, whole, words } from '@carelet/ground/config';
import { openDatabase } from '@carelet/ground/database';
import type { KnownCaller } from '@carelet/ground/login';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceSettings } from '@carelet/ground/service';
import { authority, authorityContract } from './authority.ts';
import type { IssuerAt } from './issuers.ts';
import { type AuthorityTables, migrations } from './schema.ts';

export type AuthorityConfig = ServiceConfig & {
  readonly townName: string;
  /** Where the three issuers answer, in the order in which the town was founded with them. */
  readonly issuers: readonly IssuerAt[];
  /** Approvals of different organisations that a policy wants. */
  readonly needed: number;
  readonly clock?: () => number;
};

export const usualPort = 4102;

export function configFrom(environment: NodeJS.ProcessEnv): AuthorityConfig {
  const { townName, issuers, needed, ...rest } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      townName: setting('CARELET_TOWN_NAME', maybe()),
      issuers: setting('CARELET_ISSUERS', words()),
      needed: setting('CARELET_APPROVALS', whole(1, 5, 2)),
    },
    environment,
  );
  return { ...asServiceConfig(rest), townName: townName ?? 'Carelet', issuers, needed };
}

export type RunningAuthority = Running & {
  /** A one-time code for the first administrator; `null` once there is one. */
  firstInvitation(): Promise<string | null>;
};

export async function startAuthority(config: AuthorityConfig): Promise<RunningAuthority> {
  const db = await openDatabase<AuthorityTables>({ url: config.databaseUrl, schema: 'authority', migrations });
  const standsOn = [() => db.destroy()];
  try {
    const role = await authority({
      db,
      issuers: config.issuers,
      townName: config.townName,
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
