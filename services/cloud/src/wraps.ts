/**
 * Wraps and the nodes they stand on: who may lay them, and what they must look like.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, hex } from '@carelet/crypto/algebra/bytes';
import { attempt } from '@carelet/crypto/algebra/strict';
import type { Card } from '@carelet/crypto/cards/card';
import { type Inspected, inspect } from '@carelet/crypto/kp-abe/cloud';
import { inspect as inspectJoint } from '@carelet/crypto/ma-kp-abe/cloud';
import { scopeId, scopeOf } from '@carelet/crypto/pre/cloud';
import { verifyWrap } from '@carelet/crypto/records/wrap';
import { transaction } from '@carelet/ground/database';
import type { Domains } from '@carelet/ground/domains';
import type { KnownCaller } from '@carelet/ground/login';
import type { Town } from '@carelet/ground/town';
import type { Kysely, Transaction } from 'kysely';
import { type Changes, telling } from './changes.ts';
import { refuseOver } from './generations.ts';
import { mustBeOfOwnGrants } from './kdc/grants.ts';
import { refuseOutdated, refuseUnfollowed } from './limits/followed.ts';
import type { Book } from './receipts/book.ts';
import type { CloudTables } from './schema.ts';

type Records = RoleOf<typeof cloudContract>['records'];
export type Wrap = Parameters<Records['post']>[0]['wraps'][number];
export type Link = Parameters<Records['post']>[0]['links'][number];

const empty = new Uint8Array();
/** Rows in one statement: PostgreSQL takes 65,535 values. */
const atOnce = 1000;

/**
 * Wraps without records: the patient's day wraps for a device, ahead of its readings; the writer's for a month
 * that has closed since.
 */
export async function addWraps(
  db: Kysely<CloudTables>,
  caller: KnownCaller,
  { pat, part, links, wraps, limits }: { pat: Bytes; part: Part; links: Link[]; wraps: Wrap[]; limits?: number | undefined },
  {
    changes,
    book,
    domains,
    now,
  }: { readonly changes: Changes; readonly book: Book; readonly domains: Domains; readonly now: () => number },
): Promise<Bytes | undefined> {
  const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
  if (!chart || !(equal(chart.owner, caller.id) || equal(chart.writer, caller.id))) throw notYours('add wraps');
  await mustBeForToday(domains, wraps);
  return telling(changes, (note) =>
    transaction(db, async (within) => {
      // The chart's row is the lock: what its owner limits meanwhile comes before, or takes away what is laid here.
      await within.selectFrom('chart').select('pat').where('pat', '=', pat).forUpdate().execute();
      await refuseOver(within, chart, { nodes: [], wraps }, now());
      if (equal(chart.writer, caller.id)) await refuseUnfollowed(within, chart, { nodes: [], wraps }, now());
      else await refuseOutdated(within, pat, { wraps, limits });
      const nodes = await layLinks(within, pat, part, links);
      await layWraps(within, caller, pat, part, wraps);
      note({ pat, part, nodes, wraps });
      // Whoever locks anew lets somebody read: the owner knows what she did, and of anybody else she has a receipt.
      if (wraps.length === 0 || equal(chart.owner, caller.id)) return undefined;
      const touched = [...new Map(wraps.map(({ nodeId }) => [hex(nodeId), nodeId])).values()];
      return book.leave(within, pat, { kind: 'lock', actor: caller.id, nodes: touched, part });
    }),
  );
}

/** Refuses wraps for roles or emergencies of a domain that its organisation has no more, or never had; their shape is judged elsewhere. */
export async function mustBeForToday(domains: Domains, wraps: readonly Wrap[]): Promise<void> {
  const sealedFor = new Map(
    wraps.flatMap(({ kind, domain, body }) => {
      const ids = domain.length === 16 ? (sealedTo({ kind, body })?.domains ?? []) : [];
      return ids.map((id) => [`${hex(domain)} ${hex(id)}`, { domain, id }] as const);
    }),
  );
  for (const { domain, id } of sealedFor.values()) {
    if (await domains.isToday(domain, id)) continue;
    throw new CareletError('conflict', 'lay wraps', { because: 'a wrap is sealed for a domain that its organisation does not have today' });
  }
}

/**
 * Forgets the wraps for roles and emergencies of domains that an organisation had before: it has made in their place whatever it makes.
 *
 * @returns how many of roles there were
 */
export async function forgetRetired(
  db: Kysely<CloudTables>,
  caller: KnownCaller,
  { domains, town }: { readonly domains: Domains; readonly town: Town },
  id: Bytes,
): Promise<number> {
  const op = 'forget retired wraps';
  if (caller.kind !== 'organisation') throw new CareletError('denied', op, { because: 'only an organisation has wraps of its domain' });
  if (!(await domains.isToday(caller.id, id))) throw new CareletError('conflict', op, { because: 'this is not the domain it has today' });
  const { numDeletedRows } = await db
    .deleteFrom('wrap')
    .where('kind', '=', 'policy')
    .where('domain', '=', caller.id)
    .where('sealed_for', '!=', id)
    .executeTakeFirst();
  const emergency = (await town.refresh()).domains.find(({ organisation }) => equal(organisation, caller.id))?.emergency;
  await db
    .deleteFrom('wrap')
    .where('kind', '=', 'emergency')
    .where('domain', '!=', emergency ?? empty)
    .where('pat', 'in', (from) => from.selectFrom('chart').select('pat').where('writer', '=', caller.id))
    .execute();
  return Number(numDeletedRows);
}

