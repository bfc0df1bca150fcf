/**
 * Outages: when the cloud could not be reached, and whether it can now. For whoever looks after the cloudlet; kept a month.
 *
 * @module
 */
import { type Kysely, sql } from 'kysely';
import type { CloudletTables } from './schema.ts';

export type Outages = {
  /** The cloud answered. */
  found(): Promise<void>;
  /** It did not. */
  lost(): Promise<void>;
  /** What was found last. */
  state(): 'reachable' | 'unreachable' | 'unknown';
};

const keptMs = 30 * 86_400_000;

export function outages({ db, clock }: { db: Kysely<CloudletTables>; clock: () => number }): Outages {
  let state: ReturnType<Outages['state']> = 'unknown';
  const now = () => new Date(clock()).toISOString();

  return {
    state: () => state,
    async found() {
      if (state === 'reachable') return;
      state = 'reachable';
      // Also one that was open when this process was stopped.
      await db.updateTable('outage').set({ ended: now() }).where('ended', 'is', null).execute();
    },
    async lost() {
      if (state === 'unreachable') return;
      state = 'unreachable';
      const open = await db.selectFrom('outage').select('began').where('ended', 'is', null).executeTakeFirst();
      if (open) return;
      await db
        .insertInto('outage')
        .values({ began: now(), ended: null })
        .onConflict((c) => c.column('began').doUpdateSet({ ended: null }))
        .execute();
      await db
        .deleteFrom('outage')
        .where('began', '<', sql<string>`${new Date(clock() - keptMs).toISOString()}::timestamptz`)
        .execute();
    },
  };
}
