/**
 * Distributed key generation: issuers who run apart make a secret that none of them ever has.
 *
 * Pedersen's way (EUROCRYPT 1991) with Feldman's commitments, and a promise before them, so that whoever speaks last cannot
 * choose the public key by what the others said (Gennaro, Jarecki, Krawczyk, Rabin, EUROCRYPT 1999, §3):
 *
 * 1. `deal`: each draws a polynomial fᵢ and says only the hash of its opening.
 * 2. `reveal`: once it has every promise, each shows its opening, the commitments g^{coefficients of fᵢ}, to all, and fᵢ(j)
 *    to j alone.
 * 3. `conclude`: each checks every opening against its promise and every share against its opening. Its share of the secret
 *    is Σᵢ fᵢ(j), the public key Πᵢ g^{fᵢ(0)}, and the public key of j's share follows from the openings.
 *
 * There is no dealing without blame: what does not fit names its issuer and ends the generation; people then look why, and it
 * begins anew. All issuers sign the `transcript`, so that nobody was shown other openings than the others.
 *
 * [Note: Where the commitments live] For KP-ABE they are powers of E in GT, which give away nothing but A and the Aⱼ; the key
 * distribution servers need theirs in G2.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor } from './bytes.ts';
import { decodeScalar, encodeScalar, type Group, randomScalar, reduce, type Scalar } from './group.ts';
import { hashOf } from './hash.ts';
import { type Random, systemRandom } from './random.ts';
import { attempt } from './strict.ts';
import { targetBase } from './target.ts';
import { evaluate, lagrangeAtZero, polynomialThrough } from './threshold.ts';

/** A group of order r with a generator, written additively: where secrets are committed to. */
export type Commitments<T> = {
  /** k·generator for a secret k. */
  commit(k: Scalar): T;
  add(a: T, b: T): T;
  /** k·a for a public k. */
  mul(a: T, k: Scalar): T;
  equal(a: T, b: T): boolean;
  encode(a: T): Bytes;
  /** Throws a TypeError for anything but an element other than the neutral one. */
  decode(bytes: Bytes): T;
};

/** Powers of E = e(g₁, g₂). */
export function commitmentsInGT(group: Group) {
  const { gt } = group;
  return { commit: targetBase(group).power, add: gt.mul, mul: gt.exp, equal: gt.equal, encode: gt.encode, decode: gt.decode };
}

/** Multiples of g₂. */
export function commitmentsInG2({ g2 }: Group) {
  return { commit: g2.mulGenerator, add: g2.add, mul: g2.mul, equal: g2.equal, encode: g2.encode, decode: g2.decode };
}

/** What all agree on beforehand. */
export type Generation = {
  /** What the secret is for and which attempt this is: no two alike. */
  readonly context: Bytes;
  /** Their number; they are called 1, 2, 3, … */
  readonly issuers: number;
  /** How many shares make the secret; at least two, or each would have it. */
  readonly needed: number;
};

/** What an issuer keeps to itself between its promise and the end. */
export type Dealing = { readonly issuer: number; readonly polynomial: readonly Scalar[]; readonly opening: Bytes };

/** Draws an issuer's part; the promise is for everybody. */
export function deal<T>(
  commitments: Commitments<T>,
  generation: Generation,
  issuer: number,
  random: Random = systemRandom,
): { readonly dealing: Dealing; readonly promise: Bytes } {
  const { context, issuers, needed } = generation;
  if (!isPlace(issuer, issuers) || needed < 2 || needed > issuers)
    throw new TypeError('an issuer is one of them, and two or more are needed');
  const polynomial = polynomialThrough(randomScalar(random), needed, random);
  const opening = cbor([label, context, issuer, polynomial.map((c) => commitments.encode(commitments.commit(c)))]);
  return { dealing: { issuer, polynomial, opening }, promise: promiseOf(opening) };
}

/** What an issuer shows once it has every promise: its opening to all, and to each of them, itself too, a share as secret as its own. */
export function reveal(
  { polynomial, opening }: Dealing,
  { issuers }: Generation,
): { readonly opening: Bytes; readonly shares: readonly Bytes[] } {
  return { opening, shares: Array.from({ length: issuers }, (_, i) => encodeScalar(evaluate(polynomial, BigInt(i + 1)))) };
}

/** What issuer `i + 1` sent: its promise, later its opening, and the share it meant for whoever concludes. */
export type Heard = { readonly promise: Bytes; readonly opening: Bytes; readonly share: Bytes };

