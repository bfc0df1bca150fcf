/**
 * Randomness is a parameter.
 *
 * Every function here that needs randomness takes a `Random` as its last argument, the system's by default.
 * Tests and vectors hand in a seeded one, so that nothing is mocked and a run can be repeated.
 *
 * @module
 */
import { chacha20 } from '@noble/ciphers/chacha.js';
import { type Bytes, utf8 } from './bytes.ts';
import { sha256 } from './hash.ts';

/** Gives `length` fresh random bytes. */
export type Random = (length: number) => Bytes;

/** The operating system's generator. */
export const systemRandom: Random = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65536, length)));
  return bytes;
};

/**
 * A repeatable generator for tests, vectors and the demo town's medicine: ChaCha20 under a hash of the seed.
 * Never for keys of real people.
 *
 * @example
 * ```ts
 * import { seededRandom } from '@carelet/crypto/algebra/random';
 * import { hex } from '@carelet/crypto/algebra/bytes';
 * hex(seededRandom('ada')(4)) === hex(seededRandom('ada')(4)); // true
 * ```
 */
export function seededRandom(seed: string): Random {
  const key = sha256(utf8(`carelet/v1/algebra/seed|${seed}`));
  const nonce = new Uint8Array(12);
  let counter = 0;
  return (length) => {
    const blocks = Math.ceil(length / 64);
    const bytes = chacha20(key, nonce, new Uint8Array(blocks * 64), undefined, counter);
    counter += blocks;
    return bytes.subarray(0, length);
  };
}
