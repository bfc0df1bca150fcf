/**
 * Inverses in S/3, S/2 and S/q.
 *
 * Mod 3 and mod 2: 2(n−1)−1 constant division steps (Bernstein and Yang, "Fast constant-time gcd computation
 * and modular inversion", 2019, section 6), 32 coefficients a word. A trit is two bits: `0` = nonzero, `1` =
 * negative. We add a multiple of f to g without exchanging them first, which may turn the sign of the pair
 * (g, w); the final multiplication by f(0) takes that out again.
 *
 * Words that cannot matter are left out, which depends on the step's number only: v has degree ≤ step, and of
 * f and g only as many coefficients as there are steps left.
 *
 * Mod q: from the inverse mod 2, four Newton steps v ← v(2 − a·v) reach mod 2^16.
 *
 * @module
 */
import type { Params } from './params.ts';
import { mod3 } from './poly.ts';
import { multiply, type Poly } from './product.ts';

/** Words of one row of bits. */
const rowWords = (p: Params): number => Math.ceil(p.n / 32);

/** Int32 words of scratch that the inverses want. */
export const inverseWords = (p: Params): number => 8 * (rowWords(p) + 1);

/** r = 1/a in S/3. `work` of `inverseWords(p)` words is left dirty. */
export function invertMod3(p: Params, work: Int32Array, r: Poly, a: Poly): void {
  const { n } = p;
  const words = rowWords(p);
  const [f0, f1, g0, g1, v0, v1, w0, w1] = rows(work, words);
  ones(f0, n);
  w0[0] = 1;
  // Φ_n and a, mod Φ_n, with their coefficients reversed. Row g begins at its second word: see `eliminate3`.
  const last = 2 * (a[n - 1]! & 3);
  for (let i = 0; i < n - 1; i++) {
    const trit = mod3((a[n - 2 - i]! & 3) + last);
    const at = 1 + (i >> 5);
    g0[at] = g0[at]! | (((trit | (trit >> 1)) & 1) << (i & 31));
    g1[at] = g1[at]! | ((trit >> 1) << (i & 31));
  }
  const steps = 2 * (n - 1) - 1;
  let delta = 1;
  for (let step = 1; step <= steps; step++) {
    // s = −g(0)·f(0), as two masks; exchange if δ > 0 and g(0) ≠ 0.
    const nonzero = -(g0[1]! & f0[0]! & 1);
    const negative = -(((g1[1]! ^ f1[0]!) & 1) ^ 1);
    const exchange = (-delta >> 31) & nonzero;
    delta = (delta ^ exchange) - exchange + 1;
    eliminate3(f0, f1, g0, g1, Math.min(words, ((steps - step + 1) >> 5) + 1), nonzero, negative, exchange);
    combine3(v0, v1, w0, w1, Math.min(words, (step >> 5) + 1), nonzero, negative, exchange);
  }
  const sign = f1[0]! & 1;
  for (let i = 0; i < n - 1; i++) {
    const nonzero = (v0[i >> 5]! >>> (i & 31)) & 1;
    const negative = ((v1[i >> 5]! >>> (i & 31)) & 1) ^ sign;
    r[n - 2 - i] = nonzero + (nonzero & negative);
  }
  r[n - 1] = 0;
}

/** (f, g) ← (f or g, (g + s·f)/x). Row g is read from its second word and written from its first: one bit down. */
function eliminate3(
  f0: Int32Array,
  f1: Int32Array,
  g0: Int32Array,
  g1: Int32Array,
  words: number,
  nonzero: number,
  negative: number,
  exchange: number,
): void {
  let before0 = 0;
  let before1 = 0;
  for (let j = 0; j < words; j++) {
    const x0 = g0[j + 1]!;
    const x1 = g1[j + 1]!;
    const y0 = f0[j]!;
    const y1 = f1[j]!;
    f0[j] = y0 ^ ((x0 ^ y0) & exchange);
    f1[j] = y1 ^ ((x1 ^ y1) & exchange);
    const z0 = y0 & nonzero;
    const z1 = (y1 ^ negative) & z0;
    const a = x0 ^ z1;
    const b = x1 ^ z0;
    const t0 = (a ^ x1) | (b ^ z1);
    const t1 = a & b;
    g0[j] = (before0 >>> 1) | (t0 << 31);
    g1[j] = (before1 >>> 1) | (t1 << 31);
    before0 = t0;
    before1 = t1;
  }
  g0[words] = before0 >>> 1;
  g1[words] = before1 >>> 1;
}

