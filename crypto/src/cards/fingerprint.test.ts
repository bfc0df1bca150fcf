// Eight words of a card: what two people read to each other.
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { expect, test } from 'vitest';
import { seededRandom } from '../algebra/random.ts';
import { cardHash } from './card.ts';
import { fingerprint } from './fingerprint.ts';
import { newCard } from './owner.ts';

test('a card has eight words, which stay the same and tell it from any other', () => {
  const random = seededRandom('fingerprint');
  const cards = Array.from({ length: 50 }, () => newCard('doctor', 2_000_000_000, random).card);
  const said = cards.map(fingerprint);
  expect(said[0]).toBe('total all base cook wreck spread sword assist');
  for (const one of said) expect(one).toMatch(/^([a-z]{3,8} ){7}[a-z]{3,8}$/);
  expect(new Set(said).size).toBe(50);
  // Another key, another number, another day: each is another card.
  const [card] = cards as [(typeof cards)[number]];
  for (const other of [
    { ...card, serial: 2 },
    { ...card, expiry: card.expiry + 1 },
    { ...card, edVk: cards[1]!.edVk },
  ]) {
    expect(cardHash(other)).not.toEqual(cardHash(card));
    expect(fingerprint(other)).not.toBe(said[0]);
  }
});

test('its words are the first 88 bits of its hash, eleven a word', () => {
  const random = seededRandom('bits');
  const { card } = newCard('patient', 2_000_000_000, random);
  const bits = [...cardHash(card)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const numbers = Array.from({ length: 8 }, (_, i) => Number.parseInt(bits.slice(i * 11, i * 11 + 11), 2));
  expect(fingerprint(card)).toBe(numbers.map((number) => wordlist[number]).join(' '));
  // Whoever hears four letters of a word knows it.
  expect(new Set(wordlist.map((word) => word.slice(0, 4))).size).toBe(2048);
});
