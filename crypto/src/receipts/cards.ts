/**
 * Cards in the log and in the map (keys.md §5): each card the cloud takes is a leaf, and the map says of a card's number which
 * cards stand under it, all of them. Its owner sees that hers is the last and that there is no other; whoever seals to a card sees
 * that it is the one its owner sees.
 *
 * A card is no secret to whoever may ask for it, so its receipt is not sealed: it is shown with the card, salt and all, and the
 * public log tells as little of it as of any other.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import type { Random } from '../algebra/random.ts';
import { type CardBody, cardHash } from '../cards/card.ts';
import type { Checkpoint } from './checkpoint.ts';
import { commitment, decodeReceipt, leafHash, nothing, type Receipt, receiptOf } from './leaf.ts';
import { verifyInclusion } from './log.ts';
import { decodeMapProof, mapValue, type NodeState, nodeState, verifyNode } from './map.ts';

/** Where the map holds what stands under a card's number: 32 bytes, so that no node of a record, which has 16, is in its place. */
export const cardNode = (id: Bytes): Bytes => hashOf('carelet/v1/receipts/card', id);

/** The receipt of a card that was taken; `time` in UTC seconds. */
export const cardReceipt = (card: CardBody, time: number, random?: Random): Receipt =>
  receiptOf(
    { kind: 'card', actor: card.id, scope: '', nodes: [], rows: nothing, version: card.serial, policy: cardHash(card), time },
    random,
  );

/** What the map holds of a number under which these cards stand. */
export const cardsState = (cards: readonly { readonly serial: number; readonly hash: Bytes }[]): NodeState =>
  nodeState(cards.map(({ serial, hash }) => ({ rowId: hash, version: serial, ctHash: hash })));

/** What the cloud shows of a number: the receipt of each card under it with its place in the log, and what the map says. */
export type ShownCards = {
  readonly taken: readonly { readonly receipt: Bytes; readonly place: number; readonly path: readonly Bytes[] }[];
  readonly proof: Bytes;
};

/**
 * What becomes of a card that is held against log and map: it `stands` as the last under its number; none is written there, so it is
 * `unwritten`; `another` stands there, beside it or in its place; or what is shown does not hold together, and is `unproven`.
 */
export type JudgedCard = 'stands' | 'unwritten' | 'another' | 'unproven';

/** Holds a card against what the cloud shows of its number, under a checkpoint that was judged already. */
export function judgeCard(card: CardBody, { taken, proof }: ShownCards, { size, root, map }: Checkpoint): JudgedCard {
  const cards: { serial: number; hash: Bytes }[] = [];
  for (const { receipt: bytes, place, path } of taken) {
    const receipt = decodeReceipt(bytes);
    if (receipt?.kind !== 'card' || !equalPublic(receipt.actor, card.id)) return 'unproven';
    if (!verifyInclusion(leafHash(commitment(receipt)), place, size, path, root)) return 'unproven';
    cards.push({ serial: receipt.version, hash: receipt.policy });
  }
  const decoded = decodeMapProof(proof);
  const said = decoded && verifyNode(map, cardNode(card.id), decoded);
  if (said?.kind === 'absent') return cards.length === 0 ? 'unwritten' : 'unproven';
  if (said?.kind !== 'present' || !equalPublic(said.value, mapValue(cardsState(cards)))) return 'unproven';
  const hash = cardHash(card);
  const isOfChain = (one: { serial: number; hash: Bytes }) =>
    one.serial === card.serial
      ? equalPublic(one.hash, hash)
      : one.serial < card.serial && (one.serial < card.serial - 1 || equalPublic(one.hash, card.prevHash));
  const last = cards.some(({ serial }) => serial === card.serial);
  const each = new Set(cards.map(({ serial }) => serial)).size === cards.length;
  return last && each && cards.every(isOfChain) ? 'stands' : 'another';
}