/** (v, w) ← (x·v or w, w + s·x·v). */
function combine3(
  v0: Int32Array,
  v1: Int32Array,
  w0: Int32Array,
  w1: Int32Array,
  words: number,
  nonzero: number,
  negative: number,
  exchange: number,
): void {
  let carry0 = 0;
  let carry1 = 0;
  for (let j = 0; j < words; j++) {
    const up0 = v0[j]!;
    const up1 = v1[j]!;
    const y0 = (up0 << 1) | carry0;
    const y1 = (up1 << 1) | carry1;
    carry0 = up0 >>> 31;
    carry1 = up1 >>> 31;
    const x0 = w0[j]!;
    const x1 = w1[j]!;
    v0[j] = y0 ^ ((x0 ^ y0) & exchange);
    v1[j] = y1 ^ ((x1 ^ y1) & exchange);
    const z0 = y0 & nonzero;
    const z1 = (y1 ^ negative) & z0;
    const a = x0 ^ z1;
    const b = x1 ^ z0;
    w0[j] = (a ^ x1) | (b ^ z1);
    w1[j] = a & b;
  }
}

/** r = 1/a in S/2. `work` of `inverseWords(p)` words is left dirty. */
export function invertMod2(p: Params, work: Int32Array, r: Poly, a: Poly): void {
  const { n } = p;
  const words = rowWords(p);
  const [f, g, v, w] = rows(work, words);
  ones(f, n);
  w[0] = 1;
  const last = a[n - 1]! & 1;
  for (let i = 0; i < n - 1; i++) {
    const at = 1 + (i >> 5);
    g[at] = g[at]! | (((a[n - 2 - i]! ^ last) & 1) << (i & 31));
  }
  const steps = 2 * (n - 1) - 1;
  let delta = 1;
  for (let step = 1; step <= steps; step++) {
    const nonzero = -(g[1]! & 1);
    const exchange = (-delta >> 31) & nonzero;
    delta = (delta ^ exchange) - exchange + 1;
    eliminate2(f, g, Math.min(words, ((steps - step + 1) >> 5) + 1), nonzero, exchange);
    combine2(v, w, Math.min(words, (step >> 5) + 1), nonzero, exchange);
  }
  for (let i = 0; i < n - 1; i++) r[n - 2 - i] = (v[i >> 5]! >>> (i & 31)) & 1;
  r[n - 1] = 0;
}

function eliminate2(f: Int32Array, g: Int32Array, words: number, nonzero: number, exchange: number): void {
  let before = 0;
  for (let j = 0; j < words; j++) {
    const x = g[j + 1]!;
    const y = f[j]!;
    f[j] = y ^ ((x ^ y) & exchange);
    const t = x ^ (y & nonzero);
    g[j] = (before >>> 1) | (t << 31);
    before = t;
  }
  g[words] = before >>> 1;
}

function combine2(v: Int32Array, w: Int32Array, words: number, nonzero: number, exchange: number): void {
  let carry = 0;
  for (let j = 0; j < words; j++) {
    const up = v[j]!;
    const y = (up << 1) | carry;
    carry = up >>> 31;
    const x = w[j]!;
    v[j] = y ^ ((x ^ y) & exchange);
    w[j] = x ^ (y & nonzero);
  }
}

/**
 * r = 1/a in S/q, as a representative mod (x^n − 1, 2^16).
 *
 * @param product scratch of `multiply`
 * @param minusA one more polynomial, left dirty, and so is `t`
 */
export function invertModq(p: Params, work: Int32Array, product: Int32Array, r: Poly, a: Poly, minusA: Poly, t: Poly): void {
  invertMod2(p, work, r, a);
  for (let i = 0; i < p.n; i++) minusA[i] = -a[i]!;
  for (let round = 0; round < 4; round++) {
    multiply(p, product, t, r, minusA);
    t[0] = t[0]! + 2;
    multiply(p, product, r, t, r);
  }
}

type Rows = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

/** Eight zeroed rows over `work`, each with a word to spare. */
function rows(work: Int32Array, words: number): Rows {
  work.fill(0);
  return Array.from({ length: 8 }, (_, i) => work.subarray(i * (words + 1), (i + 1) * (words + 1))) as Rows;
}

function ones(row: Int32Array, n: number): void {
  row.fill(-1, 0, n >> 5);
  row[n >> 5] = (1 << (n & 31)) - 1;
}
