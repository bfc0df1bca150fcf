/**
 * The book of receipts: what every act leaves behind, and the log and the map it goes into.
 *
 * [Note: Waiting for the log]
 * An act lays down its receipt in its own transaction, so there is none without the other; it waits for nobody. Whoever
 * comes next to write the log takes everything that waits: all leaves, what the map must say of the nodes posted to, and
 * the checkpoint over both are one transaction, of one moment, with the log's one row locked. A process that is killed
 * leaves all of it or nothing, and of two processes one waits. A checkpoint is handed out from the table alone, so what
 * was not kept was never shown.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import { type Bytes, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import { signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { type Act, commitment, encodeReceipt, leafHash, nothing, receiptContext, receiptOf } from '@carelet/crypto/receipts/leaf';
import { append, rootOf } from '@carelet/crypto/receipts/log';
import { emptyMap, nodeState, type RowState, update } from '@carelet/crypto/receipts/map';
import type { Signer } from '@carelet/crypto/receipts/note';
import { encodePromise, promise } from '@carelet/crypto/receipts/promise';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import { logStore } from '@carelet/ground/log-store';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type CloudTables, shelves } from '../schema.ts';
import { placeCards, waitingCards } from './cards.ts';
import { mapStore } from './stores.ts';

/** What an act says of itself; the rest is nothing. */
export type Left = Pick<Act, 'kind' | 'actor'> &
  Partial<Pick<Act, 'nodes' | 'rows' | 'policy'>> & {
    readonly part?: Part;
    /** The posting it is of. */
    readonly postingId?: Bytes;
  };

/** The log as it stands. */
export type Standing = { readonly size: number; readonly map: Bytes; readonly note: Bytes; readonly witnessed: Bytes | null };

export type Book = {
  /** Lays down the receipt of an act within the act's own transaction; gives what promises its leaf, to be sent once that is kept. */
  leave(within: Transaction<CloudTables>, pat: Bytes, act: Left): Promise<Bytes>;
  /** The promise of a posting that was taken before. */
  promised(pat: Bytes, postingId: Bytes): Promise<Bytes | undefined>;
  /** The log with everything in it that was kept before this was asked, under a checkpoint of this minute. */
  standing(): Promise<Standing>;
  /** Writes what waits, if anything does. */
  write(): Promise<void>;
};

/** How old a checkpoint may get while nothing happens, seconds. */
const idle = 60;
/** How long the map's replaced nodes are kept, for proofs under checkpoints that are not the newest any more. Seconds. */
const kept = 3600;

/** @param now UTC seconds */
export function bookOf(db: Kysely<CloudTables>, log: Signer, now: () => number): Book {
  let going: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  /** One round at a time; who asks during one waits for the next, which sees what he has done. */
  const round = (): Promise<void> => {
    next ??= going
      .catch(() => {})
      .then(() => {
        going = next!;
        next = null;
        return transaction(db, (within) => writeDown(within, log, now()), { isolation: 'repeatable read' });
      });
    return next;
  };
  const last = () => db.selectFrom('log').selectAll().executeTakeFirst();
  const waits = async () => {
    const { rows } = await sql<{ waits: boolean }>`
      select exists (select 1 from receipt where place is null) or exists (select 1 from unmapped)
        or exists (select 1 from card_receipt where place is null) as waits`.execute(db);
    return rows[0]!.waits;
  };

  return {
    async leave(within, pat, { kind, actor, nodes = [], rows = nothing, policy = nothing, part, postingId }) {
      const scope = part ? `${hex(pat)}/${part}` : hex(pat);
      const receipt = receiptOf({ kind, actor, scope, nodes, rows, version: 0, policy, time: now() });
      const committed = commitment(receipt);
      const owner = await within
        .selectFrom('chart')
        .innerJoin('card', 'card.card_id', 'chart.owner')
        .select('card.body')
        .where('chart.pat', '=', pat)
        .executeTakeFirst();
      const card = owner && decodeCard(owner.body);
      if (!card) throw new CareletError('internal', 'leave a receipt', { because: 'the card of the chart’s owner is not known' });
      const sealed = sealTo(card.hybridPk, receiptContext(pat, committed), encodeReceipt(receipt));
      await within
        .insertInto('receipt')
        .values({ pat, commitment: committed, time: receipt.time, sealed, posting_id: postingId ?? null, place: null })
        .execute();
      if (postingId) await within.insertInto('unmapped').values({ pat, posting_id: postingId }).execute();
      return encodePromise(promise(log, committed, receipt.time));
    },

    async promised(pat, postingId) {
      const receipt = await db
        .selectFrom('receipt')
        .select(['commitment', 'time'])
        .where('pat', '=', pat)
        .where('posting_id', '=', postingId)
        .executeTakeFirst();
      return receipt && encodePromise(promise(log, receipt.commitment, receipt.time));
    },

    async standing() {
      // In this order: what stood before another round took what waits would lack it.
      const behind = await waits();
      const state = behind ? undefined : await last();
      if (state && now() - state.time < idle) return state;
      await round();
      return (await last())!;
    },

    async write() {
      if (await waits()) await round();
    },
  };
}

