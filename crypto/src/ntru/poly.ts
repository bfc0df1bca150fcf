/**
 * Arithmetic on polynomials, constant in shape: no branch, index, division or remainder of a secret.
 *
 * Trits are 0, 1, 2 (2 means −1). Modulo q a trit −1 is q − 1. Names follow the submission's section 1.9 and
 * its reference code, whose per-function vectors these functions pass.
 *
 * @module
 */
import type { Params } from './params.ts';
import { multiply, type Poly } from './product.ts';

/** x mod 3 for 0 ≤ x < 2^16, by digit sums (4, 16 and 256 are 1 mod 3). */
export function mod3(x: number): number {
  let r = (x >> 8) + (x & 255);
  r = (r >> 4) + (r & 15);
  r = (r >> 2) + (r & 3);
  r = (r >> 2) + (r & 3);
  const t = r - 3;
  const low = t >> 31;
  return (low & r) | (~low & t);
}

/** r mod (3, Φ_n): the last coefficient is subtracted from all. */
export function mod3Phi(p: Params, r: Poly): void {
  const last = r[p.n - 1]!;
  for (let i = 0; i < p.n; i++) r[i] = mod3((r[i]! + 2 * last) & 0xffff);
}

/** r mod Φ_n, coefficients staying mod 2^16. */
export function modqPhi(p: Params, r: Poly): void {
  const last = r[p.n - 1]!;
  for (let i = 0; i < p.n; i++) r[i] = r[i]! - last;
}

/** From R/q to S/3: centre to [−q/2, q/2) first, by adding −q ≡ 1 ≪ (1 − (log q & 1)) to the upper half. */
export function centreMod3(p: Params, r: Poly, a: Poly): void {
  for (let i = 0; i < p.n; i++) {
    const x = a[i]! & (p.q - 1);
    r[i] = x + ((x >> (p.logq - 1)) << (1 - (p.logq & 1)));
  }
  mod3Phi(p, r);
}

/** Trits to coefficients mod q: 2 becomes q − 1. */
export function tritsToModq(p: Params, r: Poly): void {
  for (let i = 0; i < p.n; i++) r[i] = r[i]! | (-(r[i]! >> 1) & (p.q - 1));
}

/** Coefficients 0, 1, q − 1 to trits; anything else gives a value without meaning. */
export function modqToTrits(p: Params, r: Poly): void {
  for (let i = 0; i < p.n; i++) {
    const x = r[i]! & (p.q - 1);
    r[i] = 3 & (x ^ (x >> (p.logq - 1)));
  }
}

/** 0 where all coefficients mod q are 0, 1 or q − 1 and the last is 0. */
export function offTrits(p: Params, r: Poly): number {
  let off = r[p.n - 1]!;
  for (let i = 0; i < p.n - 1; i++) {
    const x = r[i]! & (p.q - 1);
    // x + 1 gives 0, 1, 2 for −1, 0, 1, and 3 for 2, whose x + 2 has the bit 4.
    off |= ((x + 1) & (p.q - 4)) | ((x + 2) & 4);
  }
  return off & (p.q - 1);
}

/** r = a · b in S/3; exact, since products of trits stay below 4n < 2^16. */
export function multiplyMod3(p: Params, work: Int32Array, r: Poly, a: Poly, b: Poly): void {
  multiply(p, work, r, a, b);
  mod3Phi(p, r);
}

/** r = a · b in S/q. */
export function multiplyModqPhi(p: Params, work: Int32Array, r: Poly, a: Poly, b: Poly): void {
  multiply(p, work, r, a, b);
  modqPhi(p, r);
}

/**
 * Lift(m): for HPS m itself, centred; for HRSS (x − 1) · [m/(x − 1) mod (3, Φ_n)], centred.
 *
 * @param r a polynomial other than `m`
 * @param scratch one more, for HRSS; left dirty
 */
export function lift(p: Params, r: Poly, m: Poly, scratch: Poly): void {
  if (p.family === 'hps') {
    r.set(m);
    tritsToModq(p, r);
    return;
  }
  divideByXMinus1(p, scratch, m);
  tritsToModq(p, scratch);
  r[0] = -scratch[0]!;
  for (let i = 1; i < p.n; i++) r[i] = scratch[i - 1]! - scratch[i]!;
}

/**
 * b = a/(x − 1) mod (3, Φ_n).
 *
 * Let z be the polynomial with ⟨z·x^i, x − 1⟩ = δ_{i,0} mod 3. The first three coefficients are ⟨z·x^i, a⟩, the
 * others follow from b_i = b_(i−3) − (a_i + a_(i−1) + a_(i−2)). z depends on n only.
 */
function divideByXMinus1(p: Params, b: Poly, a: Poly): void {
  const { n } = p;
  const t = 3 - (n % 3);
  const a0 = a[0]!;
  const a1 = a[1]!;
  const a2 = a[2]!;
  let b0 = a0 * (2 - t) + a2 * t;
  let b1 = a1 * (2 - t);
  let b2 = a2 * (2 - t);
  let z = 0;
  for (let i = 3; i < n; i++) {
    const ai = a[i]!;
    b0 = (b0 + ai * (z + 2 * t)) & 0xffff;
    b1 = (b1 + ai * (z + t)) & 0xffff;
    b2 = (b2 + ai * z) & 0xffff;
    z = (z + t) % 3;
  }
  b[0] = b0;
  b[1] = b1 + a0 * (z + t);
  b[2] = b2 + a0 * z + a1 * (z + t);
  for (let i = 3; i < n; i++) b[i] = b[i - 3]! + 2 * (a[i]! + a[i - 1]! + a[i - 2]!);
  mod3Phi(p, b);
}
