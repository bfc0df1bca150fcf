import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expect, test } from 'vitest';
import { wasm } from './__generated__/aead.ts';
import { concat, hex, unhex, utf8 } from './bytes.ts';
import { leaksOf } from './constant-time.testing.ts';
import { instantiate } from './instantiate.ts';
import { seededRandom } from './random.ts';
import { type AeadModule, shortAead, shortAeadOf } from './short.ts';

const short = shortAead()!;

test('the example of RFC 8439, section 2.8.2', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const nonce = unhex('070000004041424344454647');
  const context = unhex('50515253c0c1c2c3c4c5c6c7');
  const message = utf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = short.seal(key, nonce, context, message);
  expect(hex(sealed.subarray(0, 16))).toBe('d31a8d34648e60db7b86afbc53ef7ec2');
  expect(hex(sealed.subarray(-16))).toBe('1ae10b594f09e26a7e902ecbd0600691');
  expect(short.open(key, nonce, context, sealed)).toEqual(message);
});

const file = resolve(
  import.meta.dirname,
  '../../..',
  process.env.CARELET_DATA ?? '../shared/data',
  '08-vectors/wycheproof/chacha20_poly1305_test.json.gz',
);

test.skipIf(!existsSync(file))('every vector of Wycheproof is sealed as it says, and opened or refused', () => {
  type Case = { key: string; iv: string; aad: string; msg: string; ct: string; tag: string; result: string };
  const { testGroups } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { testGroups: { ivSize: number; tests: Case[] }[] };
  let tried = 0;
  for (const { ivSize, tests } of testGroups) {
    if (ivSize !== 96) continue;
    for (const { key, iv, aad, msg, ct, tag, result } of tests) {
      const [k, n, context, message] = [key, iv, aad, msg].map(unhex) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      const sealed = unhex(ct + tag);
      expect(short.open(k, n, context, sealed)).toEqual(result === 'invalid' ? null : message);
      if (result !== 'invalid') expect(hex(short.seal(k, n, context, message))).toBe(ct + tag);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(250);
});

test('messages and contexts of all lengths give what noble gives, whatever came before', () => {
  const random = seededRandom('short');
  for (let length = 0; length < 700; length++) {
    const [key, nonce, context, message] = [random(32), random(12), random(length % 90), random(length)];
    const sealed = short.seal(key, nonce, context, message);
    expect(sealed).toEqual(chacha20poly1305(key, nonce, context).encrypt(message));
    expect(short.open(key, nonce, context, sealed)).toEqual(message);
  }
  for (const [extra, length] of [
    [1024, 2048],
    [0, 2048],
    [1024, 0],
  ] as const) {
    expect(short.takes(extra, length)).toBe(true);
    const [key, nonce, context, message] = [random(32), random(12), random(extra), random(length)];
    const sealed = short.seal(key, nonce, context, message);
    expect(sealed).toEqual(chacha20poly1305(key, nonce, context).encrypt(message));
    expect(short.open(key, nonce, context, sealed)).toEqual(message);
  }
  expect([short.takes(1025, 0), short.takes(0, 2049)]).toEqual([false, false]);
});

test('sums at the edge of the modulus are reduced', () => {
  // Messages of ones and zeros under many keys carry through all limbs.
  const random = seededRandom('edges');
  for (const byte of [0x00, 0xff]) {
    for (let i = 0; i < 300; i++) {
      const [key, nonce, message] = [random(32), random(12), new Uint8Array(i).fill(byte)];
      expect(short.seal(key, nonce, message, message)).toEqual(chacha20poly1305(key, nonce, message).encrypt(message));
    }
  }
});

test('one changed bit anywhere, another key, nonce or context keep a message shut', () => {
  const random = seededRandom('changed');
  const [key, nonce, context, message] = [random(32), random(12), random(20), random(100)];
  const sealed = short.seal(key, nonce, context, message);
  for (let bit = 0; bit < 8 * sealed.length; bit++) {
    const changed = sealed.with(bit >> 3, sealed[bit >> 3]! ^ (1 << (bit & 7)));
    expect(short.open(key, nonce, context, changed)).toBeNull();
  }
  expect(short.open(random(32), nonce, context, sealed)).toBeNull();
  expect(short.open(key, random(12), context, sealed)).toBeNull();
  expect(short.open(key, nonce, random(20), sealed)).toBeNull();
  expect(short.open(key, nonce, context.subarray(1), sealed)).toBeNull();
  expect(short.open(key, nonce, concat(context, Uint8Array.of(0)), sealed)).toBeNull();
  expect(short.open(key, nonce, context, sealed.subarray(0, -1))).toBeNull();
});

test('nothing that is secret decides a branch or an address, and nothing is left in memory', () => {
  expect(leaksOf(readFileSync(new URL('./__generated__/aead.wat', import.meta.url), 'utf8'))).toEqual([]);
  const module = instantiate<AeadModule>(wasm)!;
  const aead = shortAeadOf(module);
  const random = seededRandom('left');
  for (const length of [0, 1, 64, 500, 2048]) {
    const [key, nonce, context, message] = [random(32), random(12), random(1024), random(length)];
    const sealed = aead.seal(key, nonce, context, message);
    expect(new Uint8Array(module.memory.buffer).every((byte) => byte === 0)).toBe(true);
    aead.open(key, nonce, context, sealed);
    aead.open(key, nonce, context, sealed.with(-1, sealed.at(-1)! ^ 1));
    expect(new Uint8Array(module.memory.buffer).every((byte) => byte === 0)).toBe(true);
  }
});
