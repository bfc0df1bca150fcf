/**
 * The key encapsulation mechanism: NTRU round 3 with implicit rejection, as its callers see it.
 *
 * What differs from what one may expect: decapsulation has no error. A ciphertext that nobody made for this key
 * gives a secret all the same, SHA3-256(prf ‖ ciphertext), which no one else can compute; only the protocol
 * above finds out, when nothing opens. No honest ciphertext fails, ever: the parameters exclude it.
 *
 * It exists twice, with the same bytes for the same coins: in WebAssembly (`compiled.ts`) and, where an engine or a
 * content policy does not allow that, in plain TypeScript (`plain.ts`).
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import type { Params } from './params.ts';

/** Lengths in bytes. */
export type Lengths = {
  readonly publicKey: number;
  readonly secretKey: number;
  readonly ciphertext: number;
  readonly sharedSecret: number;
  readonly keygenCoins: number;
  readonly encapsulateCoins: number;
};

export type KeyPair = { readonly publicKey: Bytes; readonly secretKey: Bytes };
export type Encapsulation = { readonly ciphertext: Bytes; readonly sharedSecret: Bytes };

/** A public key that was read once and serves many encapsulations, until it is disposed of. */
export type PreparedPublicKey = Disposable & {
  /** As `Kem.encapsulate`. */
  encapsulate(coins?: Bytes): Encapsulation;
};

/** A secret key that was read once and serves many decapsulations. Disposing of it wipes what was prepared. */
export type PreparedSecretKey = Disposable & {
  /** As `Kem.decapsulate`. */
  decapsulate(ciphertext: Bytes): Bytes;
};

/**
 * One parameter set's KEM. All arguments are `Uint8Array`s of exactly the lengths in `lengths`.
 *
 * Coins are uniform bytes of the length that a vector gives, or a seed of 32, which ChaCha20 expands (nonce and counter
 * zero). Without coins, they come from a source of our own: a ChaCha20 key that is overwritten by the first bytes of
 * whatever it makes, and into which the system's generator is stirred at first and every 64 draws.
 */
export type Kem = {
  readonly name: string;
  readonly lengths: Lengths;
  /**
   * Makes a key pair.
   *
   * @param coins uniform bytes for f and g, then 32 for implicit rejection; or a seed
   * @throws {TypeError} on coins of another length
   */
  keygen(coins?: Bytes): KeyPair;
  /**
   * Makes a secret and the ciphertext that carries it.
   *
   * @param coins uniform bytes for r and m, never used twice; or a seed
   * @throws {TypeError} on wrong lengths, a public key with padding bits set, or an all-zero one
   */
  encapsulate(publicKey: Bytes, coins?: Bytes): Encapsulation;
  /**
   * The secret that a ciphertext carries, or one that nobody knows: it never throws for what a ciphertext contains.
   *
   * @throws {TypeError} on wrong lengths
   */
  decapsulate(ciphertext: Bytes, secretKey: Bytes): Bytes;
  /**
   * Reads a public key once, for many encapsulations.
   *
   * @throws {TypeError} as `encapsulate`
   */
  preparePublicKey(publicKey: Bytes): PreparedPublicKey;
  /**
   * Reads a secret key once, for many decapsulations.
   *
   * @throws {TypeError} on a wrong length
   *
   * @example
   * ```ts
   * import { ntruhps4096821 as ntru } from '@carelet/crypto/ntru';
   * const { publicKey, secretKey } = ntru.keygen();
   * const { ciphertext, sharedSecret } = ntru.encapsulate(publicKey);
   * using key = ntru.prepareSecretKey(secretKey);
   * key.decapsulate(ciphertext); // equals sharedSecret
   * ```
   */
  prepareSecretKey(secretKey: Bytes): PreparedSecretKey;
  /**
   * Stirs a secret of this device into the source of coins, so that a system generator that repeats itself does not
   * make two devices draw the same.
   *
   * @param secret any bytes; they are hashed
   */
  stir(secret: Bytes): void;
  /**
   * Checks a secret key that was not made here and gives it back with its public key.
   *
   * A key that `keygen` could not have made may fail on honest ciphertexts, and failures leak it. So everything
   * is checked: encoding, f · f₃ = 1, and that the public key which belongs to it is 3g/f (HRSS 3(x−1)g/f) with a
   * g of the right shape; then one encapsulation must come back.
   *
   * @throws {TypeError} when it is not such a key; never says which part
   */
  importSecretKey(secretKey: Bytes): KeyPair;
};

/** The lengths of a parameter set. */
export const lengthsOf = (p: Params): Lengths => ({
  publicKey: p.modqBytes,
  secretKey: 2 * p.tritBytes + p.modqBytes + 32,
  ciphertext: p.modqBytes,
  sharedSecret: 32,
  keygenCoins: p.sampleBytes + 32,
  encapsulateCoins: p.sampleBytes,
});

/** Bytes of a seed that stands for coins. */
export const seedLength = 32;

/** Refuses an argument that is no `Uint8Array` of one of the lengths; a detached one has length 0. */
export function check(bytes: Bytes, what: string, ...lengths: readonly number[]): void {
  if (bytes instanceof Uint8Array && lengths.includes(bytes.length)) return;
  throw new TypeError(`the ${what} must be a Uint8Array of ${lengths.join(' or ')} bytes`);
}

/** Refuses bytes that `packModq` would not have written for a public key, and the all-zero key. */
export function checkPublicKey(p: Params, publicKey: Bytes): void {
  const padding = publicKey[p.modqBytes - 1]! & (0xff << (8 - (7 & (p.logq * (p.n - 1)))));
  if ((padding & 0xff) !== 0 || publicKey.every((byte) => byte === 0)) throw new TypeError(`${p.name}: not a public key`);
}
