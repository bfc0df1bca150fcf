import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { expect, test } from 'vitest';
import { open, seal } from './aead.ts';
import { cbor, concat, unhex, utf8 } from './bytes.ts';
import { dh, dhKey, dhPublic } from './dh.ts';
import { hkdf, hmac, kdf, sha256 } from './hash.ts';
import { native } from './native.ts';
import { seededRandom } from './random.ts';
import { sign, signingKey, verify } from './sign.ts';

const random = seededRandom('native and noble agree');

test('this run uses OpenSSL, so the comparisons below compare two libraries', () => {
  expect(native).toBeDefined();
});

test('hashes agree', () => {
  for (let i = 0; i < 50; i++) {
    const message = random(i * 7);
    const key = random(32);
    expect(sha256(message)).toEqual(nobleSha256(message));
    expect(hmac(key, message)).toEqual(nobleHmac(nobleSha256, key, message));
    expect(hkdf(key, message, utf8('info'), 80)).toEqual(nobleHkdf(nobleSha256, key, message, utf8('info'), 80));
  }
});

test('kdf is HKDF-Expand over the labelled array', () => {
  const key = random(32);
  const info = cbor(['carelet/v1/records/record', unhex('00ff'), 3]);
  const t1 = hmac(key, concat(info, Uint8Array.of(1)));
  const t2 = hmac(key, concat(t1, info, Uint8Array.of(2)));
  expect(kdf(key, 'carelet/v1/records/record', [unhex('00ff'), 3], 64)).toEqual(concat(t1, t2));
});

test('both AEADs agree, and every changed byte is refused', () => {
  for (const [suite, noble] of [
    ['aes-256-gcm', gcm],
    ['chacha20-poly1305', chacha20poly1305],
  ] as const) {
    const [key, nonce, context, message] = [random(32), random(12), random(20), random(100)];
    const sealed = seal(suite, key, nonce, context, message);
    expect(sealed).toEqual(noble(key, nonce, context).encrypt(message));
    expect(open(suite, key, nonce, context, sealed)).toEqual(message);
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i]! ^= 1;
      expect(open(suite, key, nonce, context, changed)).toBeNull();
    }
    expect(open(suite, random(32), nonce, context, sealed)).toBeNull();
    expect(open(suite, key, nonce, random(20), sealed)).toBeNull();
    expect(open(suite, key, nonce, context, sealed.subarray(0, 15))).toBeNull();
  }
});

test('signatures agree, and a label is part of what is signed', () => {
  const key = signingKey(random);
  const signature = sign(key.secret, 'carelet/v1/test/a', [1, 'x']);
  expect(signature).toEqual(ed25519.sign(cbor(['carelet/v1/test/a', 1, 'x']), key.secret));
  expect(verify(key.public, 'carelet/v1/test/a', [1, 'x'], signature)).toBe(true);
  expect(verify(key.public, 'carelet/v1/test/b', [1, 'x'], signature)).toBe(false);
  expect(verify(key.public, 'carelet/v1/test/a', [2, 'x'], signature)).toBe(false);
  expect(verify(key.public, 'carelet/v1/test/a', [1, 'x'], signature.subarray(1))).toBe(false);
});

test('X25519 agrees, and a small-order point is refused', () => {
  const [a, b] = [dhKey(random), dhKey(random)];
  expect(dhPublic(a.secret)).toEqual(x25519.getPublicKey(a.secret));
  expect(dh(a.secret, b.public)).toEqual(x25519.getSharedSecret(b.secret, a.public));
  expect(dh(a.secret, new Uint8Array(32))).toBeNull();
  expect(dh(a.secret, Uint8Array.of(1, ...new Uint8Array(31)))).toBeNull();
  expect(dh(a.secret, new Uint8Array(31))).toBeNull();
});
