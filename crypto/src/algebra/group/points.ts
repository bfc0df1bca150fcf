/**
 * Constants both backends share.
 *
 * @module
 */
import { type Bytes, equalPublic, unhex } from '../bytes.ts';

/** Bytes of encoded elements. */
export const lengths = { g1: 48, g2: 96, gt: 576 } as const;

/** The standard generators, compressed (draft-irtf-cfrg-pairing-friendly-curves §4.2.1). */
export const generators = {
  g1: unhex('97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb'),
  g2: unhex(
    '93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8',
  ),
} as const;

/** RFC 9380 J.9.1, the first vector: the empty message under this tag, the two field elements it becomes, and its point. */
export const hashProbe = {
  tag: 'QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_',
  fields: [
    '0ba14bd907ad64a016293ee7c2d276b8eae71f25a4b941eece7b0d89f17f75cb3ae5438a614fb61d6835ad59f29c564f',
    '019b9bd7979f12657976de2884c7cce192b82c177c80e0ec604436a7f538d231552f0d96d9f7babe5fa3b19b3ff25ac9',
  ],
  point: unhex('852926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1'),
} as const;

/** The x coordinate of a compressed point: the bytes without the three flag bits. */
export function abscissa(encoded: Bytes): Bytes {
  const x = encoded.slice();
  x[0]! &= 0x1f;
  return x;
}

/**
 * The point among ±candidate whose encoding is exactly these bytes, or `null`: this settles the sign and refuses
 * every second spelling at once (coordinates ≥ p, wrong flags, infinity with junk).
 */
export function spelled<P>(curve: { neg(a: P): P; encode(a: P): Bytes }, candidate: P, bytes: Bytes): P | null {
  for (const point of [candidate, curve.neg(candidate)]) if (equalPublic(curve.encode(point), bytes)) return point;
  return null;
}

/** Splits a list of scaled points: what is only added, and what is multiplied first. */
export function split<P>(points: readonly P[], scalars: readonly bigint[] | undefined): { plain: P[]; scaled: [P, bigint][] } {
  if (!scalars) return { plain: [...points], scaled: [] };
  if (points.length !== scalars.length) throw new TypeError('as many scalars as points');
  const plain: P[] = [];
  const scaled: [P, bigint][] = [];
  points.forEach((point, i) => {
    const k = scalars[i]!;
    if (k === 1n) plain.push(point);
    else if (k !== 0n) scaled.push([point, k]);
  });
  return { plain, scaled };
}

/** Throws unless a separation tag is usable. */
export function checkTag(tag: string): void {
  if (tag === '') throw new TypeError('a separation tag must not be empty');
}
