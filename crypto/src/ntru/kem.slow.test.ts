import { sha3_256 } from '@noble/hashes/sha3.js';
import { expect, test } from 'vitest';
import { concat, hex } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { all } from './testing.ts';

// Of HRSS, c ± (x^i − x^(n−1)) may be honest for another m: the difference is x − 1 times a run of n − 1 − i ones.
const neighbour = (name: string, bit: number): boolean => name === 'ntruhrss701' && bit % 13 === 0 && 700 - bit / 13 < 40;

test.each(all)('$name: every single-bit flip of a ciphertext gives exactly SHA3-256(prf ‖ c)', ({ set }) => {
  const { publicKey, secretKey } = set.keygen(seededRandom('ada')(set.lengths.keygenCoins));
  const { ciphertext, sharedSecret } = set.encapsulate(publicKey, seededRandom('coins')(set.lengths.encapsulateCoins));
  const prf = secretKey.subarray(-32);
  for (let bit = 0; bit < 8 * ciphertext.length; bit++) {
    const changed = ciphertext.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const secret = hex(set.decapsulate(changed, secretKey));
    if (neighbour(set.name, bit)) expect(secret).not.toBe(hex(sharedSecret));
    else expect(secret).toBe(hex(sha3_256(concat(prf, changed))));
  }
});

test.each(all)('$name: no honest ciphertext ever fails', ({ set }) => {
  const random = seededRandom(set.name);
  for (let i = 0; i < 100; i++) {
    const { publicKey, secretKey } = set.keygen(random(set.lengths.keygenCoins));
    for (let j = 0; j < 20; j++) {
      const { ciphertext, sharedSecret } = set.encapsulate(publicKey, random(set.lengths.encapsulateCoins));
      expect(hex(set.decapsulate(ciphertext, secretKey))).toBe(hex(sharedSecret));
    }
  }
});
