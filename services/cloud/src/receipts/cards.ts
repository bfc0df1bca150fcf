/**
 * Cards in the log: each leaves its receipt in the transaction that takes it, and the map says which cards stand under its number.
 *
 * @module
 */
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard } from '@carelet/crypto/cards/card';
import { cardNode, cardReceipt, cardsState } from '@carelet/crypto/receipts/cards';
import { commitment, decodeReceipt, encodeReceipt, type Receipt } from '@carelet/crypto/receipts/leaf';
import type { NodeState } from '@carelet/crypto/receipts/map';
import { groupBy } from '@carelet/ground/group-by';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { CloudTables } from '../schema.ts';

/** Lays down the receipt of a card that is taken. */
export async function leaveCard(within: Transaction<CloudTables>, card: Card, now: number): Promise<void> {
  await within
    .insertInto('card_receipt')
    .values({ ...rowOf(cardReceipt(card, now)), place: null })
    .execute();
}

const rowOf = (receipt: Receipt) => ({
  card_id: receipt.actor,
  serial: receipt.version,
  commitment: commitment(receipt),
  body: encodeReceipt(receipt),
});

/** Makes the table, and a receipt for each card that was taken before there was one. */
export async function makeCardReceipts(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`create table card_receipt (
      card_id bytea not null, serial integer not null, commitment bytea not null, body bytea not null, place bigint,
      primary key (card_id, serial))`,
    sql`create index card_receipt_waits on card_receipt (commitment) where place is null`,
  ]) {
    await statement.execute(db);
  }
  const now = Math.floor(Date.now() / 1000);
  for (let after: Bytes = new Uint8Array(); ; ) {
    const { rows } = await sql<{ card_id: Bytes; body: Bytes }>`
      select card_id, body from card where card_id > ${after} order by card_id limit ${atOnce}`.execute(db);
    const laid = rows.flatMap(({ body }) => decodeCard(body) ?? []).map((card) => rowOf(cardReceipt(card, now)));
    await sql`insert into card_receipt (card_id, serial, commitment, body) select * from unnest(
      ${laid.map(({ card_id }) => card_id)}::bytea[], ${laid.map(({ serial }) => serial)}::integer[],
      ${laid.map((one) => one.commitment)}::bytea[], ${laid.map(({ body }) => body)}::bytea[])`.execute(db);
    const last = rows.at(-1);
    if (!last) return;
    after = last.card_id;
  }
}

/** Cards read at once. */
const atOnce = 1000;

type Waiting = { readonly card_id: Bytes; readonly serial: number; readonly commitment: Bytes };

/** Receipts of cards that wait for the log. */
export const waitingCards = (within: Transaction<CloudTables>): Promise<Waiting[]> =>
  within.selectFrom('card_receipt').select(['card_id', 'serial', 'commitment']).where('place', 'is', null).orderBy('commitment').execute();

/** Gives them their places, from one on; and what the map says of their numbers from now on. */
export async function placeCards(
  within: Transaction<CloudTables>,
  waiting: readonly Waiting[],
  from: number,
): Promise<{ nodeId: Bytes; state: NodeState }[]> {
  if (waiting.length === 0) return [];
  await sql`update card_receipt set place = new.place from unnest(
    ${waiting.map(({ card_id }) => card_id)}::bytea[], ${waiting.map(({ serial }) => serial)}::integer[],
    ${waiting.map((_, i) => from + i)}::bigint[]) as new (card_id, serial, place)
    where card_receipt.card_id = new.card_id and card_receipt.serial = new.serial`.execute(within);
  const all = await within
    .selectFrom('card_receipt')
    .select(['card_id', 'body'])
    .where('card_id', '=', sql<Bytes>`any(${waiting.map(({ card_id }) => card_id)}::bytea[])`)
    .execute();
  return [...groupBy(all, ({ card_id }) => hex(card_id)).values()].map((rows) => {
    const cards = rows.flatMap(({ body }) => decodeReceipt(body) ?? []).map(({ version, policy }) => ({ serial: version, hash: policy }));
    return { nodeId: cardNode(rows[0]!.card_id), state: cardsState(cards) };
  });
}

/** The receipts of all cards under some numbers that stand in a log of this size, by number in hex. */
export async function receiptsOfCards(
  db: Kysely<CloudTables>,
  ids: readonly Bytes[],
  size: number,
): Promise<Map<string, { readonly body: Bytes; readonly place: number }[]>> {
  const rows = await db
    .selectFrom('card_receipt')
    .select(['card_id', 'body', 'place'])
    .where('card_id', '=', sql<Bytes>`any(${[...ids]}::bytea[])`)
    .where('place', '<', size)
    .orderBy('serial')
    .execute();
  return groupBy(
    rows.flatMap(({ card_id, body, place }) => (place === null ? [] : [{ card_id, body, place }])),
    ({ card_id }) => hex(card_id),
  );
}
