/**
 * Eight words by which two people compare over the telephone that they see the same card.
 *
 * They are of BIP-39's English list: 2,048 words, of which no two begin with the same four letters. Eight carry 88 bits of the card's hash:
 * whoever wants another card of the same words has 2⁸⁸ to try. They are the same in every language, for the two may read different ones.
 *
 * @module
 */
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { type CardBody, cardHash } from './card.ts';

/** How many words, and bits in each. */
const words = 8;
const bits = 11n;

/** The words of a card, first to last. */
export function fingerprint(card: CardBody): string {
  const length = (words * Number(bits)) / 8;
  let number = cardHash(card)
    .subarray(0, length)
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const said: string[] = [];
  for (let i = 0; i < words; i++) {
    said.unshift(wordlist[Number(number & ((1n << bits) - 1n))]!);
    number >>= bits;
  }
  return said.join(' ');
}
