/**
 * The three shelves: what a writer posts, what a reader fetches.
 *
 * A posting is laid down whole or not at all. The primary key (pat, rowId, version) is the only deduplication;
 * a version is written only by who saw the one before. Rows go in by rowId, so that their place tells nothing
 * of when they came.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, compare, equal, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { postedRoot } from '@carelet/crypto/receipts/replay';
import { verifyDeed } from '@carelet/crypto/records/chart';
import { coversBatch, nodeLeaves, proveNode, verifyPosting } from '@carelet/crypto/records/posting';
import { transaction } from '@carelet/ground/database';
import type { Domains } from '@carelet/ground/domains';
import { groupBy } from '@carelet/ground/group-by';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql, type Transaction } from 'kysely';
import { nodesInSight, reachable, sightOf } from './access.ts';
import { type Change, type Changes, telling } from './changes.ts';
import { refuseOver } from './generations.ts';
import { hear } from './hearing.ts';
import { refuseUnfollowed } from './limits/followed.ts';
import type { Book } from './receipts/book.ts';
import { type CloudTables, shelves } from './schema.ts';
import { layDeviceWraps, layLinks, layWraps, mustBeForToday, notYours, type Wrap } from './wraps.ts';

type Records = RoleOf<typeof cloudContract>['records'];

/** Rows in one answer, and the bytes after which an answer ends early; the first is short, so that its reader soon has something to open. */
const pageRows = 2000;
const firstRows = 250;
const pageBytes = 8 * 1024 * 1024;

export type ShelvesOptions = {
  readonly db: Kysely<CloudTables>;
  readonly cards: Cards;
  /** UTC seconds. */
  readonly now: () => number;
  readonly changes: Changes;
  readonly book: Book;
  readonly domains: Domains;
};