export type Conclusion<T> =
  | {
      readonly kind: 'made';
      /** The concluding issuer's share of the secret. */
      readonly share: Scalar;
      readonly publicKey: T;
      /** The public key of each issuer's share. */
      readonly publicShares: readonly T[];
      /** A hash of all that was said in the open, for all to sign. */
      readonly transcript: Bytes;
    }
  /** The first issuer whose words do not fit. */
  | { readonly kind: 'blame'; readonly issuer: number; readonly because: 'promise' | 'opening' | 'share' };

/**
 * Puts the secret's share together, or says who cheated.
 *
 * @param heard what came from each issuer in order, the concluding one's own included
 *
 * @example
 * ```ts
 * import { commitmentsInG2, conclude, deal, reveal } from '@carelet/crypto/algebra/generation';
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * const commitments = commitmentsInG2(await loadGroup('mcl'));
 * const generation = { context: new Uint8Array(16), issuers: 3, needed: 2 };
 * const dealt = [1, 2, 3].map((issuer) => deal(commitments, generation, issuer));
 * const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
 * const toFirst = dealt.map(({ promise }, i) => ({ promise, opening: shown[i]!.opening, share: shown[i]!.shares[0]! }));
 * conclude(commitments, generation, 1, toFirst).kind; // 'made'
 * ```
 */
export function conclude<T>(commitments: Commitments<T>, generation: Generation, issuer: number, heard: readonly Heard[]): Conclusion<T> {
  if (!isPlace(issuer, generation.issuers) || heard.length !== generation.issuers) throw new TypeError('every issuer is heard, once');
  const { add, commit, equal } = commitments;
  const polynomials: T[][] = [];
  let share: Scalar = 0n;
  for (const [i, { promise, opening, share: bytes }] of heard.entries()) {
    const blame = (because: 'promise' | 'opening' | 'share') => ({ kind: 'blame', issuer: i + 1, because }) as const;
    if (!equalPublic(promiseOf(opening), promise)) return blame('promise');
    const committed = readOpening(commitments, generation, i + 1, opening);
    if (!committed) return blame('opening');
    const given = readScalar(bytes);
    if (given === null || !equal(commit(given), valueAt(commitments, committed, issuer))) return blame('share');
    polynomials.push(committed);
    share = reduce(share + given);
  }
  const sum = polynomials.reduce((total, committed) => total.map((c, k) => add(c, committed[k]!)));
  return {
    kind: 'made',
    share,
    publicKey: sum[0]!,
    publicShares: heard.map((_, i) => valueAt(commitments, sum, i + 1)),
    transcript: hashOf(
      'carelet/v1/sharing/generation-transcript',
      generation.context,
      heard.map(({ opening }) => opening),
    ),
  };
}

/** Whether the public keys of the shares belong to this public key: whichever `needed` of them give it. */
export function sharesFit<T>(commitments: Commitments<T>, publicKey: T, publicShares: readonly T[], needed: number): boolean {
  const first = publicShares.slice(0, needed - 1).map((share, i) => ({ share, place: BigInt(i + 1) }));
  if (publicShares.length < needed) return false;
  return publicShares.slice(needed - 1).every((share, i) => {
    const some = [...first, { share, place: BigInt(needed + i) }];
    const coefficients = lagrangeAtZero(some.map(({ place }) => place));
    const powers = some.map((one, k) => commitments.mul(one.share, coefficients[k]!));
    return commitments.equal(powers.reduce(commitments.add), publicKey);
  });
}

const label = 'carelet/v1/sharing/generation-opening';

const promiseOf = (opening: Bytes): Bytes => hashOf('carelet/v1/sharing/generation-promise', opening);

const isPlace = (issuer: number, issuers: number): boolean => Number.isInteger(issuer) && issuer >= 1 && issuer <= issuers;

/** What f(issuer) is committed to. */
const valueAt = <T>({ add, mul }: Commitments<T>, committed: readonly T[], issuer: number): T =>
  committed.reduceRight((sum, c) => add(mul(sum, BigInt(issuer)), c));

function readOpening<T>({ decode }: Commitments<T>, { context, needed }: Generation, issuer: number, opening: Bytes): T[] | null {
  return attempt(() => {
    const [of, about, by, committed, ...rest] = uncbor(opening) as readonly Cbor[];
    if (of !== label || !(about instanceof Uint8Array) || !equalPublic(about, context) || by !== issuer || rest.length > 0) return null;
    if (!Array.isArray(committed) || committed.length !== needed) return null;
    return committed.map((bytes) => decode(bytes as Bytes));
  });
}

const readScalar = (bytes: Bytes): Scalar | null => attempt(() => decodeScalar(bytes));
