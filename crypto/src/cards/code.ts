/**
 * A card's code: what somebody hands over herself, read out or shown, so that her card is believed although nobody vouches for it.
 *
 * It is the card's number, which is a hash of kind and keys, and the beginning of the card's hash: 20 bytes, as eight groups of four.
 * Whoever has it from her own mouth needs to believe no server: keys that are not hers have another number (`cardNumber`), and
 * everything else the card says is in the hash. It is no secret.
 *
 * @module
 */
import { fromBase32, toBase32 } from '../algebra/base32.ts';
import { type Bytes, concat, equal } from '../algebra/bytes.ts';
import { type Card, cardHash, cardNumber } from './card.ts';

/** What a code names. */
export type CardCode = {
  /** The card's number, 16 bytes. */
  readonly id: Bytes;
  /** The first 4 bytes of its hash. */
  readonly check: Bytes;
};

const numberLength = 16;
const checkLength = 4;

/**
 * The code of a card.
 *
 * @example
 * ```ts
 * import { cardCode, isCardOf, readCardCode } from '@carelet/crypto/cards/code';
 * import { newCard } from '@carelet/crypto/cards/owner';
 * const { card } = newCard('patient', 1_900_000_000);
 * const code = readCardCode(cardCode(card).toLowerCase());
 * code !== null && isCardOf(code, card); // true
 * ```
 */
export const cardCode = (card: Card): string => toBase32(concat(card.id, cardHash(card).subarray(0, checkLength)), 4);

/** Reads a code, as it is typed: see `fromBase32`. `null` for any other text; a mistyped one names no card, or another. */
export function readCardCode(text: string): CardCode | null {
  const bytes = fromBase32(text);
  if (bytes?.length !== numberLength + checkLength) return null;
  return { id: bytes.slice(0, numberLength), check: bytes.slice(numberLength) };
}

/** Whether a card is the one a code names: its number, a first card's that comes from its keys, and its hash. Whether it stands is another question. */
export const isCardOf = ({ id, check }: CardCode, card: Card): boolean =>
  equal(id, cardNumber(card)) && equal(id, card.id) && equal(check, cardHash(card).subarray(0, checkLength));
