/**
 * BLS12-381 behind one small interface, with two independent backends.
 *
 * `mcl` (mcl-wasm, fast) and `noble` (@noble/curves, pure JavaScript: the second opinion in tests, and the way out
 * where a browser refuses WebAssembly). Both give the same bytes for everything, and a scheme is written once over
 * `Group`. Nothing is loaded before `loadGroup` is called.
 *
 * The pairing is e: G1 × G2 → GT, all of prime order r. What may surprise:
 * - Points and GT elements are opaque; only `encode` and `decode` touch bytes. `decode` is strict: exact length,
 *   one encoding per element, not the identity, and of order r (kp-abe.md §1, the validation matrix).
 * - `mul` and `exp` take a time that depends on the scalar; `mulSecret`, `mulGenerator`, `expSecret` and `fixed` do not, and the
 *   secrets of authorities, keys and messages use only these.
 * - Never mix elements of two backends; bytes travel between them.
 *
 * @module
 */
import type { Bytes } from './bytes.ts';
import type { Scalar } from './group/scalar.ts';

export {
  decodeScalar,
  encodeScalar,
  hashToScalar,
  inverse,
  order,
  randomScalar,
  reduce,
  type Scalar,
  scalarLength,
} from './group/scalar.ts';

/** One of the two source groups, written additively. */
export interface Curve<P> {
  /** Bytes of an encoded point: 48 in G1, 96 in G2. */
  readonly length: number;
  readonly generator: P;
  readonly zero: P;
  add(a: P, b: P): P;
  neg(a: P): P;
  equal(a: P, b: P): boolean;
  isZero(a: P): boolean;
  /** k·a for a public k. */
  mul(a: P, k: Scalar): P;
  /** k·a by a sequence of operations that does not depend on k. Slow; a base used again deserves `fixed`. */
  mulSecret(a: P, k: Scalar): P;
  /** k·generator, otherwise as `mulSecret`, and fast. */
  mulGenerator(k: Scalar): P;
  /** A function k ↦ k·a, as `mulSecret`; its table of 32 points pays from the second use on. */
  fixed(a: P): (k: Scalar) => P;
  /** Σ kᵢ·aᵢ for public scalars; without scalars Σ aᵢ. Throws a TypeError when the lists differ in length. */
  sum(points: readonly P[], scalars?: readonly Scalar[]): P;
  /** Compressed (ZCash) form. */
  encode(a: P): Bytes;
  /** Reads a compressed point; throws a TypeError for a wrong length or flag, a coordinate ≥ p, a point off the curve, outside the subgroup, or the identity. */
  decode(bytes: Bytes): P;
  /**
   * Σ of encoded points, checking the order once, at the sum. Every point is checked as `decode` does but for its
   * order: enough where only the sum is used, and several times as fast.
   */
  decodeSum(encoded: readonly Bytes[]): P;
}

/** The target group, written multiplicatively. */
export interface Target<T> {
  /** Bytes of an encoded element: 576. */
  readonly length: number;
  readonly one: T;
  mul(a: T, b: T): T;
  inv(a: T): T;
  equal(a: T, b: T): boolean;
  /** aᵏ for a public k. */
  exp(a: T, k: Scalar): T;
  /** aᵏ by a sequence of operations that does not depend on k. */
  expSecret(a: T, k: Scalar): T;
  /** A function k ↦ aᵏ whose sequence of operations does not depend on k; it pays from some ten uses on (tables of 512 elements). */
  fixed(a: T): (k: Scalar) => T;
  /** Twelve 48-byte big-endian coefficients in the order of noble: the canonical form. */
  encode(a: T): Bytes;
  /** Reads 576 bytes; throws a TypeError for a wrong length, a coefficient ≥ p, the identity, or an element whose order is not r. */
  decode(bytes: Bytes): T;
}

/** A backend over its own element types. */
export interface GroupOf<P1, P2, T> {
  readonly name: BackendName;
  readonly g1: Curve<P1>;
  readonly g2: Curve<P2>;
  readonly gt: Target<T>;
  /** Π e(aᵢ, bᵢ) with one final exponentiation; pairs with the identity count as 1. */
  pair(pairs: readonly (readonly [P1, P2])[]): T;
  /**
   * RFC 9380 hash to G1: expand_message_xmd with SHA-256, SSWU, random oracle.
   *
   * @param tag domain separation tag, not empty; ends in `BLS12381G1_XMD:SHA-256_SSWU_RO_`
   */
  hashToG1(message: Bytes, tag: string): P1;
}

declare const kind: unique symbol;
/** A point of G1, of whichever backend. */
export type G1 = { readonly [kind]: 'G1' };
/** A point of G2. */
export type G2 = { readonly [kind]: 'G2' };
/** An element of GT. */
export type GT = { readonly [kind]: 'GT' };

/** What schemes are written over. */
export type Group = GroupOf<G1, G2, GT>;

export type BackendName = 'mcl' | 'noble';

/**
 * Loads a backend, once; later calls give the same object after asserting that its serialisation mode still holds
 * (mcl keeps it in a global that other code could change).
 *
 * @throws {Error} when the backend cannot run here (WebAssembly refused) or its mode was changed
 *
 * @example
 * ```ts
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * const { g1, g2, gt, pair } = await loadGroup('noble');
 * gt.equal(pair([[g1.mul(g1.generator, 6n), g2.generator]]), gt.exp(pair([[g1.generator, g2.generator]]), 6n)); // true
 * ```
 */
export async function loadGroup(name: BackendName): Promise<Group> {
  // Each backend is a GroupOf its own types; from here on these are opaque.
  if (name === 'mcl') return (await (await import('./group/mcl.ts')).mclGroup()) as unknown as Group;
  if (name === 'noble') return (await import('./group/noble.ts')).nobleGroup() as unknown as Group;
  throw new TypeError('unknown backend of BLS12-381');
}
