/**
 * Where coins come from in the plain version: ChaCha20 with fast key erasure. The compiled one does the same in its own
 * memory, byte for byte.
 *
 * @module
 */
import { chacha20 } from '@noble/ciphers/chacha.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { type Bytes, concat, wipe } from '../algebra/bytes.ts';
import type { Random } from '../algebra/random.ts';
import { seedLength } from './kem.ts';

/** After so many draws the system's generator is stirred in again. */
export const drawsBetweenSeeds = 64;

const nonce = new Uint8Array(12);

/** Coins from a seed. */
export const expand = (seed: Bytes, length: number): Bytes => chacha20(seed, nonce, new Uint8Array(length));

export type CoinSource = { draw(length: number): Bytes; stir(secret: Bytes): void };

/** A source of coins that is seeded by `random`. What it gave cannot be computed from what it holds. */
export function coinSource(random: Random): CoinSource {
  const key = new Uint8Array(seedLength);
  let draws = 0;
  const absorb = (seed: Bytes) => {
    const both = concat(key, seed);
    key.set(sha3_256(both));
    wipe(both, seed);
  };
  return {
    draw(length) {
      if (draws++ % drawsBetweenSeeds === 0) absorb(random(seedLength));
      const made = expand(key, seedLength + length);
      key.set(made.subarray(0, seedLength));
      const coins = made.slice(seedLength);
      wipe(made);
      return coins;
    },
    stir: (secret) => absorb(sha3_256(secret)),
  };
}
