/**
 * Arithmetic on polynomials, as `../poly.ts` has it, eight coefficients at a time. Trits are 0, 1, 2 (2 means −1).
 */
import { D, POLY, Q_MASK, USED, WEIGHT } from './layout';
import { HPS, LOGQ, N } from './set';
import { add, mul, read, sub, sumLanes, write, zero } from './vector';

/** @inline x mod 3 for x < 16, by a table in a register. */
export function tritOf(x: v128): v128 {
  return i8x16.swizzle(i8x16(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0), x);
}

/** @inline x mod 3 for x < 2^16, by digit sums (4, 16 and 256 are 1 mod 3). */
function mod3(x: v128): v128 {
  const bytes = add(i16x8.shr_u(x, 8), v128.and(x, i16x8.splat(255)));
  return mod3OfByte(bytes);
}

/** @inline The same for x < 2^9. */
export function mod3OfByte(x: v128): v128 {
  const halves = add(i16x8.shr_u(x, 4), v128.and(x, i16x8.splat(15)));
  return tritOf(add(i16x8.shr_u(halves, 2), v128.and(halves, i16x8.splat(3))));
}

/** Zeroes what lies behind x^(n−1); n is 5 mod 8. */
export function clearTail(r: usize): void {
  const last = r + USED - 16;
  write(last, v128.and(read(last), i16x8(-1, -1, -1, -1, -1, 0, 0, 0)));
  for (let j: usize = USED; j < POLY; j += 16) write(r + j, zero());
}

/** Zeroes x^(n−1) too. */
export function clearTop(r: usize): void {
  clearTail(r);
  store<u16>(r, 0, 2 * D);
}

/** r mod (3, Φ_n): the last coefficient is subtracted from all. */
export function mod3Phi(r: usize): void {
  const last = i16x8.splat(2 * load<u16>(r, 2 * D));
  for (let j: usize = 0; j < USED; j += 16) write(r + j, mod3(add(read(r + j), last)));
  clearTail(r);
}

/** r mod Φ_n, coefficients staying mod 2^16. */
export function modqPhi(r: usize): void {
  const last = i16x8.splat(load<u16>(r, 2 * D));
  for (let j: usize = 0; j < USED; j += 16) write(r + j, sub(read(r + j), last));
  clearTail(r);
}

/** From R/q to S/3: centre to [−q/2, q/2) first, by adding −q ≡ 1 ≪ (1 − (log q & 1)) to the upper half. */
export function centreMod3(r: usize): void {
  for (let j: usize = 0; j < USED; j += 16) {
    const x = v128.and(read(r + j), i16x8.splat(<i16>Q_MASK));
    write(r + j, add(x, i16x8.shl(i16x8.shr_u(x, LOGQ - 1), 1 - (LOGQ & 1))));
  }
  mod3Phi(r);
}

/** r mod (3, Φ_n) of a product of trits, which is exact in the 13 bits that a product keeps. */
export function productMod3Phi(r: usize): void {
  for (let j: usize = 0; j < USED; j += 16) write(r + j, v128.and(read(r + j), i16x8.splat(0x1fff)));
  mod3Phi(r);
}

/** Trits to coefficients mod q: 2 becomes q − 1. */
export function tritsToModq(r: usize): void {
  for (let j: usize = 0; j < USED; j += 16) {
    const x = read(r + j);
    write(r + j, v128.or(x, v128.and(i16x8.neg(i16x8.shr_u(x, 1)), i16x8.splat(<i16>Q_MASK))));
  }
}

/** Coefficients 0, 1, q − 1 to trits; anything else gives a value without meaning. */
export function modqToTrits(r: usize): void {
  for (let j: usize = 0; j < USED; j += 16) {
    const x = v128.and(read(r + j), i16x8.splat(<i16>Q_MASK));
    write(r + j, v128.and(v128.xor(x, i16x8.shr_u(x, LOGQ - 1)), i16x8.splat(3)));
  }
}

/** 0 where all coefficients mod q are 0, 1 or q − 1 and the last is 0. */
export function offTrits(r: usize): u32 {
  let off = zero();
  for (let j: usize = 0; j < USED; j += 16) {
    const x = v128.and(read(r + j), i16x8.splat(<i16>Q_MASK));
    // x + 1 gives 0, 1, 2 for −1, 0, 1, and 3 for 2, whose x + 2 has the bit 4.
    const low = v128.and(add(x, i16x8.splat(2)), i16x8.splat(4));
    off = v128.or(off, v128.or(v128.and(add(x, i16x8.splat(1)), i16x8.splat(<i16>(Q_MASK & ~3))), low));
  }
  return <u32>v128.any_true(off) | (load<u16>(r, 2 * D) & Q_MASK);
}

