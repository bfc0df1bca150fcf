/**
 * The compiled version is held against the plain one on 10^5 random inputs, and against the definition of implicit
 * rejection on 10^4.
 *
 * Of the inputs, most are encapsulations, where the plain version is quickest and everything but the inverses and the
 * way back takes part: for each of four sets 300 keys, 22 500 encapsulations and 2 200 decapsulations, half of them of
 * ciphertexts that were changed. The decapsulations that must fail are 2 500 a set.
 */
import { sha3_256 } from '@noble/hashes/sha3.js';
import { expect, test } from 'vitest';
import { concat, equalPublic } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { both } from './testing.ts';

test.each(both)(
  '$name: compiled and plain make the same keys, ciphertexts and secrets of 25 000 random inputs',
  ({ p, compiled, plain }) => {
    const random = seededRandom(`twins/${p.name}`);
    const { keygenCoins, encapsulateCoins } = compiled.lengths;
    let same = 0;
    const alike = (a: Uint8Array, b: Uint8Array) => {
      if (!equalPublic(a, b)) throw new Error(`${p.name}: input ${same} gives two results`);
    };
    for (let key = 0; key < 300; key++, same++) {
      const coins = random(keygenCoins);
      const { publicKey, secretKey } = compiled.keygen(coins);
      const other = plain.keygen(coins);
      alike(publicKey, other.publicKey);
      alike(secretKey, other.secretKey);
      for (let i = 0; i < 75; i++, same++) {
        const forSecret = random(encapsulateCoins);
        const made = compiled.encapsulate(publicKey, forSecret);
        const again = plain.encapsulate(publicKey, forSecret);
        alike(made.ciphertext, again.ciphertext);
        alike(made.sharedSecret, again.sharedSecret);
        if (i >= 8 || (i === 7 && key % 3 > 0)) continue;
        const [at = 0] = random(1);
        if (i % 2 === 1) made.ciphertext[at * 2]! ^= 1 << (at & 7);
        alike(compiled.decapsulate(made.ciphertext, secretKey), plain.decapsulate(made.ciphertext, secretKey));
        same++;
      }
    }
    expect(same).toBe(25_000);
  },
);

test.each(both)('$name: 2 500 ciphertexts that nobody made give exactly SHA3-256(prf ‖ c)', ({ p, compiled }) => {
  const random = seededRandom(`rejections/${p.name}`);
  const { ciphertext: length, encapsulateCoins, keygenCoins } = compiled.lengths;
  const [ada, ben] = [compiled.keygen(random(keygenCoins)), compiled.keygen(random(keygenCoins))];
  using secretKey = compiled.prepareSecretKey(ada.secretKey);
  for (let i = 0; i < 2500; i++) {
    // Random bytes; somebody else's ciphertext; one's own with two bytes added up.
    const ciphertext =
      i % 3 === 0 ? random(length) : compiled.encapsulate((i % 3 === 1 ? ben : ada).publicKey, random(encapsulateCoins)).ciphertext;
    if (i % 3 === 2) {
      const [a = 0, b = 0] = random(2);
      ciphertext[2 * a] = ciphertext[2 * a]! + 1 + (b & 127);
    }
    expect(equalPublic(secretKey.decapsulate(ciphertext), sha3_256(concat(ada.secretKey.subarray(-32), ciphertext)))).toBe(true);
  }
});
