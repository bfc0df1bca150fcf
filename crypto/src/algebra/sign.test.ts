import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { cbor, concat, text } from './bytes.ts';
import { native } from './native.ts';
import { publicKeyObject } from './okp.ts';
import { sign, signingKey, signText, verify, verifyText } from './sign.ts';

const label = 'carelet/v1/test/words';

test('a signature is by its key, over its label and its words', () => {
  const { secret, public: key } = signingKey();
  const signature = sign(secret, label, ['a', 1]);
  expect(verify(key, label, ['a', 1], signature)).toBe(true);
  expect(verify(key, label, ['a', 2], signature)).toBe(false);
  expect(verify(key, 'carelet/v1/test/others', ['a', 1], signature)).toBe(false);
  expect(verify(signingKey().public, label, ['a', 1], signature)).toBe(false);
});

test('a signed text is by its key, and what is signed under a label is no text', () => {
  const { secret, public: key } = signingKey();
  const signature = signText(secret, 'words\n');
  expect(verifyText(key, 'words\n', signature)).toBe(true);
  expect(verifyText(key, 'words', signature)).toBe(false);
  expect(verifyText(signingKey().public, 'words\n', signature)).toBe(false);
  expect(() => text(cbor([label, 'a', 1]))).toThrow(TypeError);
});

test('a key of small order, under which one signature fits every message, is no key', () => {
  const nothing = ed25519.Point.ZERO.toBytes();
  const forged = concat(nothing, new Uint8Array(32));
  // OpenSSL by itself would take it: this is what is refused.
  expect(native?.verify(null, new Uint8Array([1]), publicKeyObject('Ed25519', nothing), forged)).toBe(true);
  for (const words of [['a'], ['b']]) expect(verify(nothing, label, words, forged)).toBe(false);
});
