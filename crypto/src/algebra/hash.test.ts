/**
 * Without OpenSSL the same hashes come from the noble libraries, whose buffers are used again and again.
 */
import { createHash, createHmac } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { Bytes } from './bytes.ts';
import { kdf, macUnder, sha256 } from './hash.ts';
import { native } from './native.ts';
import { seededRandom } from './random.ts';

vi.mock('./native.ts', () => ({ native: undefined }));

const random = seededRandom('algebra/hash');
const byOpenssl = (message: Bytes) => new Uint8Array(createHash('sha256').update(message).digest());
const macByOpenssl = (key: Bytes, message: Bytes) => new Uint8Array(createHmac('sha256', key).update(message).digest());

test('this run has no OpenSSL but for comparing', () => {
  expect(native).toBeUndefined();
});

test('a hash is what it is, whatever was hashed before it', () => {
  for (let i = 0; i < 200; i++) {
    const message = random(i * 3);
    expect(sha256(message)).toEqual(byOpenssl(message));
    expect(() => sha256('text' as unknown as Bytes)).toThrow();
  }
});

test('a key made ready gives what the key gives, and two of them do not meet', () => {
  const keys = [random(32), random(64), random(100)];
  const macs = keys.map(macUnder);
  for (let i = 0; i < 100; i++) {
    const message = random(i * 5);
    for (const [j, mac] of macs.entries()) expect(mac(message)).toEqual(macByOpenssl(keys[j]!, message));
    expect(() => macs[0]!(null as unknown as Bytes)).toThrow();
  }
});

test('what is derived stays when more is derived, and its lengths are beginnings of each other', () => {
  const key = random(32);
  const mac = macUnder(key);
  const first = kdf(key, 'carelet/v1/test/hash', [1], 100);
  const copy = first.slice();
  for (const length of [0, 1, 31, 32, 33, 64, 65, 100]) {
    expect(kdf(mac, 'carelet/v1/test/hash', [1], length)).toEqual(first.subarray(0, length));
  }
  expect(kdf(mac, 'carelet/v1/test/hash', [2], 100)).not.toEqual(first);
  expect(first).toEqual(copy);
});
