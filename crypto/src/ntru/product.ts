/**
 * Products in Z[x]/(x^n − 1), coefficients modulo 2^16.
 *
 * Karatsuba five levels deep over 32 · leaf coefficients, then a schoolbook product four rows at a time. It
 * needs no division, so no bit of a coefficient is lost on the way and one routine serves products mod q and
 * the exact ones mod 3. Addresses and loop counts depend on the parameter set only.
 *
 * @module
 */
import type { Params } from './params.ts';

/** n coefficients modulo 2^16, of which a reader takes the low log q bits. */
export type Poly = Uint16Array;

/** Int32 words of scratch that `multiply` wants. */
export const productWords = (p: Params): number => 8 * 32 * p.leaf;

/**
 * r = a · b mod (x^n − 1, 2^16). `r` may be `a` or `b`.
 *
 * @param work `productWords(p)` words, left dirty: the caller wipes them
 */
export function multiply(p: Params, work: Int32Array, r: Poly, a: Poly, b: Poly): void {
  const { n, leaf } = p;
  const length = 32 * leaf;
  // Four regions: a, b (zero-padded), their product of twice the length, and the recursion's scratch.
  work.set(a, 0);
  work.fill(0, n, length);
  work.set(b, length);
  work.fill(0, length + n, 2 * length);
  karatsuba(work, 2 * length, 0, length, length, 4 * length, leaf);
  for (let i = 0; i < n; i++) r[i] = work[2 * length + i]! + work[2 * length + n + i]!;
}

/** w[r … r+2m) = w[a … a+m) · w[b … b+m), with scratch from w[s] on: 4m words are enough for all levels. */
function karatsuba(w: Int32Array, r: number, a: number, b: number, m: number, s: number, leaf: number): void {
  if (m === leaf) {
    schoolbook(w, r, a, b, m);
    return;
  }
  const h = m >> 1;
  karatsuba(w, r, a, b, h, s, leaf);
  karatsuba(w, r + m, a + h, b + h, h, s, leaf);
  for (let i = 0; i < h; i++) {
    w[s + i] = w[a + i]! + w[a + h + i]!;
    w[s + h + i] = w[b + i]! + w[b + h + i]!;
  }
  const t = s + m;
  karatsuba(w, t, s, s + h, h, t + m, leaf);
  for (let i = 0; i < h; i++) {
    const middle = (w[r + h + i]! - w[r + m + i]!) | 0;
    w[r + h + i] = middle + w[t + i]! - w[r + i]!;
    w[r + m + i] = w[t + h + i]! - middle - w[r + m + h + i]!;
  }
}

const { imul } = Math;

/** m is even. */
function schoolbook(w: Int32Array, r: number, a: number, b: number, m: number): void {
  for (let k = r; k < r + 2 * m; k++) w[k] = 0;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const a0 = w[a + i]!;
    const a1 = w[a + i + 1]!;
    const a2 = w[a + i + 2]!;
    const a3 = w[a + i + 3]!;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    let o = r + i;
    for (let j = b; j < b + m; j++) {
      const b0 = w[j]!;
      w[o] = w[o]! + imul(a0, b0) + imul(a1, b1) + imul(a2, b2) + imul(a3, b3);
      o++;
      b3 = b2;
      b2 = b1;
      b1 = b0;
    }
    w[o] = w[o]! + imul(a1, b1) + imul(a2, b2) + imul(a3, b3);
    w[o + 1] = w[o + 1]! + imul(a2, b1) + imul(a3, b2);
    w[o + 2] = w[o + 2]! + imul(a3, b1);
  }
  for (; i < m; i += 2) {
    const a0 = w[a + i]!;
    const a1 = w[a + i + 1]!;
    let b1 = 0;
    let o = r + i;
    for (let j = b; j < b + m; j++) {
      const b0 = w[j]!;
      w[o] = w[o]! + imul(a0, b0) + imul(a1, b1);
      o++;
      b1 = b0;
    }
    w[o] = w[o]! + imul(a1, b1);
  }
}
