/**
 * Who hears what of the changes: of each one, at the moment it is told, what the caller could fetch at that moment.
 *
 * Owner and writer hear everything of their chart. A doctor hears of nodes in her sight, and of a wrap only when it is
 * one of those that open something for her: that a node was shared with somebody else is nobody's news. From whom
 * something was taken back hears of that once. What a doctor asks of a patient is heard by these two alone. Everybody else hears nothing, and nothing tells that there was something.
 *
 * @module
 */
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import { nodesInChange } from '@carelet/care/wire/contract/cloud/records';
import type { RoleOf, StreamOptions } from '@carelet/care/wire/contract/kit';
import { type Bytes, compare, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Kysely, sql } from 'kysely';
import { type CloudCaller, nodesInSight, opensSomething, type Sight, sightOf, teamsOf } from './access.ts';
import type { Change, Changes } from './changes.ts';
import { isDenied } from './limits/denied.ts';
import type { CloudTables } from './schema.ts';

type Listen = RoleOf<typeof cloudContract>['records']['changes'];
type Told = ReturnType<Listen> extends AsyncIterable<infer Event> ? Event : never;
type Heard = Pick<Told & { kind: 'changed' }, 'part' | 'nodes'>;

export type Hearing = {
  readonly db: Kysely<CloudTables>;
  readonly changes: Changes;
  readonly caller: CloudCaller;
  /** UTC seconds. */
  readonly now: () => number;
};

/** The changes one caller hears, from a place on, until he has enough. */
export async function* hear(
  { db, changes, caller, now }: Hearing,
  { after }: Parameters<Listen>[0],
  { signal }: StreamOptions = {},
): AsyncGenerator<Told> {
  using _ = changes.listen(caller.id);
  const at = (position: number) => changes.sealed(position, caller.id);
  let position = after ? changes.opened(after, caller.id) : changes.latest();
  if (position === null || changes.next(position) === 'lost') {
    position = changes.latest();
    yield { kind: 'lost', at: at(position) };
  } else yield { kind: 'here', at: at(position) };

  while (signal?.aborted !== true) {
    const change = changes.next(position);
    if (change === null) await changes.news(position, signal);
    else if (change === 'lost') {
      position = changes.latest();
      yield { kind: 'lost', at: at(position) };
    } else {
      const heard = await heardOf(db, caller, change, now());
      position++;
      if (heard) yield { kind: 'changed', at: at(position), pat: change.pat, ...heard };
    }
  }
}

/** What a caller hears of a change; `null` is nothing. */
async function heardOf(db: Kysely<CloudTables>, caller: CloudCaller, change: Change, now: number): Promise<Heard | null> {
  if (change.between) {
    const hers = change.between.some((who) => equalPublic(who, caller.id)) && !(await isDenied(db, change.pat, caller.id));
    return hers ? wholeChart : null;
  }
  if (change.parting && (await isParting(db, caller, { ...change, parting: change.parting }, now))) return wholeChart;
  const sight = await sightOf(db, caller, change.pat, now);
  if (sight.kind === 'nothing') return null;
  if (change.part === null) return sight.kind === 'all' || (await opensSomething(db, change.pat, sight)) ? wholeChart : null;
  const nodes = sight.kind === 'all' ? touched(change) : await touchedInSight(db, change, sight);
  if (nodes.length === 0) return null;
  return nodes.length > nodesInChange ? wholeChart : { part: change.part, nodes: nodes.sort(compare) };
}

/** Whether a caller is one of those who lose a chart, or a member of a team that is; whoever is denied it saw nothing by a team. */
async function isParting(
  db: Kysely<CloudTables>,
  caller: CloudCaller,
  { pat, parting }: { readonly pat: Bytes; readonly parting: readonly Bytes[] },
  now: number,
): Promise<boolean> {
  if (parting.some((who) => equalPublic(who, caller.id))) return true;
  if (caller.kind !== 'doctor' || parting.length === 0) return false;
  const { rows } = await sql`select 1 from (${teamsOf(caller.id, now)}) mine where team = any(${[...parting]}::bytea[]) limit 1`.execute(
    db,
  );
  return rows.length > 0 && !(await isDenied(db, pat, caller.id));
}

const wholeChart: Heard = { part: null, nodes: [] };

type Some = Sight & { kind: 'some' };

function touched({ nodes, wraps }: Change): Bytes[] {
  return [...new Map([...nodes, ...wraps.map(({ nodeId }) => nodeId)].map((node) => [hex(node), node])).values()];
}

async function touchedInSight(db: Kysely<CloudTables>, { pat, nodes, wraps }: Change, sight: Some): Promise<Bytes[]> {
  const { rows } = await sql<{ node_id: Bytes }>`
    select node_id from node where pat = ${pat} and node_id = any(${nodes}::bytea[]) and node_id in ${nodesInSight(pat, sight)}
    union
    select wrap.node_id from wrap
      join unnest(${wraps.map(({ nodeId }) => nodeId)}::bytea[], ${wraps.map(({ domain }) => domain)}::bytea[]) laid (node_id, domain)
        on wrap.node_id = laid.node_id and wrap.domain = laid.domain
      where wrap.pat = ${pat} and ${sight.wraps}
    limit ${nodesInChange + 1}`.execute(db);
  return rows.map(({ node_id }) => node_id);
}
