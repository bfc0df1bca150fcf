/**
 * Inverses in S/3, S/2 and S/q: `../inverse.ts` says how and why.
 *
 * Coefficient i of a row lies in word i mod W, bit ⌊i/W⌋, words being vectors, so that a division of g or a product of v
 * by x moves a window by one word and shifts a single word by one bit. After a block of steps the windows are moved back
 * to their beginnings.
 */
import { A, B, BLOCK, C, D, MINUS_A, POLY, ROW_F, ROW_G, ROW_V, ROW_W, ROWS_END, WINDOW, WORDS } from './layout';
import { clearTop } from './poly';
import { multiply, prepare } from './product';
import { LOGQ, N, W } from './set';
import { combine3, combineTwice, eliminate3, eliminateTwice } from './unrolled';
import { read, shiftRight, write } from './vector';

const STEPS: usize = 2 * D - 1;
/** Where the window of v begins a block: it slides downwards. */
const V_TOP: usize = ROW_V + 16 * BLOCK;

/** r = 1/a in S/3, for an a whose last coefficient is 0. */
export function invertMod3(r: usize, a: usize): void {
  begin();
  gather(a, 0, true);
  let delta: i32 = 1;
  for (let step: usize = 0; step < STEPS; step += BLOCK) {
    let f0 = lowest(ROW_F);
    let f1 = lowest(ROW_F + WORDS);
    let g0 = lowest(ROW_G);
    let g1 = lowest(ROW_G + WINDOW);
    let g = ROW_G;
    let v = V_TOP;
    for (let i = min(BLOCK, STEPS - step); i > 0; i--) {
      // s = −g(0)·f(0), as two masks; exchange if δ > 0 and g(0) ≠ 0. f(0) is never 0.
      const nonzero = -(g0 & 1);
      const negative = -(~(g1 ^ f1) & 1);
      const exchange = (-delta >> 31) & nonzero;
      delta = (delta ^ exchange) - exchange + 1;
      const z0 = f0 & nonzero;
      const z1 = (f1 ^ negative) & z0;
      const a = g0 ^ z1;
      const b = g1 ^ z0;
      const t0 = (a ^ g1) | (b ^ z1);
      const t1 = a & b;
      f0 ^= (f0 ^ g0) & exchange;
      f1 ^= (f1 ^ g1) & exchange;
      g0 = t0 >> 1;
      g1 = t1 >> 1;
      const s0 = i32x4.splat(nonzero);
      const s1 = i32x4.splat(negative);
      const s2 = i32x4.splat(exchange);
      eliminate3(g, s0, s1, s2);
      g += 16;
      v -= 16;
      combine3(v, s0, s1, s2);
    }
    slideBack(0, g, v);
    slideBack(WINDOW, g, v);
  }
  scatter(r, <u32>load<u8>(ROW_F + WORDS) & 1);
}

/** r = 1/a in S/2. Steps are taken two at a time, after a first one because they are odd in number. */
export function invertMod2(r: usize, a: usize): void {
  begin();
  gather(a, <u32>load<u16>(a, 2 * D) & 1, false);
  let delta = firstStepMod2();
  for (let step: usize = 1; step < STEPS; step += BLOCK) {
    let f0 = lowest(ROW_F);
    let g0 = lowest(ROW_G);
    let g = ROW_G;
    let v = V_TOP;
    for (let i = min(BLOCK, STEPS - step); i > 0; i -= 2) {
      const nonzero = -(g0 & 1);
      const exchange = (-delta >> 31) & nonzero;
      delta = (delta ^ exchange) - exchange + 1;
      g0 ^= f0 & nonzero;
      f0 ^= g0 & exchange;
      const nonzero2 = -((g0 >> 1) & 1);
      const exchange2 = (-delta >> 31) & nonzero2;
      delta = (delta ^ exchange2) - exchange2 + 1;
      g0 = (g0 >> 1) ^ (f0 & nonzero2);
      f0 ^= g0 & exchange2;
      g0 >>= 1;
      const s0 = i32x4.splat(nonzero);
      const s1 = i32x4.splat(exchange);
      const s2 = i32x4.splat(nonzero2);
      const s3 = i32x4.splat(exchange2);
      eliminateTwice(g, s0, s1, s2, s3);
      g += 32;
      v -= 32;
      combineTwice(v, s0, s1, s2, s3);
    }
    slideBack(0, g, v);
  }
  scatter(r, 0);
}

/** The first step, where δ = 1, v = 0 and w = 1. Gives the next δ. */
function firstStepMod2(): i32 {
  const nonzero = -(load<u32>(ROW_G) & 1);
  const mask = i32x4.splat(nonzero);
  for (let j: usize = 0; j < 16 * W; j += 16) {
    const y = read(ROW_F + j);
    const t = v128.xor(read(ROW_G + j), v128.and(y, mask));
    write(ROW_F + j, v128.xor(y, v128.and(t, mask)));
    write(ROW_G + j, t);
  }
  write(ROW_G + 16 * W, shiftRight(read(ROW_G)));
  slideBack(0, ROW_G + 16, V_TOP);
  store<u16>(V_TOP, nonzero & 1);
  return 2 + 2 * nonzero;
}