/** 0 where `trits`, taken back to coefficients mod q, are r: the same question as `offTrits`, asked another way. */
export function differs(r: usize, trits: usize): u32 {
  let off = zero();
  for (let j: usize = 0; j < USED; j += 16) {
    const t = read(trits + j);
    const back = v128.or(t, v128.and(i16x8.neg(i16x8.shr_u(t, 1)), i16x8.splat(<i16>Q_MASK)));
    off = v128.or(off, v128.xor(back, v128.and(read(r + j), i16x8.splat(<i16>Q_MASK))));
  }
  return <u32>v128.any_true(off) | load<u16>(trits, 2 * D);
}

/** HPS: 0 where m has as many 1 as −1, together the weight. */
export function offWeight(m: usize): u32 {
  if (!HPS) return 0;
  let ones = zero();
  let twos = zero();
  for (let j: usize = 0; j < USED; j += 16) {
    const x = read(m + j);
    ones = add(ones, v128.and(x, i16x8.splat(1)));
    twos = add(twos, i16x8.shr_u(x, 1));
  }
  return (sumLanes(ones) ^ (WEIGHT / 2)) | (sumLanes(twos) ^ (WEIGHT / 2));
}

/** The same by other sums: of the trits, and of their squares. */
export function offWeightAgain(m: usize): u32 {
  if (!HPS) return 0;
  let sum = zero();
  let squares = zero();
  for (let j: usize = 0; j < USED; j += 16) {
    const x = read(m + j);
    sum = add(sum, x);
    squares = add(squares, mul(x, x));
  }
  return (sumLanes(sum) ^ ((3 * WEIGHT) / 2)) | (sumLanes(squares) ^ ((5 * WEIGHT) / 2));
}

/** r = Lift(m): for HPS m itself, centred; for HRSS (x − 1) · [m/(x − 1) mod (3, Φ_n)], centred. Not in place. */
export function lift(r: usize, m: usize): void {
  if (HPS) {
    memory.copy(r, m, POLY);
    tritsToModq(r);
    return;
  }
  divideByXMinus1(r, m);
  tritsToModq(r);
  multiplyByXMinus1(r);
}

/** r ← (x − 1) · r for an r of degree below n − 1. */
export function multiplyByXMinus1(r: usize): void {
  for (let j: usize = USED; j > 0; j -= 16) write(r + j - 16, sub(v128.load(r + j - 18), read(r + j - 16)));
  clearTail(r);
}

/**
 * b = a/(x − 1) mod (3, Φ_n), for n = 2 mod 3.
 *
 * Let z be the polynomial with ⟨z·x^i, x − 1⟩ = δ_{i,0} mod 3; its coefficients have period 3, so the first three
 * coefficients of b, ⟨z·x^i, a⟩, are sums over every third of a. The others follow from
 * b_i = b_(i−3) − (a_i + a_(i−1) + a_(i−2)).
 */
function divideByXMinus1(b: usize, a: usize): void {
  let s0: u32 = 0;
  let s1: u32 = 0;
  let s2: u32 = 0;
  for (let i: usize = 6; i < 2 * N; i += 6) {
    s0 += load<u16>(a + i);
    s1 += load<u16>(a + i, 2);
    s2 += load<u16>(a + i, 4);
  }
  const a0: u32 = load<u16>(a);
  const a1: u32 = load<u16>(a, 2);
  const a2: u32 = load<u16>(a, 4);
  // Each is below 3 · 4 · 234; mod 3 only at the end, all together.
  let b0 = a0 + a2 + 2 * s0 + s2;
  let b1 = a1 + s0 + 2 * s1;
  let b2 = 2 * a0 + a2 + s1 + 2 * s2;
  store<u16>(b, b0);
  store<u16>(b, b1, 2);
  store<u16>(b, b2, 4);
  for (let i: usize = 6; i < 2 * N; i += 6) {
    const before = load<u16>(a + i - 4) + load<u16>(a + i - 2);
    const x0: u32 = load<u16>(a + i);
    const x1: u32 = load<u16>(a + i, 2);
    const x2: u32 = load<u16>(a + i, 4);
    b0 += 2 * (x0 + before);
    b1 += 2 * (x1 + x0 + load<u16>(a + i - 2));
    b2 += 2 * (x2 + x1 + x0);
    store<u16>(b + i, b0);
    store<u16>(b + i, b1, 2);
    store<u16>(b + i, b2, 4);
  }
  clearTail(b);
  mod3Phi(b);
}
