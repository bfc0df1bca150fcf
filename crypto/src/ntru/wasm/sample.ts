/** Sampling: from uniform bytes to trits (submission, section 1.10). */
import { COINS, D, KEYS, QUARTER, QUARTERS, USED, WEIGHT } from './layout';
import { clearTop, mod3OfByte } from './poly';
import { HPS } from './set';
import { sortKeys } from './sort';
import { add, mul, read, write, zero } from './vector';

/** f, g ← Sample_fg of COINS. */
export function sampleFg(f: usize, g: usize): void {
  iid(f, COINS);
  if (HPS) {
    fixedType(g, COINS + D);
    return;
  }
  iid(g, COINS + D);
  makeNonNegative(f);
  makeNonNegative(g);
}

/** r, m ← Sample_rm of COINS. */
export function sampleRm(r: usize, m: usize): void {
  iid(r, COINS);
  if (HPS) fixedType(m, COINS + D);
  else iid(m, COINS + D);
}

/** Each coefficient a byte mod 3. */
function iid(r: usize, u: usize): void {
  for (let j: usize = 0; j < USED; j += 16) write(r + j, mod3OfByte(v128.load_ext<u8>(u + (j >> 1))));
  clearTop(r);
}

/** As many 1 as −1, together the weight: trits ride on 30-bit keys that are sorted. */
function fixedType(r: usize, u: usize): void {
  unpackKeys(u);
  for (let i: usize = KEYS; i < KEYS + 2 * WEIGHT; i += 4) store<u32>(i, load<u32>(i) | 1);
  for (let i: usize = KEYS + 2 * WEIGHT; i < KEYS + 4 * WEIGHT; i += 4) store<u32>(i, load<u32>(i) | 2);
  sortKeys();
  // Key 4·i + k is in quarter k, place i.
  const trit = i32x4.splat(3);
  for (let j: usize = 0; j < D; j += 16) {
    const at = QUARTERS + j;
    const even = v128.or(v128.and(read(at), trit), i32x4.shl(v128.and(v128.load(at, QUARTER), trit), 16));
    const odd = v128.or(v128.and(v128.load(at, 2 * QUARTER), trit), i32x4.shl(v128.and(v128.load(at, 3 * QUARTER), trit), 16));
    const to = r + 2 * j;
    write(to, v128.shuffle<i32>(even, odd, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<i32>(even, odd, 2, 6, 3, 7), 16);
  }
  clearTop(r);
}

/** KEYS ← fields of 30 bits, each shifted up by two: four fields in 15 bytes. */
function unpackKeys(u: usize): void {
  const low = i64x2(0xfffffffc, 0xfffffffc);
  const high = i64x2.shl(low, 32);
  for (let i: usize = 0; i < D / 4; i++) {
    // Fields 0 and 1 begin at bit 0 of the first half, fields 2 and 3 at bit 4 of bytes 7 to 14.
    const halves = i8x16.swizzle(read(u + 15 * i), i8x16(0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14));
    const pairs = v128.shuffle<i64>(halves, i64x2.shr_u(halves, 4), 0, 3);
    write(KEYS + 16 * i, v128.or(v128.and(i64x2.shl(pairs, 2), low), v128.and(i64x2.shl(pairs, 4), high)));
  }
}

/** HRSS: makes ⟨x·v, v⟩ non-negative by negating the even coefficients where it is not. */
function makeNonNegative(r: usize): void {
  for (let j: usize = 0; j < USED; j += 16) {
    const x = read(r + j);
    write(r + j, v128.or(x, i16x8.neg(i16x8.shr_u(x, 1))));
  }
  let products = zero();
  for (let j: usize = 0; j < USED; j += 16) products = add(products, mul(read(r + j), v128.load(r + j, 2)));
  const pairs = i32x4.extadd_pairwise_i16x8_s(products);
  const halves = i32x4.add(pairs, v128.shuffle<i32>(pairs, pairs, 2, 3, 0, 1));
  const correlation = i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
  const sign = <i16>(1 | (correlation >> 31));
  const signs = i16x8(sign, 1, sign, 1, sign, 1, sign, 1);
  for (let j: usize = 0; j < USED; j += 16) {
    const x = mul(read(r + j), signs);
    write(r + j, v128.and(v128.xor(x, i16x8.shr_u(x, 15)), i16x8.splat(3)));
  }
}
