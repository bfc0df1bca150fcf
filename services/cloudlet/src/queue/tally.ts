/**
 * The tally: how many strips the cloud has had from here, for whoever looks after the cloudlet.
 *
 * @module
 */
import { type Kysely, sql } from 'kysely';
import type { CloudletTables } from '../schema.ts';

/** Counts strips that the cloud has now. */
export async function tally(db: Kysely<CloudletTables>, strips: number, now: number): Promise<void> {
  await db
    .updateTable('tally')
    .set({ forwarded: sql`forwarded + ${strips}`, last_forward: new Date(now).toISOString() })
    .where('one', '=', 1)
    .execute();
}