/** The shelves as one caller may use them. */
export function records({ db, cards, now, changes, book, domains }: ShelvesOptions, caller: KnownCaller): Records {
  const chartOf = (pat: Bytes, within: Kysely<CloudTables> = db) =>
    within.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();

  const mine = async (pat: Bytes, op: string, as: readonly ('writer' | 'owner')[]) => {
    const chart = await chartOf(pat);
    if (!chart || !as.some((role) => equal(chart[role], caller.id))) throw notYours(op);
    return chart;
  };

  return {
    async openChart({ pat, owner, deed }) {
      if (caller.kind !== 'organisation') throw new CareletError('denied', 'open chart', { because: 'only an organisation opens charts' });
      if (!verifyDeed(caller.card.edVk, { pat, writer: caller.id, owner }, deed)) throw unsigned('open chart');
      if ((await cards.byId([owner])).length === 0)
        throw new CareletError('missing', 'open chart', { because: "the owner's card is not known here" });
      const opened = await db
        .insertInto('chart')
        .values({ pat, writer: caller.id, owner, deed })
        .onConflict((c) => c.doNothing())
        .returning('pat')
        .executeTakeFirst();
      if (opened) changes.tell({ pat, part: null, nodes: [], wraps: [] });
      const chart = await chartOf(pat);
      if (!chart || !equal(chart.writer, caller.id))
        throw new CareletError('conflict', 'open chart', { because: 'this pseudonym is taken' });
      if (!equal(chart.owner, owner)) throw hasOwner('open chart');
    },

    async linkChart({ pat, owner, deed, wraps }) {
      const { owner: before } = await mine(pat, 'link chart', ['writer']);
      const [card] = await cards.byId([owner]);
      if (card?.kind !== 'patient') throw new CareletError('missing', 'link chart', { because: "the patient's card is not known here" });
      if (!verifyDeed(caller.card.edVk, { pat, writer: caller.id, owner }, deed)) throw unsigned('link chart');
      if (wraps.some((wrap) => wrap.kind !== 'owner'))
        throw new CareletError('invalid', 'link chart', { because: 'linking makes owner wraps only' });
      // Only a cradle can be handed on; asked again after a lost answer, the same patient gets the same answer.
      const [cradle] = await cards.byId([before]);
      if (cradle?.kind !== 'cradle' && !equal(before, owner)) throw hasOwner('link chart');
      await telling(changes, (note) =>
        transaction(db, async (within) => {
          const chart = await within.selectFrom('chart').selectAll().where('pat', '=', pat).forUpdate().executeTakeFirst();
          if (!chart || !equal(chart.owner, before)) throw hasOwner('link chart');
          await within.updateTable('chart').set({ owner, deed }).where('pat', '=', pat).execute();
          for (const part of ['EID', 'QID', 'MI'] as const)
            await layWraps(
              within,
              caller,
              pat,
              part,
              wraps.filter((wrap) => wrap.part === part),
            );
          note({ pat, part: null, nodes: [], wraps: [] });
        }),
      );
    },

    async charts() {
      const own = await db
        .selectFrom('chart')
        .selectAll()
        .where((where) => where.or([where('owner', '=', caller.id), where('writer', '=', caller.id)]))
        .orderBy('pat')
        .execute();
      const wraps = await reachable(db, caller, now());
      if (!wraps) return { charts: own };
      const open = await db
        .selectFrom('chart')
        .selectAll('chart')
        .where(sql<boolean>`exists (select 1 from wrap where wrap.pat = chart.pat and ${wraps})`)
        .orderBy('pat')
        .execute();
      const seen = new Set(own.map(({ pat }) => hex(pat)));
      return { charts: [...own, ...open.filter(({ pat }) => !seen.has(hex(pat)))] };
    },

    async versions({ pat, part, rowIds }) {
      await mine(pat, 'list versions', ['writer']);
      const rows = await latest(db, pat, part, rowIds);
      return { versions: rowIds.map((rowId) => rows.get(hex(rowId)) ?? 0) };
    },

    async wrapped({ pat, kind, domain, sealedFor, nodes }) {
      await mine(pat, 'list wraps', ['writer', 'owner']);
      if (nodes.length === 0) return { wrapped: [] };
      let query = db
        .selectFrom('wrap')
        .select('node_id')
        .where('pat', '=', pat)
        .where('kind', '=', kind)
        .where('domain', '=', domain)
        .where('node_id', '=', anyOf(nodes));
      if (sealedFor) query = query.where('sealed_for', '=', sealedFor);
      const rows = await query.execute();
      const have = new Set(rows.map(({ node_id }) => hex(node_id)));
      return { wrapped: nodes.map((node) => have.has(hex(node))) };
    },

    async post({ posting, rows, links, wraps }) {
      const refuse = (because: string) => new CareletError('invalid', 'post records', { because });
      if (caller.kind !== 'organisation' || !equal(posting.writer, caller.id)) throw notYours('post records');
      if (!verifyPosting(caller.card.edVk, posting))
        throw new CareletError('denied', 'post records', { because: 'the posting is not signed by its writer' });
      if (!coversBatch(posting, rows, links)) throw refuse('the rows are not those the posting was signed over');
      const sorted = [...rows].sort((a, b) => compare(a.rowId, b.rowId));
      if (sorted.some((row, i) => i > 0 && equal(row.rowId, sorted[i - 1]!.rowId))) throw refuse('a row stands in it twice');
      if (rows.some(({ version, base }) => version <= base)) throw refuse('a version must be later than the one it follows');
      const { pat, part } = posting;
      const own = wraps.filter(({ maker }) => equal(maker, caller.id));
      const others = wraps.filter(({ maker }) => !equal(maker, caller.id));
      const devices = await cards.byId(others.map(({ maker }) => maker));
      await mustBeForToday(domains, own);

      const lay = async (within: Transaction<CloudTables>, note: (change: Change) => void) => {
        // The chart's row is the lock: postings to one chart come one after the other.
        const chart = await within.selectFrom('chart').selectAll().where('pat', '=', pat).forUpdate().executeTakeFirst();
        if (!chart || !equal(chart.writer, caller.id)) throw notYours('post records');
        const fresh = await within
          .insertInto('posting')
          .values({
            pat,
            posting_id: posting.postingId,
            part,
            writer: posting.writer,
            root: posting.root,
            node_count: posting.nodeCount,
            links: posting.links,
            signature: posting.signature,
          })
          .onConflict((c) => c.doNothing())
          .returning('posting_id')
          .executeTakeFirst();
        if (!fresh) return { stored: 0, already: true };
        const states = sorted.map(({ rowId, version, nodeId, ct }) => ({ nodeId, rowId, version, ctHash: sha256(ct) }));

        const linked = await layLinks(within, pat, part, links);
        await refuseOver(within, chart, { nodes: rows.map(({ nodeId }) => nodeId), wraps }, now());
        await layWraps(within, caller, pat, part, own);
        await layDeviceWraps(within, devices, chart.owner, pat, part, others);
        await refuseUnfollowed(within, chart, { nodes: rows.map(({ nodeId }) => nodeId), wraps }, now());
        const nodes = new Set(links.map(({ nodeId }) => hex(nodeId)));
        const elsewhere = rows.filter(({ nodeId }) => !nodes.has(hex(nodeId))).map(({ nodeId }) => nodeId);
        if (elsewhere.length > 0) for (const node of await known(within, pat, elsewhere)) nodes.add(hex(node));
        if (rows.some(({ nodeId }) => !nodes.has(hex(nodeId)))) throw refuse('a row hangs on a node that is not linked');

        const versions = await latest(
          within,
          pat,
          part,
          rows.map(({ rowId }) => rowId),
        );
        if (rows.some(({ rowId, base }) => (versions.get(hex(rowId)) ?? 0) !== base)) {
          throw new CareletError('conflict', 'post records', { because: 'somebody wrote a later version in between' });
        }
        for (let at = 0; at < sorted.length; at += 1000) {
          await within
            .insertInto(shelves[part])
            .values(
              sorted.slice(at, at + 1000).map(({ rowId, version, nodeId, kc, mark, ct }, i) => ({
                pat,
                row_id: rowId,
                version,
                node_id: nodeId,
                kc,
                mark,
                ct,
                ct_hash: states[at + i]!.ctHash,
                posting_id: posting.postingId,
              })),
            )
            .execute();
        }
        const leaves = nodeLeaves(rows);
        await within
          .insertInto('posting_node')
          .values(leaves.map(({ nodeId, count, leaf }) => ({ pat, posting_id: posting.postingId, node_id: nodeId, count, leaf })))
          .execute();
        note({ pat, part, nodes: [...linked, ...leaves.map(({ nodeId }) => nodeId)], wraps });
        const act = {
          kind: 'posting',
          actor: caller.id,
          part,
          nodes: leaves.map(({ nodeId }) => nodeId),
          rows: postedRoot(states),
        } as const;
        return { stored: rows.length, already: false, promise: await book.leave(within, pat, { ...act, postingId: posting.postingId }) };
      };
      const laid = await telling(changes, (note) => transaction(db, (within) => lay(within, note)));
      if (!laid.already) return laid;
      const promise = await book.promised(pat, posting.postingId);
      return { ...laid, ...(promise && { promise }) };
    },

    changes: (input, options) => hear({ db, changes, caller, now }, input, options),

    async nodes({ pat }) {
      const sight = await sightOf(db, caller, pat, now());
      if (sight.kind === 'nothing') return { nodes: [], wraps: [] };
      const nodes = await db
        .selectFrom('node')
        .select(['node_id', 'parent', 'part'])
        .where('pat', '=', pat)
        .where(sql<boolean>`node_id in ${nodesInSight(pat, sight)}`)
        .execute();
      const wraps = await db
        .selectFrom('wrap')
        .selectAll()
        .where('pat', '=', pat)
        .where(sight.kind === 'all' ? sql<boolean>`wrap.kind = 'owner'` : sight.wraps)
        // Those of grants through the key servers are handed out one by one, under a receipt.
        .where('wrap.kind', '!=', 'shared')
        .execute();
      return {
        nodes: nodes.map(({ node_id, parent, part }) => ({ nodeId: node_id, parent, part: part as Part })),
        wraps: wraps.map(({ node_id, kind, gen, domain, part, body, maker, signature }) => ({
          nodeId: node_id,
          kind: kind as Wrap['kind'],
          gen,
          domain,
          part: part as Part,
          body,
          maker,
          signature,
        })),
      };
    },

    async rows({ pat, part, nodes, after }) {
      const sight = await sightOf(db, caller, pat, now());
      if (sight.kind === 'nothing') return { rows: [], more: false };
      const from = after
        ? sql<boolean>`(node_id, row_id, version) > (${after.nodeId}, ${after.rowId}, ${after.version})`
        : sql<boolean>`true`;
      const most = after ? pageRows : firstRows;
      // First how large, then what: both of the same moment, or a row that comes in between pushes another off the page.
      const page = async (within: Transaction<CloudTables>) => {
        const wanted = within
          .selectFrom(shelves[part])
          .where('pat', '=', pat)
          .where('node_id', '=', anyOf(nodes))
          .where(sql<boolean>`node_id in ${nodesInSight(pat, sight)}`)
          .where(from)
          .orderBy('node_id')
          .orderBy('row_id')
          .orderBy('version');
        const sizes = await wanted
          .select(sql<number>`octet_length(ct)`.as('size'))
          .limit(most + 1)
          .execute();
        let count = 0;
        for (let total = 0; count < Math.min(sizes.length, most); count++) {
          total += sizes[count]!.size;
          if (count > 0 && total > pageBytes) break;
        }
        return { rows: count === 0 ? [] : await wanted.selectAll().limit(count).execute(), more: sizes.length > count };
      };
      const { rows, more } = await transaction(db, page, { isolation: 'repeatable read' });
      // Whoever is handed rows of somebody else's chart leaves a receipt, kept before they are.
      const promise =
        sight.kind === 'some' && rows.length > 0
          ? await transaction(db, (within) => book.leave(within, pat, { kind: 'reading', actor: caller.id, part, ...handedOut(rows) }))
          : undefined;
      return {
        ...(promise && { promise }),
        rows: rows.map(({ row_id, version, node_id, kc, mark, ct, posting_id }) => ({
          rowId: row_id,
          version,
          nodeId: node_id,
          kc,
          mark,
          ct,
          postingId: posting_id,
        })),
        more,
      };
    },

    async proofs({ pat, part, nodes }) {
      const sight = await sightOf(db, caller, pat, now());
      if (sight.kind === 'nothing') return { postings: [] };
      const asked = await db
        .selectFrom('posting_node')
        .select(['posting_id', 'node_id'])
        .where('pat', '=', pat)
        .where('node_id', '=', anyOf(nodes))
        .where(sql<boolean>`node_id in ${nodesInSight(pat, sight)}`)
        .execute();
      if (asked.length === 0) return { postings: [] };
      const ids = [...new Map(asked.map(({ posting_id }) => [hex(posting_id), posting_id])).values()];
      const heads = await db
        .selectFrom('posting')
        .selectAll()
        .where('pat', '=', pat)
        .where('part', '=', part)
        .where('posting_id', '=', anyOf(ids))
        .execute();
      const leaves = await db
        .selectFrom('posting_node')
        .select(['posting_id', 'node_id', 'count', 'leaf'])
        .where('pat', '=', pat)
        .where('posting_id', '=', anyOf(ids))
        .orderBy('node_id')
        .execute();
      const leavesOf = groupBy(leaves, ({ posting_id }) => hex(posting_id));
      const askedOf = groupBy(asked, ({ posting_id }) => hex(posting_id));
      return {
        postings: heads.map((head) => {
          const name = hex(head.posting_id);
          const all = (leavesOf.get(name) ?? []).map(({ node_id, count, leaf }) => ({ nodeId: node_id, count, leaf }));
          return {
            postingId: head.posting_id,
            writer: head.writer,
            pat,
            part: head.part as Part,
            root: head.root,
            nodeCount: head.node_count,
            links: head.links,
            signature: head.signature,
            nodes: (askedOf.get(name) ?? []).flatMap(({ node_id }) => {
              const proof = proveNode(all, node_id);
              return proof ? [{ nodeId: node_id, index: proof.index, path: [...proof.path] }] : [];
            }),
          };
        }),
      };
    },
  };
}

