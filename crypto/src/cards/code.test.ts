import { expect, test } from 'vitest';
import { seededRandom } from '../algebra/random.ts';
import { cardCode, isCardOf, readCardCode } from './code.ts';
import { newCard } from './owner.ts';

const random = seededRandom('card code');
const later = 1_900_000_000;
const { card: ruth } = newCard('patient', later, random);

test('a code is read as people say it, and names its card', () => {
  const code = cardCode(ruth);
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  for (const said of [code, code.toLowerCase(), code.replaceAll('-', ' '), code.replaceAll('0', 'o').replaceAll('1', 'l')]) {
    const read = readCardCode(said);
    expect(read?.id).toEqual(ruth.id);
    expect(isCardOf(read!, ruth)).toBe(true);
  }
});

test('other text is none, and one mistyped letter names somebody else or nobody', () => {
  const code = cardCode(ruth);
  for (const text of ['', 'Ruth', code.slice(0, -1), `${code}0`, code.replace(/.$/, 'U'), code.replace(/.$/, '!')]) {
    expect(readCardCode(text)).toBeNull();
  }
  const digits = code.replaceAll('-', '');
  for (let at = 0; at < digits.length; at++) {
    const read = readCardCode(`${digits.slice(0, at)}${digits[at] === '0' ? '2' : '0'}${digits.slice(at + 1)}`);
    expect(read && isCardOf(read, ruth)).toBe(false);
  }
});

test('no other keys, and nothing else said on the card, go by her code', () => {
  const code = readCardCode(cardCode(ruth))!;
  const ivy = newCard('patient', later, random);
  expect(isCardOf(code, ivy.card)).toBe(false);
  const forged = { ...ivy.card, id: ruth.id };
  expect(isCardOf(code, forged)).toBe(false);
  // Not even where somebody chose the code's last letters.
  expect(isCardOf(readCardCode(cardCode(forged))!, forged)).toBe(false);
  expect(isCardOf(code, { ...ruth, expiry: later + 1 })).toBe(false);
});
