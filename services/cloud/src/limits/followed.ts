/**
 * Whether a chart's writer follows what its owner limited. See [Note: Whether the writer knows].
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equal } from '@carelet/crypto/algebra/bytes';
import { type Kysely, sql } from 'kysely';
import { writersDay } from '../generations.ts';
import type { CloudTables } from '../schema.ts';
import type { Wrap } from '../wraps.ts';

/**
 * Refuses locks for roles of a writer that has not said that it follows the newest limits, and after a day whatever else is its own. What
 * it forwards for devices goes on: they have trees of their own, and cannot read what was limited.
 *
 * @param brought wraps, and the nodes on which rows are to hang; links and wraps are laid already
 * @param now UTC seconds
 * @throws {CareletError} `conflict`
 */
export async function refuseUnfollowed(
  within: Kysely<CloudTables>,
  { pat, writer }: { readonly pat: Bytes; readonly writer: Bytes },
  { nodes, wraps }: { readonly nodes: readonly Bytes[]; readonly wraps: readonly Wrap[] },
  now: number,
): Promise<void> {
  const row = await within.selectFrom('limits').select(['since', 'followed']).where('pat', '=', pat).executeTakeFirst();
  if (!row || row.followed) return;
  const isLate = Number(row.since) <= now - writersDay;
  const own = wraps.filter(({ maker }) => equal(maker, writer));
  const refused = own.some(({ kind }) => isLate || kind === 'policy') || (isLate && !(await areOfOthers(within, { pat, writer }, nodes)));
  if (!refused) return;
  throw new CareletError('conflict', 'write', {
    because: 'the chart’s owner limited who reads it: its writer has to read that first, and write again',
  });
}

/**
 * Refuses locks for roles that a chart's owner made by other limits than those that hold: another copy of her keyring said more.
 *
 * @param limits the number of those she made them by
 * @throws {CareletError} `conflict`
 */
export async function refuseOutdated(
  within: Kysely<CloudTables>,
  pat: Bytes,
  { wraps, limits = 0 }: { readonly wraps: readonly Wrap[]; readonly limits?: number | undefined },
): Promise<void> {
  if (!wraps.some(({ kind }) => kind === 'policy')) return;
  const row = await within.selectFrom('limits').select('seq').where('pat', '=', pat).executeTakeFirst();
  if (limits === (row?.seq ?? 0)) return;
  throw new CareletError('conflict', 'write', { because: 'these locks were made by other limits than hold now' });
}

/** Whether each of these nodes lies in a tree that somebody else than the writer locked for the chart's owner: a device, or she. */
async function areOfOthers(
  within: Kysely<CloudTables>,
  { pat, writer }: { readonly pat: Bytes; readonly writer: Bytes },
  nodes: readonly Bytes[],
): Promise<boolean> {
  const { rows } = await sql`
    with recursive up(of, node_id) as (
      select node_id, node_id from node where pat = ${pat} and node_id = any(${[...nodes]}::bytea[])
      union
      select up.of, node.parent from node join up on node.node_id = up.node_id where node.pat = ${pat}
    )
    select 1 from unnest(${[...nodes]}::bytea[]) as asked(node_id) where not coalesce((
      select bool_and(wrap.maker <> ${writer}) from up join wrap on wrap.pat = ${pat} and wrap.node_id = up.node_id
        where up.of = asked.node_id and wrap.kind = 'owner'), false) limit 1`.execute(within);
  return rows.length === 0;
}
