import { expect, test } from 'vitest';
import { type Bytes, equal, utf8 } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { unbind } from './reader.ts';
import { bind } from './writer.ts';

test('a million guessed identities, the right one among them, confirm nothing to who holds the medical part alone', {
  timeout: 120_000,
}, () => {
  const random = seededRandom('a million guesses');
  const author = { id: random(16), ...signingKey(random) };
  const [contents] = bind([{ rid: random(16), version: 1, bodies: { EID: utf8('name 777777'), MI: utf8('pulse 72') } }], author, random);
  const mine = unbind('MI', contents!.MI!)!;
  const hers = unbind('EID', contents!.EID!)!;
  const confirms = (salt: Bytes, guess: number) =>
    equal(hashOf('carelet/v1/records/part', 'EID', salt, utf8(`name ${guess}`)), mine.hashes[0]);
  expect(confirms(hers.salt, 777_777)).toBe(true);
  let confirmed = 0;
  for (let guess = 0; guess < 1_000_000; guess++) if (confirms(mine.salt, guess)) confirmed++;
  expect(confirmed).toBe(0);
});
