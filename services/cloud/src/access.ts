/**
 * Who may fetch what: the owner everything of her chart, the writer what it wrote, a doctor the nodes below
 * wraps whose labels satisfy a formula the issuers signed for her, in an emergency too once she broke the glass, or of scopes that
 * a patient granted her or a team of hers.
 *
 * This is the second lock, not the first: what a caller gets here he still cannot open without keys. It keeps
 * counts and existence of what is withheld from those who may not know.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Formula, parse } from '@carelet/crypto/kp-abe/formula';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { broken } from './break-glass.ts';
import { bySharedGrant } from './kdc/grants.ts';
import { isDenied, notDenied } from './limits/denied.ts';
import type { CloudTables } from './schema.ts';

/** A caller as the cloud knows him: his card's id and kind. */
export type CloudCaller = { readonly id: Bytes; readonly kind: string };

type Database = Kysely<CloudTables>;

/**
 * A formula as SQL over `wrap.labels`; the GIN index answers its attributes.
 */
export function formulaSql(formula: Formula): RawBuilder<boolean> {
  if (formula.kind === 'attribute') return sql<boolean>`wrap.labels @> ${[formula.attribute]}::text[]`;
  const plainOr = formula.k === 1 && formula.of.every((child) => child.kind === 'attribute');
  if (plainOr)
    return sql<boolean>`wrap.labels && ${formula.of.flatMap((child) => (child.kind === 'attribute' ? [child.attribute] : []))}::text[]`;
  const children = formula.of.map(formulaSql);
  if (formula.k === children.length) return sql<boolean>`(${sql.join(children, sql` and `)})`;
  if (formula.k === 1) return sql<boolean>`(${sql.join(children, sql` or `)})`;
  return sql<boolean>`(${sql.join(
    children.map((child) => sql`(${child})::int`),
    sql` + `,
  )}) >= ${formula.k}`;
}

/** The wraps that entitlements or patients' consent let a doctor reach, as a condition on `wrap`; `null` for somebody with neither. */
export async function reachable(db: Database, caller: CloudCaller, now: number): Promise<RawBuilder<boolean> | null> {
  const each = [await byPolicy(db, caller, now), await byConsent(db, caller, now), await bySharedGrant(db, caller, now)];
  const ways = each.filter((way) => way !== null);
  return ways.length === 0 ? null : sql<boolean>`(${sql.join(ways, sql` or `)})`;
}

/**
 * What holds of a grant to a caller, or to a team she is a member of, that has neither ended nor been taken back, of a chart whose owner
 * does not deny her.
 */
export const holding = (caller: CloudCaller, now: number): RawBuilder<boolean> =>
  sql<boolean>`consent.doctor = ${readerOf(caller, now)} and consent.not_after > ${now} and consent.ended is null
    and ${notDenied(sql.ref('consent.pat'), caller.id)}`;

/** A caller, and for a doctor her teams. */
const readerOf = (caller: CloudCaller, now: number): RawBuilder<Bytes> =>
  caller.kind === 'doctor' ? sql`any(array_append(array(${teamsOf(caller.id, now)}), ${caller.id}::bytea))` : sql`${caller.id}`;

/**
 * The teams that a doctor is a member of at this moment, as a query giving `team`: by an entitlement of hers that is here, lasts, and is
 * the one she was found a member by. It goes when her keys are ended, when another is issued and when the domain is retired.
 */
export const teamsOf = (doctor: Bytes, now: number): RawBuilder<Bytes> =>
  sql<Bytes>`select team_member.team from team_member join entitlement on entitlement.doctor = team_member.doctor
    and entitlement.organisation = team_member.organisation and entitlement.issued = team_member.issued
    where team_member.doctor = ${doctor} and entitlement.not_after > ${now}`;

async function byConsent(db: Database, caller: CloudCaller, now: number): Promise<RawBuilder<boolean> | null> {
  const holds = holding(caller, now);
  if (!(await db.selectFrom('consent').select('pat').where(holds).limit(1).executeTakeFirst())) return null;
  return sql<boolean>`(wrap.kind = 'consent' and exists (
    select 1 from rekey join consent on consent.pat = rekey.pat and consent.grant_id = rekey.grant_id
    where rekey.pat = wrap.pat and rekey.scope = wrap.domain and ${holds}))`;
}

async function byPolicy(db: Database, caller: CloudCaller, now: number): Promise<RawBuilder<boolean> | null> {
  const entitlements = await db
    .selectFrom('entitlement')
    .select(['organisation', 'formula'])
    .where('doctor', '=', caller.id)
    .where('not_after', '>', now)
    .execute();
  if (entitlements.length === 0) return null;
  const conditions = entitlements.map(
    ({ organisation, formula }) => sql<boolean>`(wrap.domain = ${organisation} and ${formulaSql(parse(formula))})`,
  );
  return sql<boolean>`(${openedByRole(caller.id, now)} and (${sql.join(conditions, sql` or `)}))`;
}

/** The wraps a doctor's keys are for: those of roles, and those for emergencies of charts whose glass she broke; none where she is denied. */
export const openedByRole = (doctor: Bytes, now: number): RawBuilder<boolean> =>
  sql<boolean>`(${notDenied(sql.ref('wrap.pat'), doctor)}
    and (wrap.kind = 'policy' or (wrap.kind = 'emergency' and ${broken(doctor, now)})))`;

/** The part of a chart a caller may see. */
export type Sight =
  | { readonly kind: 'all' }
  | { readonly kind: 'some'; readonly wraps: RawBuilder<boolean> }
  | { readonly kind: 'nothing' };

export async function sightOf(db: Database, caller: CloudCaller, pat: Bytes, now: number): Promise<Sight> {
  const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
  if (!chart) return { kind: 'nothing' };
  if (same(chart.owner, caller.id) || same(chart.writer, caller.id)) return { kind: 'all' };
  // Of what is denied she is answered as of a chart that is not there.
  if (await isDenied(db, pat, caller.id)) return { kind: 'nothing' };
  const wraps = await reachable(db, caller, now);
  return wraps ? { kind: 'some', wraps } : { kind: 'nothing' };
}

/** Whether anything of a chart is in a sight. */
export async function opensSomething(db: Database, pat: Bytes, sight: Sight & { kind: 'some' }): Promise<boolean> {
  const wrap = await db.selectFrom('wrap').select('node_id').where('pat', '=', pat).where(sight.wraps).limit(1).executeTakeFirst();
  return wrap !== undefined;
}

/** The nodes of a chart in somebody's sight, as a subquery giving `node_id`. */
export function nodesInSight(pat: Bytes, sight: Exclude<Sight, { kind: 'nothing' }>): RawBuilder<Bytes> {
  if (sight.kind === 'all') return sql`(select node_id from node where pat = ${pat})`;
  return sql`
    (with recursive sight(node_id) as (
      select wrap.node_id from wrap where wrap.pat = ${pat} and ${sight.wraps}
      union
      select node.node_id from node join sight on node.parent = sight.node_id where node.pat = ${pat}
    ) select node_id from sight)`;
}

const same = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
