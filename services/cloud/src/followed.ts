/**
 * Whether a chart's writer follows what its owner limited. See [Note: Whether the writer knows].
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Kysely } from 'kysely';
import type { CloudTables } from './schema.ts';
import type { Wrap } from './wraps.ts';

/** How long a writer may go on that has not read yet what was limited, seconds. */
const grace = 86_400;

/**
 * Refuses locks for roles of a writer that has not said that it follows the newest limits, and after a day whatever else it brings.
 *
 * @param now UTC seconds
 * @throws {CareletError} `conflict`
 */
export async function refuseUnfollowed(within: Kysely<CloudTables>, pat: Bytes, wraps: readonly Wrap[], now: number): Promise<void> {
  const row = await within.selectFrom('limits').select(['since', 'followed']).where('pat', '=', pat).executeTakeFirst();
  if (!row || row.followed) return;
  if (Number(row.since) > now - grace && !wraps.some(({ kind }) => kind === 'policy')) return;
  throw new CareletError('conflict', 'write', {
    because: 'the chart’s owner limited who reads it: its writer has to read that first, and write again',
  });
}
