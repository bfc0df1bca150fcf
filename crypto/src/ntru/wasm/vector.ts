/** Names for the vector instructions that every step is written in: eight lanes of 16 bits. */

/** @inline */
export function read(at: usize): v128 {
  return v128.load(at);
}

/** @inline */
export function write(at: usize, x: v128): void {
  v128.store(at, x);
}

/** @inline */
export function add(a: v128, b: v128): v128 {
  return i16x8.add(a, b);
}

/** @inline */
export function sub(a: v128, b: v128): v128 {
  return i16x8.sub(a, b);
}

/** @inline */
export function mul(a: v128, b: v128): v128 {
  return i16x8.mul(a, b);
}

/** @inline */
export function zero(): v128 {
  return i64x2(0, 0);
}

/** The sum of the eight lanes, which are unsigned; each of four partial sums must stay below 2^32. */
export function sumLanes(x: v128): u32 {
  const s = i32x4.extadd_pairwise_i16x8_u(x);
  return i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3);
}

/** @inline A vector as 128 bits, shifted up by one. */
export function shiftLeft(x: v128): v128 {
  return v128.or(i64x2.shl(x, 1), v128.shuffle<i64>(zero(), i64x2.shr_u(x, 63), 0, 2));
}

/** @inline The same downwards. */
export function shiftRight(x: v128): v128 {
  return v128.or(i64x2.shr_u(x, 1), v128.shuffle<i64>(i64x2.shl(x, 63), zero(), 1, 2));
}
