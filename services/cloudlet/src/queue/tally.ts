/**
 * The tally: how many strips the cloud has had from here, and lately, for whoever looks after the cloudlet.
 *
 * @module
 */
import { sql, type Transaction } from 'kysely';
import { countPassed } from '../lately.ts';
import type { CloudletTables } from '../schema.ts';

/** Counts strips that the cloud has now. */
export async function tally(within: Transaction<CloudletTables>, strips: readonly { arrived: number }[], now: number): Promise<void> {
  await within
    .updateTable('tally')
    .set({ forwarded: sql`forwarded + ${strips.length}`, last_forward: new Date(now).toISOString() })
    .where('one', '=', 1)
    .execute();
  await countPassed(within, strips, now);
}
