import { expect, test } from 'vitest';
import { utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { readRequestSignature, signRequest, verifyRequest } from './request.ts';

const random = seededRandom('login');
const key = signingKey(random);
const person = { id: random(16), edSk: key.secret };
const asked = { audience: 'cloud', op: 'records.post', body: utf8('body') };
const header = signRequest(person, asked, 1_800_000_000, random);

test('a request signature says who and when, and fits its request', () => {
  const read = readRequestSignature(header)!;
  expect(read.card).toEqual(person.id);
  expect(read.time).toBe(1_800_000_000);
  expect(verifyRequest(key.public, asked, read)).toBe(true);
});

test('it fits no other service, operation, body, time, nonce, card or key', () => {
  const read = readRequestSignature(header)!;
  expect(verifyRequest(key.public, { ...asked, audience: 'authority' }, read)).toBe(false);
  expect(verifyRequest(key.public, { ...asked, op: 'records.rows' }, read)).toBe(false);
  expect(verifyRequest(key.public, { ...asked, body: utf8('other') }, read)).toBe(false);
  expect(verifyRequest(key.public, asked, { ...read, time: read.time + 1 })).toBe(false);
  expect(verifyRequest(key.public, asked, { ...read, nonce: random(16) })).toBe(false);
  expect(verifyRequest(key.public, asked, { ...read, card: random(16) })).toBe(false);
  expect(verifyRequest(signingKey(random).public, asked, read)).toBe(false);
});

test.each(['', 'Bearer x', 'Carelet ', 'Carelet zz', 'Carelet 80', `Carelet ${'00'.repeat(600)}`])(
  '%s is no request signature of ours',
  (text) => {
    expect(readRequestSignature(text)).toBeNull();
  },
);

test('two signatures of one request differ by their nonce', () => {
  expect(signRequest(person, asked, 1_800_000_000)).not.toBe(signRequest(person, asked, 1_800_000_000));
});