/** Everything that waits, the map as of the same moment, and the checkpoint over both. */
async function writeDown(within: Transaction<CloudTables>, log: Signer, now: number): Promise<void> {
  const before = await within.selectFrom('log').selectAll().forUpdate().executeTakeFirst();
  const { size, roots, map, time } = before ?? { size: 0, roots: [], map: emptyMap, time: 0 };

  const waiting = await within
    .selectFrom('receipt')
    .select(['pat', 'commitment'])
    .where('place', 'is', null)
    .orderBy('commitment')
    .execute();
  const cards = await waitingCards(within);
  const { range, nodes } = append(
    { size, roots },
    [...waiting, ...cards].map(({ commitment }) => leafHash(commitment)),
  );
  await logStore(within).put(nodes);
  if (waiting.length > 0) {
    await sql`update receipt set place = new.place from unnest(
      ${waiting.map(({ pat }) => pat)}::bytea[], ${waiting.map(({ commitment }) => commitment)}::bytea[],
      ${waiting.map((_, i) => size + i)}::bigint[]) as new (pat, commitment, place)
      where receipt.pat = new.pat and receipt.commitment = new.commitment`.execute(within);
  }
  const cardsChanged = await placeCards(within, cards, size + waiting.length);

  const asked = new Set<string>();
  const store = mapStore(within, asked);
  const changed = await update(store, map, [...(await changedNodes(within)), ...cardsChanged]);
  await sql`delete from unmapped`.execute(within);
  await within
    .deleteFrom('map_node')
    .where('replaced', '<', now - kept)
    .execute();
  await sql`update map_node set replaced = ${now} where hash = any(${[...asked].map(unhex)}::bytea[])`.execute(within);
  await store.put(changed.nodes);
  // A clock that goes back signs the last time again.
  const at = Math.max(now, time);
  const note = signCheckpoint(log, { size: range.size, root: rootOf(range), map: changed.root, time: at });
  const state = { size: range.size, roots: [...range.roots], map: changed.root, time: at, note };
  await (before
    ? within.updateTable('log').set(state)
    : within.insertInto('log').values({ one: true, ...state, witnessed: null })
  ).execute();
}

/** What the nodes hold by now to which something was posted that the map does not count yet. */
async function changedNodes(within: Transaction<CloudTables>) {
  const touched = await within
    .selectFrom('unmapped')
    .innerJoin('posting', (join) => join.onRef('posting.pat', '=', 'unmapped.pat').onRef('posting.posting_id', '=', 'unmapped.posting_id'))
    .innerJoin('posting_node', (join) =>
      join.onRef('posting_node.pat', '=', 'unmapped.pat').onRef('posting_node.posting_id', '=', 'unmapped.posting_id'),
    )
    .select(['unmapped.pat', 'posting.part', 'posting_node.node_id'])
    .distinct()
    .execute();
  const changes: { nodeId: Bytes; state: ReturnType<typeof nodeState> }[] = [];
  for (const [part, shelf] of Object.entries(shelves)) {
    for (const [, nodes] of groupBy(
      touched.filter((node) => node.part === part),
      ({ pat }) => hex(pat),
    )) {
      const rows = await within
        .selectFrom(shelf)
        .select(['node_id', 'row_id', 'version', 'ct_hash'])
        .where('pat', '=', nodes[0]!.pat)
        .where('node_id', '=', sql<Bytes>`any(${nodes.map(({ node_id }) => node_id)}::bytea[])`)
        .execute();
      const held = groupBy(rows, ({ node_id }) => hex(node_id));
      for (const { node_id } of nodes) changes.push({ nodeId: node_id, state: nodeState((held.get(hex(node_id)) ?? []).map(stateOf)) });
    }
  }
  return changes;
}

const stateOf = ({ row_id, version, ct_hash }: { row_id: Bytes; version: number; ct_hash: Bytes }): RowState => ({
  rowId: row_id,
  version,
  ctHash: ct_hash,
});