/**
 * The lowest 32 coefficients of a row, one a bit. They decide the next 32 steps, so that these do not have to wait for
 * what the vectors bring.
 */
function lowest(row: usize): u32 {
  let bytes: u64 = 0;
  for (let j = W; j > 0; j--) bytes = (bytes << 8) | load<u8>(row + 16 * (j - 1));
  let x = i64x2(bytes, 0);
  let low: u32 = 0;
  // Bit k of word j is coefficient W·k + j: all words' highest bits, then the next ones.
  for (let bit = 0; bit < 8; bit++) {
    low = (low << (<u32>W)) | i8x16.bitmask(x);
    x = i8x16.add(x, x);
  }
  return low;
}

/** Moves the windows of a plane from g and v back to where a block begins. */
function slideBack(plane: usize, g: usize, v: usize): void {
  for (let j: usize = 0; j < 16 * W; j += 16) {
    write(ROW_G + plane + j, read(g + plane + j));
    write(V_TOP + plane + 16 * W - 16 - j, read(v + plane + 16 * W - 16 - j));
  }
}

/** f = Φ_n, v = 0, w = 1, and g still zero. */
function begin(): void {
  memory.fill(ROW_F, 0, ROWS_END - ROW_F);
  store<u8>(ROW_W, 1);
  for (let j: usize = 0; j < W; j++) {
    // Between 65 and 128 coefficients have this remainder.
    const bits = (N - j + W - 1) / W;
    store<u64>(ROW_F + 16 * j, u64.MAX_VALUE);
    store<u64>(ROW_F + 16 * j, u64.MAX_VALUE >> (128 - bits), 8);
  }
}

/** Row g ← a with its coefficients reversed; mod 2 after `last` is subtracted from all. */
function gather(a: usize, last: u32, trits: bool): void {
  for (let half: usize = 0; half < 2; half++) {
    for (let j: usize = 0; j < W; j++) {
      const first = 64 * W * half + j;
      let low: u64 = 0;
      let high: u64 = 0;
      const bits = min<usize>(64, (D - first + W - 1) / W);
      for (let i = first + W * bits; i > first; ) {
        i -= W;
        const x: u32 = load<u16>(a + 2 * (D - 1 - i));
        low = (low << 1) | (trits ? (x | (x >> 1)) & 1 : (x ^ last) & 1);
        high = (high << 1) | (x >> 1);
      }
      store<u64>(ROW_G + 16 * j + 8 * half, low);
      if (trits) store<u64>(ROW_G + 16 * j + 8 * half, high, WINDOW);
    }
  }
}

/** r ← row v with its coefficients reversed, nonzero ones negated where `sign` is 1; mod 2 there are none negative. */
function scatter(r: usize, sign: u32): void {
  for (let half: usize = 0; half < 2; half++) {
    for (let j: usize = 0; j < W; j++) {
      let nonzero = load<u64>(V_TOP + 16 * j + 8 * half);
      let negative = load<u64>(V_TOP + 16 * j + 8 * half, WINDOW);
      const first = 64 * W * half + j;
      const end = min(first + 64 * W, D);
      for (let i = first; i < end; i += W) {
        const one = <u32>nonzero & 1;
        store<u16>(r + 2 * (D - 1 - i), one + (one & (<u32>negative ^ sign)));
        nonzero >>= 1;
        negative >>= 1;
      }
    }
  }
  clearTop(r);
}

/**
 * r = 1/a in S/q, as a representative mod (x^n − 1, 2^13). `t` is one more polynomial, left dirty.
 *
 * From the inverse mod 2: with e = 1 − a·r, one step r ← r(1 + e + e²) reaches mod 2^3 and two of Newton's,
 * r ← r(1 + e), mod 2^12. For q = 2^13 four of Newton's cost as much.
 */
export function invertModq(r: usize, a: usize, t: usize): void {
  invertMod2(r, a);
  for (let j: usize = 0; j < POLY; j += 16) write(t + j, i16x8.neg(read(a + j)));
  prepare(MINUS_A, t);
  if (LOGQ <= 12) {
    prepare(A, r);
    multiply(t, MINUS_A, A);
    addToConstant(t, 1);
    prepare(B, t);
    addToConstant(t, 1);
    prepare(C, t);
    multiply(t, B, C);
    addToConstant(t, 1);
    prepare(B, t);
    multiply(r, A, B);
  }
  for (let i = 0; i < (LOGQ <= 12 ? 2 : 4); i++) {
    prepare(A, r);
    multiply(t, MINUS_A, A);
    addToConstant(t, 2);
    prepare(B, t);
    multiply(r, A, B);
  }
}

function addToConstant(r: usize, x: u32): void {
  store<u16>(r, load<u16>(r) + x);
}
