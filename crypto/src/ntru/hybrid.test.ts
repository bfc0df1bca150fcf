import { sha3_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, hex, utf8 } from '../algebra/bytes.ts';
import { dh, dhKey } from '../algebra/dh.ts';
import { seededRandom } from '../algebra/random.ts';
import {
  hybridDecapsulate,
  hybridEncapsulate,
  hybridImport,
  hybridKeygen,
  hybridLengths,
  hybridPublic,
  openWith,
  sealTo,
} from './hybrid.ts';
import { ntruhps4096821 as ntru } from './index.ts';

const ada = hybridKeygen(seededRandom('ada'));
const ben = hybridKeygen(seededRandom('ben'));
const context = utf8('a test');

test('keys and ciphertexts have the lengths that the page says', () => {
  expect(hybridLengths).toEqual({ publicKey: 1262, secretKey: 2884, ciphertext: 1262, secret: 32 });
  expect(ada.publicKey.length).toBe(1262);
  expect(ada.secretKey.length).toBe(2884);
  expect(hex(hybridPublic(ada.secretKey))).toBe(hex(ada.publicKey));
  expect(hex(hybridKeygen(seededRandom('ada')).secretKey)).toBe(hex(ada.secretKey));
});

test('both sides get the secret of the written formula', () => {
  const { ciphertext, secret } = hybridEncapsulate(ada.publicKey, context, seededRandom('1'));
  expect(hex(hybridDecapsulate(ada.secretKey, ciphertext, context)!)).toBe(hex(secret));
  const post = ntru.decapsulate(ciphertext.subarray(0, 1230), ada.secretKey.subarray(0, 1590));
  const curve = dh(ada.secretKey.subarray(1590, 1622), ciphertext.subarray(1230))!;
  const name = utf8('carelet/v1/ntru/hps4096821-x25519-sha3-256');
  expect(hex(secret)).toBe(hex(sha3_256(concat(name, post, curve, sha3_256(ciphertext), sha3_256(ada.publicKey), context))));
});

test('another context, another key or one changed bit give another secret', () => {
  const { ciphertext, secret } = hybridEncapsulate(ada.publicKey, context, seededRandom('2'));
  expect(hex(hybridDecapsulate(ada.secretKey, ciphertext, utf8('another'))!)).not.toBe(hex(secret));
  expect(hex(hybridDecapsulate(ben.secretKey, ciphertext, context)!)).not.toBe(hex(secret));
  for (const at of [0, 700, 1229, 1230, 1261]) {
    const changed = ciphertext.slice();
    changed[at]! ^= 0x80;
    expect(hex(hybridDecapsulate(ada.secretKey, changed, context)!)).not.toBe(hex(secret));
  }
});

test('a point of small order contributes nothing and is refused', () => {
  const { ciphertext } = hybridEncapsulate(ada.publicKey, context, seededRandom('3'));
  for (const low of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
    expect(hybridDecapsulate(ada.secretKey, concat(ciphertext.subarray(0, 1230), low), context)).toBeNull();
    expect(() => hybridEncapsulate(concat(ada.publicKey.subarray(0, 1230), low), context)).toThrow(TypeError);
  }
});

test('one ephemeral may serve two ciphertexts of a message', () => {
  const random = seededRandom('4');
  const ephemeral = dhKey(random);
  const forAda = hybridEncapsulate(ada.publicKey, context, random, ephemeral);
  const forBen = hybridEncapsulate(ben.publicKey, context, random, ephemeral);
  expect(hex(forAda.ciphertext.subarray(1230))).toBe(hex(forBen.ciphertext.subarray(1230)));
  expect(hex(hybridDecapsulate(ben.secretKey, forBen.ciphertext, context)!)).toBe(hex(forBen.secret));
  expect(hex(forAda.secret)).not.toBe(hex(forBen.secret));
});

test('a generator that repeats itself does not repeat coins for another recipient or context', () => {
  const stuck = (length: number) => new Uint8Array(length).fill(7);
  const ciphertexts = [
    hybridEncapsulate(ada.publicKey, context, stuck),
    hybridEncapsulate(ben.publicKey, context, stuck),
    hybridEncapsulate(ada.publicKey, utf8('another'), stuck),
  ].map(({ ciphertext }, i) => hex(ntru.decapsulate(ciphertext.subarray(0, 1230), (i === 1 ? ben : ada).secretKey.subarray(0, 1590))));
  expect(new Set(ciphertexts).size).toBe(3);
});

test('what is sealed to Ada opens for Ada, in its context, and for nobody else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const sealed = sealTo(ada.publicKey, context, message);
      expect(sealed.length).toBe(message.length + 1278);
      expect(hex(openWith(ada.secretKey, context, sealed)!)).toBe(hex(message));
      expect(openWith(ben.secretKey, context, sealed)).toBeNull();
      expect(openWith(ada.secretKey, utf8('another'), sealed)).toBeNull();
    }),
    { numRuns: 20 },
  );
});

test('one flipped bit in any byte of a box keeps it shut', () => {
  const sealed = sealTo(ada.publicKey, context, utf8('hello'), seededRandom('5'));
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at]! ^= 1 << (at % 8);
    expect(openWith(ada.secretKey, context, changed)).toBeNull();
  }
});

test('truncated, longer and empty boxes stay shut', () => {
  const sealed = sealTo(ada.publicKey, context, utf8('hello'), seededRandom('6'));
  for (const length of [0, 1, 1261, 1262, 1277, 1278, sealed.length - 1]) {
    expect(openWith(ada.secretKey, context, sealed.subarray(0, length))).toBeNull();
  }
  expect(openWith(ada.secretKey, context, concat(sealed, Uint8Array.of(0)))).toBeNull();
  expect(hybridDecapsulate(ada.secretKey, sealed.subarray(0, 1261), context)).toBeNull();
});

test('keys of the wrong shape are refused before anything is done', () => {
  expect(() => sealTo(ada.publicKey.subarray(1), context, utf8('x'))).toThrow('hybrid public key');
  expect(() => sealTo(new Uint8Array(1262), context, utf8('x'))).toThrow(TypeError);
  expect(() => openWith(ada.secretKey.subarray(1), context, new Uint8Array(2000))).toThrow('hybrid secret key');
  expect(() => hybridPublic(new Uint8Array(10))).toThrow('hybrid secret key');
});

test('a secret key from elsewhere is taken only whole', () => {
  expect(hex(hybridImport(ada.secretKey).publicKey)).toBe(hex(ada.publicKey));
  for (const at of [0, 300, 1000, 1591, 1622 + 5, 2883]) {
    const changed = ada.secretKey.slice();
    changed[at]! ^= 1;
    expect(() => hybridImport(changed)).toThrow(TypeError);
  }
});
