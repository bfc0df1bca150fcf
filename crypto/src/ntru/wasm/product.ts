/**
 * Products in Z[x]/(x^n − 1), coefficients modulo 2^16, of which 13 bits are right (3 are lost to divisions by 8).
 *
 * Toom-4 in the points 0, 1, −1, 2, −2, ½, ∞, and two levels of Karatsuba at each, leave 63 products of K = n/16
 * coefficients. Eight of them are done at once: their operands are transposed, so that a vector holds coefficient i of
 * eight polynomials, and two more levels of Karatsuba and a schoolbook product then run without moving a lane.
 *
 * An operand is evaluated and transposed by `prepare`, once for all products it is used in.
 */
import { MIDDLE, POINTS, PRODUCT, PRODUCT_ROWS, ROWS, USED, WHOLE } from './layout';
import { clearTail } from './poly';
import { K, N } from './set';
import { karatsuba, transposeIn, transposeOut } from './unrolled';
import { add, mul, read, sub, write } from './vector';

/** Bytes of a quarter of a polynomial, of a row of K coefficients, and of the nine rows of a point. */
const FOURTH: usize = 8 * K;
const ROW: usize = 2 * K;
const POINT: usize = 9 * ROW;
/** Bytes of the product of two rows, and of the value of a product at a point. */
const PRODUCT_ROW: usize = 4 * K;
const VALUE: usize = 4 * PRODUCT_ROW;

/** Evaluates and transposes an operand. */
export function prepare(operand: usize, a: usize): void {
  evaluate(a);
  for (let group: usize = 0; group < 8; group++) {
    const rows = ROWS + group * 8 * ROW;
    const columns = operand + group * 16 * K;
    for (let c: usize = 0; c < K; c += 8) {
      // K may be no multiple of 8: the last columns are then done together with some that were done before.
      const column = min<usize>(c, K - 8);
      transposeIn(columns + 16 * column, rows + 2 * column);
    }
  }
}

/** r = a · b of two prepared operands. */
export function multiply(r: usize, a: usize, b: usize): void {
  for (let group: usize = 0; group < 8; group++) {
    karatsuba(PRODUCT, a + group * 16 * K, b + group * 16 * K);
    for (let c: usize = 0; c < 2 * K; c += 8) {
      transposeOut(PRODUCT_ROWS + group * 8 * PRODUCT_ROW + 2 * c, PRODUCT + 16 * c);
    }
  }
  interpolate(r);
}

/** @inline ROWS ← for each of Toom's points, the nine rows that two levels of Karatsuba multiply. */
function evaluate(a: usize): void {
  for (let j: usize = 0; j < FOURTH; j += 16) {
    const a0 = read(a + j);
    const a1 = v128.load(a + j, FOURTH);
    const a2 = v128.load(a + j, 2 * FOURTH);
    const a3 = v128.load(a + j, 3 * FOURTH);
    const to = ROWS + j;
    write(to, a0);
    const even = add(a0, a2);
    const odd = add(a1, a3);
    v128.store(to, add(even, odd), POINT);
    v128.store(to, sub(even, odd), 2 * POINT);
    const even2 = add(a0, i16x8.shl(a2, 2));
    const odd2 = i16x8.shl(add(a1, i16x8.shl(a3, 2)), 1);
    v128.store(to, add(even2, odd2), 3 * POINT);
    v128.store(to, sub(even2, odd2), 4 * POINT);
    const half = add(i16x8.shl(add(i16x8.shl(add(i16x8.shl(a0, 1), a1), 1), a2), 1), a3);
    v128.store(to, half, 5 * POINT);
    v128.store(to, a3, 6 * POINT);
  }
  for (let point: usize = ROWS; point < ROWS + 7 * POINT; point += POINT) {
    for (let c: usize = 0; c < K; c += 8) {
      const row = point + 2 * min<usize>(c, K - 8);
      const x0 = read(row);
      const x1 = v128.load(row, ROW);
      const x2 = v128.load(row, 2 * ROW);
      const x3 = v128.load(row, 3 * ROW);
      const low = add(x0, x1);
      const high = add(x2, x3);
      v128.store(row, low, 4 * ROW);
      v128.store(row, high, 5 * ROW);
      v128.store(row, add(x0, x2), 6 * ROW);
      v128.store(row, add(x1, x3), 7 * ROW);
      v128.store(row, add(low, high), 8 * ROW);
    }
  }
}

