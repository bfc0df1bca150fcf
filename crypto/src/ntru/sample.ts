/**
 * Sampling: from uniform bytes to trits (submission, section 1.10).
 *
 * @module
 */
import type { Params } from './params.ts';
import { mod3 } from './poly.ts';
import type { Poly } from './product.ts';

/** f, g ← Sample_fg, or r, m ← Sample_rm: the latter differs for HRSS only, where f and g are `iid_plus`. */
export function samplePair(p: Params, what: 'fg' | 'rm', first: Poly, second: Poly, coins: Uint8Array): void {
  const a = coins.subarray(0, p.iidBytes);
  const b = coins.subarray(p.iidBytes, p.sampleBytes);
  iid(p, first, a);
  if (p.family === 'hps') fixedType(p, second, b);
  else iid(p, second, b);
  if (p.family === 'hrss' && what === 'fg') {
    makeNonNegative(p, first);
    makeNonNegative(p, second);
  }
}

/** Each coefficient a byte mod 3; 0 is a little more likely (86/256), as specified. */
export function iid(p: Params, r: Poly, u: Uint8Array): void {
  for (let i = 0; i < p.n - 1; i++) r[i] = mod3(u[i]!);
  r[p.n - 1] = 0;
}

/** A trit polynomial of weight q/8 − 2 with as many 1 as −1: the trits ride on 30-bit keys that are sorted. */
export function fixedType(p: Params, r: Poly, u: Uint8Array): void {
  const d = p.n - 1;
  const s = new Int32Array(d);
  for (let i = 0; i < d / 4; i++) {
    const o = 15 * i;
    s[4 * i] = (u[o]! << 2) | (u[o + 1]! << 10) | (u[o + 2]! << 18) | (u[o + 3]! << 26);
    s[4 * i + 1] = ((u[o + 3]! & 0xc0) >> 4) | (u[o + 4]! << 4) | (u[o + 5]! << 12) | (u[o + 6]! << 20) | (u[o + 7]! << 28);
    s[4 * i + 2] = ((u[o + 7]! & 0xf0) >> 2) | (u[o + 8]! << 6) | (u[o + 9]! << 14) | (u[o + 10]! << 22) | (u[o + 11]! << 30);
    s[4 * i + 3] = (u[o + 11]! & 0xfc) | (u[o + 12]! << 8) | (u[o + 13]! << 16) | (u[o + 14]! << 24);
  }
  for (let i = 0; i < p.weight / 2; i++) s[i] = s[i]! | 1;
  for (let i = p.weight / 2; i < p.weight; i++) s[i] = s[i]! | 2;
  sort(s);
  for (let i = 0; i < d; i++) r[i] = s[i]! & 3;
  r[d] = 0;
  s.fill(0);
}

/** Makes ⟨x·v, v⟩ non-negative by negating the even coefficients where it is not: HRSS's `iid_plus`. */
function makeNonNegative(p: Params, r: Poly): void {
  // −1 as 2^16 − 1, so that the correlation adds up mod 2^16.
  for (let i = 0; i < p.n; i++) r[i] = r[i]! | -(r[i]! >> 1);
  let correlation = 0;
  for (let i = 0; i < p.n - 1; i++) correlation = (correlation + Math.imul(r[i + 1]!, r[i]!)) & 0xffff;
  const sign = 1 | -(correlation >> 15);
  for (let i = 0; i < p.n; i += 2) r[i] = Math.imul(sign, r[i]!);
  for (let i = 0; i < p.n; i++) r[i] = 3 & (r[i]! ^ (r[i]! >> 15));
}

/**
 * Sorts signed 32-bit integers upwards by a fixed network: Batcher's merge exchange (Knuth, TAOCP vol. 3,
 * Algorithm 5.2.2M). Which places are compared depends on the length only.
 */
export function sort(s: Int32Array): void {
  const n = s.length;
  let top = 1;
  while (top < n - top) top += top;
  for (let p = top; p > 0; p >>= 1) {
    exchangeAll(s, p, 0, p);
    for (let q = top; q > p; q >>= 1) exchangeAll(s, p, p, q - p);
  }
}

/** Orders s[i] and s[i + distance] for all i with i & p = r. */
function exchangeAll(s: Int32Array, p: number, r: number, distance: number): void {
  const end = s.length - distance;
  for (let block = r; block < end; block += 2 * p) {
    const stop = Math.min(block + p, end);
    for (let i = block; i < stop; i++) {
      const a = s[i]!;
      const b = s[i + distance]!;
      // The sign of b − a, right also where the difference overflows.
      const difference = (b - a) | 0;
      const swap = ((difference ^ ((a ^ b) & (difference ^ b))) >> 31) & (a ^ b);
      s[i] = a ^ swap;
      s[i + distance] = b ^ swap;
    }
  }
}
