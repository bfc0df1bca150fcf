/**
 * Sorts D signed 32-bit keys upwards by a fixed network: Batcher's merge exchange (Knuth, TAOCP vol. 3, Algorithm
 * 5.2.2M). Which places are compared depends on their number only; four places at a time, by minimum and maximum.
 *
 * Distances of four and more are done where the keys lie. For distances two and one the keys are transposed into
 * quarters (key 4·i + k goes to quarter k, place i), so that again whole vectors are compared. Behind the last key stand
 * a few of the largest, which compare without effect.
 */
import { D, KEYS, QUARTER, QUARTERS } from './layout';
import { read, write } from './vector';

/** The largest power of two below D. */
const TOP: usize = D > 512 ? 512 : 256;
const END: usize = KEYS + 4 * D;
/** The end of a quarter's places, from its beginning. */
const LAST: usize = D;

const Q0: usize = QUARTERS;
const Q1: usize = QUARTERS + QUARTER;
const Q2: usize = QUARTERS + 2 * QUARTER;
const Q3: usize = QUARTERS + 3 * QUARTER;

/** KEYS → QUARTERS. */
export function sortKeys(): void {
  for (let p: usize = 4 * TOP; p >= 16; p >>= 1) {
    for (let i: usize = KEYS; i + p < END; i += 2 * p) order(i, i + p, min<usize>(i + p, END - p));
    for (let i: usize = KEYS; i + 2 * p < END; i += 2 * p) merge(i, p);
  }
  quarter();
  // p = 2 compares quarters 0 and 2, 1 and 3; p = 1 compares 0 and 1, 2 and 3.
  for (let pair: usize = 0; pair < 2; pair++) {
    const a = Q0 + QUARTER * pair;
    order(a, a + 2 * QUARTER, a + LAST);
    mergeQuarters(a + 2 * QUARTER, a);
  }
  for (let pair: usize = 0; pair < 2; pair++) {
    const a = Q0 + 2 * QUARTER * pair;
    order(a, a + QUARTER, a + LAST);
    mergeQuarters(a + QUARTER, a);
  }
  order(Q1, Q2, Q1 + LAST);
  order(Q3, Q0 + 4, Q3 + LAST - 4);
}

/** @inline Puts the lesser of each two at `a`, up to `end`, and the greater at `b`. */
function order(a: usize, b: usize, end: usize): void {
  for (; a < end; a += 16, b += 16) {
    const x = read(a);
    const y = read(b);
    write(a, i32x4.min_s(x, y));
    write(b, i32x4.max_s(x, y));
  }
}

/** @inline The comparisons of places i + p and i + q for all q > p, largest first, for the p places from i on. */
function merge(i: usize, p: usize): void {
  const stop = min<usize>(i + p, END - 2 * p);
  let top: usize = 4 * TOP;
  for (; i < stop; i += 16) {
    while (i + top >= END) top >>= 1;
    let x = read(i + p);
    for (let q = top; q > p; q >>= 1) {
      const y = read(i + q);
      write(i + q, i32x4.max_s(x, y));
      x = i32x4.min_s(x, y);
    }
    write(i + p, x);
  }
}

/** The same between quarters: place i of `a` with places i + q of `b`, for q = TOP/4, …, 2, 1. */
function mergeQuarters(a: usize, b: usize): void {
  let top: usize = TOP;
  for (let i: usize = 0; i + 16 < LAST; i += 16) {
    while (i + top >= LAST) top >>= 1;
    let x = read(a + i);
    for (let q = top; q >= 16; q >>= 1) {
      const y = read(b + i + q);
      write(b + i + q, i32x4.max_s(x, y));
      x = i32x4.min_s(x, y);
    }
    write(a + i, x);
  }
  order(a, b + 8, a + LAST - 8);
  order(a, b + 4, a + LAST - 4);
}

function quarter(): void {
  for (let i: usize = END; i < END + 64; i += 16) write(i, i32x4.splat(0x7fffffff));
  for (let i: usize = 0; i < D + 12; i += 16) {
    const from = KEYS + 4 * i;
    const r0 = read(from);
    const r1 = v128.load(from, 16);
    const r2 = v128.load(from, 32);
    const r3 = v128.load(from, 48);
    const s0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
    const s1 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
    const s2 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
    const s3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
    const to = QUARTERS + i;
    write(to, v128.shuffle<i64>(s0, s2, 0, 2));
    v128.store(to, v128.shuffle<i64>(s0, s2, 1, 3), QUARTER);
    v128.store(to, v128.shuffle<i64>(s1, s3, 0, 2), 2 * QUARTER);
    v128.store(to, v128.shuffle<i64>(s1, s3, 1, 3), 3 * QUARTER);
  }
}
