import { sha3_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, hex } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { expand } from './coins.ts';
import type { Kem } from './kem.ts';
import type { Params } from './params.ts';
import { all } from './testing.ts';

const key = (set: Kem, who: string) => set.keygen(seededRandom(who)(set.lengths.keygenCoins));

/** What must come out where the ciphertext was not made for the key: SHA3-256(prf ‖ c). */
const rejection = (p: Params, ciphertext: Uint8Array, secretKey: Uint8Array) =>
  hex(sha3_256(concat(secretKey.subarray(2 * p.tritBytes + p.modqBytes), ciphertext)));

describe.each(all)('$name', ({ set, p }) => {
  const ada = key(set, 'ada');
  const ben = key(set, 'ben');

  test('keys, ciphertexts and coins have the lengths of the submission', () => {
    const table: Record<string, number[]> = {
      ntruhps2048509: [699, 935, 699, 2413],
      ntruhps2048677: [930, 1234, 930, 3211],
      ntruhps4096821: [1230, 1590, 1230, 3895],
      ntruhrss701: [1138, 1450, 1138, 1400],
    };
    const { publicKey, secretKey, ciphertext, encapsulateCoins, keygenCoins, sharedSecret } = set.lengths;
    expect([publicKey, secretKey, ciphertext, encapsulateCoins]).toEqual(table[set.name]);
    expect([keygenCoins, sharedSecret]).toEqual([encapsulateCoins + 32, 32]);
  });

  test('what is encapsulated is decapsulated, whatever the coins', () => {
    const { keygenCoins, encapsulateCoins } = set.lengths;
    const coins = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(coins(keygenCoins), coins(encapsulateCoins), (forKeys, forSecret) => {
        const { publicKey, secretKey } = set.keygen(forKeys);
        const { ciphertext, sharedSecret } = set.encapsulate(publicKey, forSecret);
        expect(hex(set.decapsulate(ciphertext, secretKey))).toBe(hex(sharedSecret));
      }),
      { numRuns: 20 },
    );
    const { publicKey, secretKey } = set.keygen();
    const { ciphertext, sharedSecret } = set.encapsulate(publicKey);
    expect(hex(set.decapsulate(ciphertext, secretKey))).toBe(hex(sharedSecret));
  });

  test('a flipped bit, another key or any bytes of the right length give exactly SHA3-256(prf ‖ c)', () => {
    const { ciphertext } = set.encapsulate(ada.publicKey);
    for (let at = 0; at < ciphertext.length; at += 13) {
      const changed = ciphertext.slice();
      changed[at]! ^= 1 << (at % 8);
      expect(hex(set.decapsulate(changed, ada.secretKey))).toBe(rejection(p, changed, ada.secretKey));
    }
    const others: Uint8Array[] = [0x00, 0xff].map((byte) => new Uint8Array(ciphertext.length).fill(byte));
    for (let i = 0; i < 20; i++) others.push(seededRandom(`bytes ${i}`)(ciphertext.length));
    // Zeros are HRSS's honest encryption of r = m = 0; HPS wants m of full weight.
    if (p.family === 'hrss') others.shift();
    for (const bytes of others) expect(hex(set.decapsulate(bytes, ada.secretKey))).toBe(rejection(p, bytes, ada.secretKey));
    expect(hex(set.decapsulate(ciphertext, ben.secretKey))).toBe(rejection(p, ciphertext, ben.secretKey));
  });

  test('bits in the padding of a ciphertext reject it silently', () => {
    const { ciphertext } = set.encapsulate(ada.publicKey);
    const used = (p.logq * (p.n - 1)) % 8;
    if (used === 0) return;
    for (let bit = used; bit < 8; bit++) {
      const changed = ciphertext.slice();
      changed[changed.length - 1]! |= 1 << bit;
      expect(hex(set.decapsulate(changed, ada.secretKey))).toBe(rejection(p, changed, ada.secretKey));
    }
  });

  test('a public key with padding bits or of zeros only is refused', () => {
    const zeros = new Uint8Array(set.lengths.publicKey);
    expect(() => set.encapsulate(zeros)).toThrow('not a public key');
    expect(() => set.preparePublicKey(zeros)).toThrow('not a public key');
    const padded = ada.publicKey.slice();
    padded[padded.length - 1]! |= 0x80;
    if ((p.logq * (p.n - 1)) % 8 !== 0) expect(() => set.encapsulate(padded)).toThrow('not a public key');
  });

  test('wrong lengths and types are refused before anything is done', () => {
    const { ciphertext } = set.encapsulate(ada.publicKey);
    const detached = ciphertext.slice();
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const wrong = [new Uint8Array(0), ciphertext.subarray(1), concat(ciphertext, Uint8Array.of(0)), detached, [...ciphertext], null, 'x'];
    for (const bytes of wrong as Uint8Array[]) {
      expect(() => set.decapsulate(bytes, ada.secretKey)).toThrow(TypeError);
      expect(() => set.decapsulate(ciphertext, bytes)).toThrow(TypeError);
      expect(() => set.encapsulate(bytes)).toThrow(TypeError);
      expect(() => set.encapsulate(ada.publicKey, bytes)).toThrow(TypeError);
      expect(() => set.keygen(bytes)).toThrow(TypeError);
      expect(() => set.importSecretKey(bytes)).toThrow(TypeError);
      expect(() => set.preparePublicKey(bytes)).toThrow(TypeError);
      expect(() => set.prepareSecretKey(bytes)).toThrow(TypeError);
    }
    expect(() => set.decapsulate(new Uint16Array(ciphertext.length) as unknown as Uint8Array, ada.secretKey)).toThrow(TypeError);
  });

  test('views with an offset, Buffers and shared memory work, and no argument is changed', () => {
    const { ciphertext, sharedSecret } = set.encapsulate(ada.publicKey, seededRandom('coins')(set.lengths.encapsulateCoins));
    const shift = (bytes: Uint8Array) => concat(Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9)).subarray(3, 3 + bytes.length);
    const shared = new Uint8Array(new SharedArrayBuffer(ciphertext.length));
    shared.set(ciphertext);
    for (const bytes of [shift(ciphertext), Buffer.from(ciphertext), shared]) {
      expect(hex(set.decapsulate(bytes, shift(ada.secretKey)))).toBe(hex(sharedSecret));
      expect(hex(bytes)).toBe(hex(ciphertext));
    }
    const coins = seededRandom('coins')(set.lengths.encapsulateCoins);
    expect(hex(set.encapsulate(shift(ada.publicKey), Buffer.from(coins)).ciphertext)).toBe(hex(ciphertext));
    expect(hex(coins)).toBe(hex(seededRandom('coins')(set.lengths.encapsulateCoins)));
  });

  test('a seed of 32 bytes stands for the coins that ChaCha20 makes of it', () => {
    const seed = seededRandom('seed')(32);
    const { keygenCoins, encapsulateCoins } = set.lengths;
    const short = set.keygen(seed);
    expect(hex(short.secretKey)).toBe(hex(set.keygen(expand(seed, keygenCoins)).secretKey));
    const { ciphertext } = set.encapsulate(short.publicKey, seed);
    expect(hex(ciphertext)).toBe(hex(set.encapsulate(short.publicKey, expand(seed, encapsulateCoins)).ciphertext));
  });

  test('a prepared key does what the key does, until it is disposed of', () => {
    const coins = seededRandom('prepared')(set.lengths.encapsulateCoins);
    const made = set.encapsulate(ada.publicKey, coins);
    const publicKey = set.preparePublicKey(ada.publicKey);
    const secretKey = set.prepareSecretKey(ada.secretKey);
    for (let i = 0; i < 3; i++) {
      expect(publicKey.encapsulate(coins)).toEqual(made);
      expect(hex(secretKey.decapsulate(made.ciphertext))).toBe(hex(made.sharedSecret));
      const changed = made.ciphertext.slice();
      changed[i]! ^= 4;
      expect(hex(secretKey.decapsulate(changed))).toBe(rejection(p, changed, ada.secretKey));
      expect(hex(set.decapsulate(made.ciphertext, ben.secretKey))).toBe(rejection(p, made.ciphertext, ben.secretKey));
    }
    expect(() => secretKey.decapsulate(made.ciphertext.subarray(1))).toThrow(TypeError);
    expect(() => publicKey.encapsulate(coins.subarray(1))).toThrow(TypeError);
    for (const key of [publicKey, secretKey, publicKey, secretKey]) key[Symbol.dispose]();
    expect(() => secretKey.decapsulate(made.ciphertext)).toThrow('disposed');
    expect(() => publicKey.encapsulate(coins)).toThrow('disposed');
  });

  test('a key made here may be imported, and comes back with its public key', () => {
    for (let i = 0; i < 5; i++) {
      const { publicKey, secretKey } = key(set, `import ${i}`);
      const imported = set.importSecretKey(secretKey);
      expect(hex(imported.publicKey)).toBe(hex(publicKey));
      expect(hex(imported.secretKey)).toBe(hex(secretKey));
    }
  });

  test('foreign secret keys are refused: odd encodings, and f, f₃ or hq of another key', () => {
    const { tritBytes, modqBytes } = p;
    const part = (from: Uint8Array, begin: number, end: number) => {
      const mixed = ada.secretKey.slice();
      mixed.set(from.subarray(begin, end), begin);
      return mixed;
    };
    const strange = [
      part(ben.secretKey, 0, tritBytes),
      part(ben.secretKey, tritBytes, 2 * tritBytes),
      part(ben.secretKey, 0, 2 * tritBytes),
      part(ben.secretKey, 2 * tritBytes, 2 * tritBytes + modqBytes),
      part(new Uint8Array(set.lengths.secretKey), 0, set.lengths.secretKey),
      part(new Uint8Array(set.lengths.secretKey).fill(0xff), 0, set.lengths.secretKey),
    ];
    for (const at of [0, 5, tritBytes - 1, tritBytes, 2 * tritBytes - 1]) {
      const coded = ada.secretKey.slice();
      coded[at] = 243;
      strange.push(coded);
    }
    const leftover = (p.n - 1) % 5;
    if (leftover > 0) {
      const last = ada.secretKey.slice();
      last[tritBytes - 1] = 3 ** leftover;
      strange.push(last);
    }
    for (let at = 0; at < 2 * tritBytes + modqBytes; at += 97) {
      const flipped = ada.secretKey.slice();
      flipped[at]! ^= 1;
      strange.push(flipped);
    }
    for (const bytes of strange) expect(() => set.importSecretKey(bytes)).toThrow('not a secret key');
  });
});