/** PRODUCT_ROWS → POINTS: undoes the two levels of Karatsuba at each of Toom's points. */
function joinRows(): void {
  for (let point: usize = 0; point < 7; point++) {
    const rows = PRODUCT_ROWS + point * 9 * PRODUCT_ROW;
    const whole = POINTS + point * 4 * PRODUCT_ROW;
    joinThree(whole, rows, rows + PRODUCT_ROW, rows + 4 * PRODUCT_ROW);
    joinThree(whole + 2 * PRODUCT_ROW, rows + 2 * PRODUCT_ROW, rows + 3 * PRODUCT_ROW, rows + 5 * PRODUCT_ROW);
    joinThree(MIDDLE, rows + 6 * PRODUCT_ROW, rows + 7 * PRODUCT_ROW, rows + 8 * PRODUCT_ROW);
    for (let i: usize = 0; i < PRODUCT_ROW; i += 16) {
      const to = whole + i;
      const middle = sub(v128.load(to, PRODUCT_ROW), v128.load(to, 2 * PRODUCT_ROW));
      v128.store(to, add(middle, sub(read(MIDDLE + i), read(to))), PRODUCT_ROW);
      v128.store(to, sub(sub(v128.load(MIDDLE + i, PRODUCT_ROW), middle), v128.load(to, 3 * PRODUCT_ROW)), 2 * PRODUCT_ROW);
    }
  }
}

/** @inline to ← low + x^K (both − low − high) + x^2K high: two rows of K coefficients each make one product of twice the length. */
function joinThree(to: usize, low: usize, high: usize, both: usize): void {
  for (let i: usize = 0; i < PRODUCT_ROW; i += 16) {
    write(to + i, read(low + i));
    v128.store(to + i, read(high + i), PRODUCT_ROW);
  }
  for (let i: usize = 0; i < PRODUCT_ROW; i += 16) {
    const middle = sub(sub(read(both + i), read(low + i)), read(high + i));
    v128.store(to + i, add(v128.load(to + i, ROW), middle), ROW);
  }
}

/** r ← the polynomial whose values at Toom's points are in PRODUCT_ROWS, mod x^n − 1. */
function interpolate(r: usize): void {
  joinRows();
  const third = i16x8.splat(-21845);
  const fifth = i16x8.splat(-13107);
  for (let j: usize = 0; j < VALUE; j += 16) {
    const at = POINTS + j;
    const c0 = read(at);
    const at1 = v128.load(at, VALUE);
    const atMinus1 = v128.load(at, 2 * VALUE);
    const at2 = v128.load(at, 3 * VALUE);
    const atMinus2 = v128.load(at, 4 * VALUE);
    const atHalf = v128.load(at, 5 * VALUE);
    const c6 = v128.load(at, 6 * VALUE);
    // Even coefficients: c2 + c4, and c2 + 4·c4.
    const even1 = sub(sub(i16x8.shr_u(add(at1, atMinus1), 1), c0), c6);
    const even2 = i16x8.shr_u(sub(sub(add(at2, atMinus2), add(c0, c0)), i16x8.shl(c6, 7)), 3);
    const c4 = mul(sub(even2, even1), third);
    const c2 = sub(even1, c4);
    // Odd ones: c1 + c3 + c5, c1 + 4·c3 + 16·c5, and 16·c1 + 4·c3 + c5.
    const odd1 = i16x8.shr_u(sub(at1, atMinus1), 1);
    const odd2 = i16x8.shr_u(sub(at2, atMinus2), 2);
    const evenHalf = add(add(i16x8.shl(c0, 6), i16x8.shl(c2, 4)), add(i16x8.shl(c4, 2), c6));
    const oddHalf = i16x8.shr_u(sub(atHalf, evenHalf), 1);
    const p = mul(sub(odd2, odd1), third);
    const s = mul(sub(oddHalf, i16x8.shl(odd1, 4)), third);
    const c3 = mul(i16x8.neg(add(p, s)), third);
    const c5 = mul(sub(p, c3), fifth);
    const c1 = sub(sub(odd1, c3), c5);
    const to = WHOLE + j;
    write(to, c0);
    v128.store(to, c2, 2 * FOURTH);
    v128.store(to, c4, 4 * FOURTH);
    v128.store(to, c6, 6 * FOURTH);
    v128.store(at, c1, VALUE);
    v128.store(at, c3, 2 * VALUE);
    v128.store(at, c5, 3 * VALUE);
  }
  // Values are twice as long as what lies between two of them: the odd ones overlap their even neighbours.
  for (let j: usize = 0; j < VALUE; j += 16) {
    const at = POINTS + j;
    const to = WHOLE + j;
    v128.store(to, add(v128.load(to, FOURTH), v128.load(at, VALUE)), FOURTH);
    v128.store(to, add(v128.load(to, 3 * FOURTH), v128.load(at, 2 * VALUE)), 3 * FOURTH);
    v128.store(to, add(v128.load(to, 5 * FOURTH), v128.load(at, 3 * VALUE)), 5 * FOURTH);
  }
  for (let j: usize = 0; j < USED; j += 16) write(r + j, add(read(WHOLE + j), v128.load(WHOLE + j, 2 * N)));
  clearTail(r);
}
