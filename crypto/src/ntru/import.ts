/**
 * Secret keys that were not made here.
 *
 * A key outside `keygen`'s image may fail to decrypt honest ciphertexts, and each failure tells about the key.
 * Since hq determines h, everything can be checked: the public key is computed anew, and f and g from it.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { invertModq } from './inverse.ts';
import { packModq, paddingModq, tritsAreCanonical, unpackModq, unpackSumZero, unpackTrits } from './pack.ts';
import type { Params } from './params.ts';
import { modqPhi, multiplyMod3, multiplyModqPhi, offTrits, tritsToModq } from './poly.ts';
import { multiply, type Poly } from './product.ts';
import type { Scratch } from './scratch.ts';

/** The public key of a secret key of the right length, or `null` where `keygen` could not have made it. */
export function publicKeyOf(p: Params, s: Scratch, secretKey: Bytes): Bytes | null {
  const [f, g, t, u, hq, h] = s.poly;
  const trits = secretKey.subarray(0, p.tritBytes);
  const inverse = secretKey.subarray(p.tritBytes, 2 * p.tritBytes);
  const packed = secretKey.subarray(2 * p.tritBytes, 2 * p.tritBytes + p.modqBytes);
  if (!tritsAreCanonical(p, trits) || !tritsAreCanonical(p, inverse) || paddingModq(p, packed) !== 0) return null;
  unpackTrits(p, f, trits);
  unpackTrits(p, t, inverse);
  multiplyMod3(p, s.product, t, t, f);
  let bad = t[0]! ^ 1;
  for (let i = 1; i < p.n; i++) bad |= t[i]!;
  bad |= negativeCorrelation(p, f);

  unpackModq(p, hq, packed);
  invertModq(p, s.inverse, s.product, h, hq, t, u);
  makeSumZero(p, h);
  const publicKey = new Uint8Array(p.modqBytes);
  packModq(p, publicKey, h);
  unpackSumZero(p, h, publicKey);

  // h·f must be G = 3g or 3(x − 1)g, and hq·G must be f.
  tritsToModq(p, f);
  multiply(p, s.product, g, h, f);
  multiplyModqPhi(p, s.product, t, hq, g);
  modqPhi(p, f);
  for (let i = 0; i < p.n; i++) bad |= (t[i]! - f[i]!) & (p.q - 1);
  bad |= notG(p, g);
  return bad === 0 ? publicKey : null;
}

/** Adds the multiple of Φ_n that makes the coefficients sum up to 0 mod 2^16. */
function makeSumZero(p: Params, h: Poly): void {
  let sum = 0;
  for (let i = 0; i < p.n; i++) sum = (sum + h[i]!) & 0xffff;
  const k = Math.imul(-sum, inverseOf(p.n)) & 0xffff;
  for (let i = 0; i < p.n; i++) h[i] = h[i]! + k;
}

/** 0 where G is what a g of the right shape gives; divides G in place by 3 and, for HRSS, by x − 1. */
function notG(p: Params, G: Poly): number {
  const third = inverseOf(3);
  for (let i = 0; i < p.n; i++) G[i] = Math.imul(G[i]!, third);
  if (p.family === 'hrss') {
    G[0] = -G[0]!;
    for (let i = 1; i < p.n; i++) G[i] = G[i - 1]! - G[i]!;
  }
  let bad = offTrits(p, G);
  let positive = 0;
  let negative = 0;
  for (let i = 0; i < p.n; i++) {
    const x = G[i]! & (p.q - 1);
    const minus = x >> (p.logq - 1);
    negative += minus;
    positive += x & 1 & ~minus;
    G[i] = (x & 1 & ~minus) | (minus << 1);
  }
  if (p.family === 'hps') bad |= (positive ^ (p.weight / 2)) | (negative ^ (p.weight / 2));
  return bad | negativeCorrelation(p, G);
}

/** HRSS: 1 where ⟨x·v, v⟩ < 0 for trits v. */
function negativeCorrelation(p: Params, v: Poly): number {
  if (p.family === 'hps') return 0;
  let sum = 0;
  for (let i = 1; i < p.n; i++) sum += (v[i]! - 3 * (v[i]! >> 1)) * (v[i - 1]! - 3 * (v[i - 1]! >> 1));
  return sum >>> 31;
}

/** 1/x mod 2^16 of an odd, public x, by Newton steps. */
function inverseOf(x: number): number {
  let y = x;
  for (let i = 0; i < 4; i++) y = Math.imul(y, 2 - Math.imul(x, y));
  return y & 0xffff;
}
