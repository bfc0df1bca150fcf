/**
 * Generations that are over: a day after a patient took something back, no writer goes on as before (keys.md §4).
 *
 * [Note: What the cloud knows of a tree] Not its category, which would say what somebody has. But it keeps the keys that a generation
 * published, and the wraps that were made for them: a tree that carries one began in that generation or before. Only trees that were
 * shared carry any, and only those matter here. A device goes on in the trees it has: it cannot read what was published.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { equal, hex } from '@carelet/crypto/algebra/bytes';
import { scopeId } from '@carelet/crypto/pre/cloud';
import { type ScopeStateBody, stateIn } from '@carelet/crypto/records/scope';
import { type Kysely, sql } from 'kysely';
import type { CloudTables } from './schema.ts';
import type { Wrap } from './wraps.ts';

/** How long a writer may go on that has not read yet what a chart's owner said: what was taken back, or limited. Seconds. */
export const writersDay = 86_400;

/**
 * Refuses wraps for scopes of a generation that is over, and rows in trees of their chart's writer that carry such wraps.
 *
 * @param nodes on which rows are to hang
 * @param now UTC seconds
 * @throws {CareletError} `conflict`
 */
export async function refuseOver(
  within: Kysely<CloudTables>,
  { pat, writer }: { readonly pat: Bytes; readonly writer: Bytes },
  { nodes, wraps }: { readonly nodes: readonly Bytes[]; readonly wraps: readonly Wrap[] },
  now: number,
): Promise<void> {
  const over = await scopesOver(within, pat, now);
  if (over.length === 0) return;
  const isOver = (scope: Bytes) => over.some((one) => equal(one, scope));
  const late = wraps.some(({ kind, domain }) => kind === 'consent' && isOver(domain));
  if (!late && !(await carryAny(within, { pat, writer }, nodes, over))) return;
  throw new CareletError('conflict', 'write', {
    because: 'the chart’s owner took something back more than a day ago: what is written now belongs in new trees',
  });
}

/** The scopes of a chart's generations that ended longer ago than a day. */
async function scopesOver(within: Kysely<CloudTables>, pat: Bytes, now: number): Promise<Bytes[]> {
  const rows = await within.selectFrom('scope_state').select('body').where('pat', '=', pat).execute();
  const states = rows.flatMap(({ body }) => stateIn(body) ?? []);
  /** Of each category the newest generation that began longer ago than a day. */
  const standing = new Map<string, number>();
  for (const { category, gen, since } of states) {
    if (since <= now - writersDay) standing.set(hex(category), Math.max(gen, standing.get(hex(category)) ?? 0));
  }
  const isOver = ({ category, gen }: ScopeStateBody) => gen < (standing.get(hex(category)) ?? 0);
  return states.filter(isOver).flatMap(({ published }) => published.map(({ p }) => scopeId(p)));
}

/** Whether a tree of the writer's in which one of these nodes lies carries a wrap for one of these scopes. */
async function carryAny(
  within: Kysely<CloudTables>,
  { pat, writer }: { readonly pat: Bytes; readonly writer: Bytes },
  nodes: readonly Bytes[],
  scopes: readonly Bytes[],
): Promise<boolean> {
  const { rows } = await sql`
    with recursive up(node_id, parent) as (
      select node_id, parent from node where pat = ${pat} and node_id = any(${nodes}::bytea[])
      union
      select node.node_id, node.parent from node join up on node.node_id = up.parent where node.pat = ${pat}
    ), tree(node_id) as (
      select up.node_id from up join wrap on wrap.pat = ${pat} and wrap.node_id = up.node_id
        where wrap.kind = 'owner' and wrap.maker = ${writer}
      union
      select node.node_id from node join tree on node.parent = tree.node_id where node.pat = ${pat}
    )
    select 1 from wrap join tree on wrap.node_id = tree.node_id
      where wrap.pat = ${pat} and wrap.kind = 'consent' and wrap.domain = any(${scopes}::bytea[]) limit 1`.execute(within);
  return rows.length > 0;
}
