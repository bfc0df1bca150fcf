/**
 * Scalars of BLS12-381: integers modulo the group order r.
 *
 * A scalar is a `bigint` in [0, r); as bytes it is 32, big-endian, and never r or more. JavaScript's integers are
 * not constant-time: what is multiplied *with a point* in a constant shape is said at `mulSecret`; sums of
 * shares are a handful of additions of uniformly random numbers.
 *
 * @module
 */
import { type Bytes, concat, hex, unhex, utf8 } from '../bytes.ts';
import { sha512 } from '../hash.ts';
import { type Random, systemRandom } from '../random.ts';

/** An integer in [0, r). */
export type Scalar = bigint;

/** The order r of G1, G2 and GT. */
export const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** Bytes of an encoded scalar. */
export const scalarLength = 32;

/** The representative in [0, r) of any integer. */
export function reduce(integer: bigint): Scalar {
  const rest = integer % order;
  return rest < 0n ? rest + order : rest;
}

/**
 * 1/k modulo r, by the extended Euclidean algorithm: for public numbers (Lagrange coefficients).
 *
 * @throws {TypeError} for zero
 */
export function inverse(k: Scalar): Scalar {
  let [x, y, u, v] = [reduce(k), order, 1n, 0n];
  if (x === 0n) throw new TypeError('zero has no inverse');
  while (y !== 0n) {
    const quotient = x / y;
    [x, y] = [y, x - quotient * y];
    [u, v] = [v, u - quotient * v];
  }
  return reduce(u);
}

/** A uniform non-zero scalar from 64 random bytes (bias 2⁻²⁵⁶). */
export function randomScalar(random: Random = systemRandom): Scalar {
  for (;;) {
    const k = reduce(integer(random(64)));
    if (k !== 0n) return k;
  }
}

/**
 * Hashes byte strings to a scalar: SHA-512 over the separation tag and the parts, each behind its length in four
 * bytes, reduced modulo r (kp-abe.md §1; bias 2⁻²⁵⁶).
 *
 * @param tag one per purpose, ASCII, not empty
 *
 * @example
 * ```ts
 * import { hashToScalar, order } from '@carelet/crypto/algebra/group';
 * hashToScalar('CARELET-EXAMPLE-V1', new Uint8Array(3)) < order; // true
 * ```
 */
export function hashToScalar(tag: string, ...parts: readonly Bytes[]): Scalar {
  if (tag === '') throw new TypeError('a separation tag must not be empty');
  const framed = [utf8(tag), ...parts].flatMap((part) => [length32(part.length), part]);
  return reduce(integer(sha512(concat(...framed))));
}

/** 32 bytes, big-endian. Throws a TypeError for anything outside [0, r). */
export function encodeScalar(k: Scalar): Bytes {
  if (typeof k !== 'bigint' || k < 0n || k >= order) throw new TypeError('scalar out of range');
  return unhex(k.toString(16).padStart(2 * scalarLength, '0'));
}

/** Reads 32 bytes; throws a TypeError on another length or a number of r or more. */
export function decodeScalar(bytes: Bytes): Scalar {
  if (bytes.length !== scalarLength) throw new TypeError('not a scalar');
  const k = integer(bytes);
  if (k >= order) throw new TypeError('not a scalar');
  return k;
}

const integer = (bytes: Bytes): bigint => BigInt(`0x${hex(bytes)}`);

const length32 = (length: number): Bytes => new Uint8Array([length >>> 24, length >>> 16, length >>> 8, length]);