// One answer for a chart of somebody else's and a chart that does not exist.
export const notYours = (op: string) => new CareletError('denied', op, { because: 'this chart is not yours to do that with' });

/** Links as they come; one that is there stays as it is. Gives the nodes that are new. */
export async function layLinks(within: Transaction<CloudTables>, pat: Bytes, part: Part, links: readonly Link[]): Promise<Bytes[]> {
  const fresh: Bytes[] = [];
  const rows = links.map(({ nodeId, parent }) => ({ pat, node_id: nodeId, parent, part }));
  for (let at = 0; at < rows.length; at += atOnce) {
    const laid = await within
      .insertInto('node')
      .values(rows.slice(at, at + atOnce))
      .onConflict((c) => c.doNothing())
      .returning('node_id')
      .execute();
    for (const { node_id } of laid) fresh.push(node_id);
  }
  return fresh;
}

/** Wraps of who brings them; one that is there is replaced. */
export async function layWraps(
  within: Transaction<CloudTables>,
  maker: KnownCaller,
  pat: Bytes,
  part: Part,
  wraps: readonly Wrap[],
): Promise<void> {
  if (wraps.length === 0) return;
  await mustBeOfOwnGrants(within, { owner: maker.id, pat }, wraps);
  const rows = wraps.map((wrap) => wrapRow(wrap, maker.card, pat, part));
  if (new Set(rows.map(({ node_id, kind, domain }) => `${hex(node_id)}|${kind}|${hex(domain)}`)).size < rows.length) {
    throw new CareletError('invalid', 'lay wraps', { because: 'a node has two wraps for the same' });
  }
  for (let at = 0; at < rows.length; at += atOnce) {
    await within
      .insertInto('wrap')
      .values(rows.slice(at, at + atOnce))
      .onConflict((c) =>
        c.columns(['pat', 'node_id', 'kind', 'domain']).doUpdateSet((update) => ({
          gen: update.ref('excluded.gen'),
          labels: update.ref('excluded.labels'),
          body: update.ref('excluded.body'),
          maker: update.ref('excluded.maker'),
          signature: update.ref('excluded.signature'),
          sealed_for: update.ref('excluded.sealed_for'),
        })),
      )
      .execute();
  }
}

/**
 * Owner wraps of trees a device had to start itself, brought by its clinic: only from a device the chart's owner
 * vouched for, and never in the place of a wrap that is there.
 *
 * @param devices the cards of their makers
 */
export async function layDeviceWraps(
  within: Transaction<CloudTables>,
  devices: readonly Card[],
  owner: Bytes,
  pat: Bytes,
  part: Part,
  wraps: readonly Wrap[],
): Promise<void> {
  for (const wrap of wraps) {
    const device = devices.find(({ id }) => equal(id, wrap.maker));
    const vouched = device?.kind === 'device' && device.vouchers.some(({ by }) => typeof by !== 'number' && equal(by, owner));
    if (!device || !vouched || wrap.kind !== 'owner') {
      throw new CareletError('denied', 'lay wraps', { because: 'a wrap is not signed by who brings it' });
    }
    await within
      .insertInto('wrap')
      .values(wrapRow(wrap, device, pat, part))
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** A wrap as it is stored, once its maker's signature and its shape are checked. */
function wrapRow(wrap: Wrap, maker: Card, pat: Bytes, part: Part) {
  const refuse = (because: string) => new CareletError('invalid', 'lay wraps', { because });
  const place = { nodeId: wrap.nodeId, pat, part, gen: wrap.gen, kind: wrap.kind };
  if (!equal(wrap.maker, maker.id) || !verifyWrap(maker.edVk, place, wrap.body, wrap.signature)) {
    throw new CareletError('denied', 'lay wraps', { because: 'a wrap is not signed by who brings it' });
  }
  const sealed = sealedTo(wrap);
  if (wrap.kind === 'policy' || wrap.kind === 'emergency') {
    if (sealed?.domains.length !== 1) throw refuse('a wrap is malformed');
    if (wrap.domain.length !== 16) throw refuse('a policy wrap names no domain');
    if (wrap.kind === 'emergency' && !equal(sealed.domains[0]!, wrap.domain)) throw refuse('a wrap is malformed');
  } else if (wrap.kind === 'consent') {
    if (!ofScope(wrap.body, wrap.domain)) throw refuse('a consent wrap is not of the scope it names');
  } else if (wrap.kind === 'owner' && wrap.domain.length !== 0) throw refuse('an owner wrap names a domain');
  return {
    pat,
    node_id: wrap.nodeId,
    kind: wrap.kind,
    domain: wrap.domain.length === 0 ? empty : wrap.domain,
    part,
    gen: wrap.gen,
    labels: [...(sealed?.attributes ?? [])],
    body: wrap.body,
    maker: wrap.maker,
    signature: wrap.signature,
    // Emergencies are named by the domain itself.
    sealed_for: wrap.kind === 'policy' ? (sealed?.domains[0] ?? null) : null,
  };
}

/** Whether a text is sealed for the scope of this name; what is inside cannot be judged here. */
function ofScope(sealed: Bytes, scope: Bytes): boolean {
  try {
    return equal(scopeId(scopeOf(sealed)), scope);
  } catch {
    return false;
  }
}

/** What a wrap for roles or for emergencies is sealed to; `null` for a malformed one and for every other kind. */
const sealedTo = ({ kind, body }: Pick<Wrap, 'kind' | 'body'>): Inspected | null =>
  kind === 'policy' ? attempt(() => inspect(body)) : kind === 'emergency' ? attempt(() => inspectJoint(body)) : null;