/** What a receipt says of rows that were handed out. */
function handedOut(rows: readonly { node_id: Bytes; row_id: Bytes; version: number; ct_hash: Bytes }[]) {
  const nodes = [...new Map(rows.map(({ node_id }) => [hex(node_id), node_id])).values()];
  return {
    nodes,
    rows: postedRoot(rows.map(({ row_id, version, ct_hash }) => ({ rowId: row_id, version, ctHash: ct_hash }))),
  };
}

const anyOf = (ids: readonly Bytes[]) => sql<Bytes>`any(${ids}::bytea[])`;

const hasOwner = (op: string) => new CareletError('conflict', op, { because: 'this chart has an owner already' });

const unsigned = (op: string) => new CareletError('denied', op, { because: 'the deed is not signed by the chart’s writer' });

async function latest(db: Kysely<CloudTables>, pat: Bytes, part: Part, rowIds: readonly Bytes[]): Promise<Map<string, number>> {
  if (rowIds.length === 0) return new Map();
  const rows = await db
    .selectFrom(shelves[part])
    .select(['row_id', (select) => select.fn.max('version').as('version')])
    .where('pat', '=', pat)
    .where('row_id', '=', anyOf(rowIds))
    .groupBy('row_id')
    .execute();
  return new Map(rows.map(({ row_id, version }) => [hex(row_id), version]));
}

async function known(db: Kysely<CloudTables>, pat: Bytes, nodes: readonly Bytes[]): Promise<Bytes[]> {
  const rows = await db.selectFrom('node').select('node_id').where('pat', '=', pat).where('node_id', '=', anyOf(nodes)).execute();
  return rows.map(({ node_id }) => node_id);
}
