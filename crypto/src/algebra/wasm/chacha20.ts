/**
 * ChaCha20 (RFC 8439), three blocks of 64 bytes at a time, so that their long chains of additions overlap.
 *
 * A block's state is four rows of four words. The second half of a double round works on diagonals: the rows are turned
 * until diagonals stand as columns, and turned back.
 */

/** Bytes that one turn of the loop makes. */
export const STRIDE: usize = 192;

/** @inline */
function left16(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
}

/** @inline */
function left12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}

/** @inline */
function left8(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14));
}

/** @inline */
function left7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

/**
 * XORs the keystream over the bytes from `at` to `end` in place; up to STRIDE − 1 bytes behind are changed too.
 *
 * @param key where the 32 bytes of the key lie
 * @param last the last row of the state: block counter and nonce
 */
export function chacha20(at: usize, end: usize, key: usize, last: v128): void {
  const a = i32x4(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
  const b = v128.load(key);
  const c = v128.load(key, 16);
  let d = last;
  const one = i32x4(1, 0, 0, 0);
  const two = i32x4(2, 0, 0, 0);
  const three = i32x4(3, 0, 0, 0);
  for (; at < end; at += STRIDE) {
    let a0 = a;
    let a1 = a;
    let a2 = a;
    let b0 = b;
    let b1 = b;
    let b2 = b;
    let c0 = c;
    let c1 = c;
    let c2 = c;
    let d0 = d;
    let d1 = i32x4.add(d, one);
    let d2 = i32x4.add(d, two);
    for (let round = 0; round < 10; round++) {
      a0 = i32x4.add(a0, b0);
      a1 = i32x4.add(a1, b1);
      a2 = i32x4.add(a2, b2);
      d0 = left16(v128.xor(d0, a0));
      d1 = left16(v128.xor(d1, a1));
      d2 = left16(v128.xor(d2, a2));
      c0 = i32x4.add(c0, d0);
      c1 = i32x4.add(c1, d1);
      c2 = i32x4.add(c2, d2);
      b0 = left12(v128.xor(b0, c0));
      b1 = left12(v128.xor(b1, c1));
      b2 = left12(v128.xor(b2, c2));
      a0 = i32x4.add(a0, b0);
      a1 = i32x4.add(a1, b1);
      a2 = i32x4.add(a2, b2);
      d0 = left8(v128.xor(d0, a0));
      d1 = left8(v128.xor(d1, a1));
      d2 = left8(v128.xor(d2, a2));
      c0 = i32x4.add(c0, d0);
      c1 = i32x4.add(c1, d1);
      c2 = i32x4.add(c2, d2);
      b0 = left7(v128.xor(b0, c0));
      b1 = left7(v128.xor(b1, c1));
      b2 = left7(v128.xor(b2, c2));
      b0 = v128.shuffle<i32>(b0, b0, 1, 2, 3, 0);
      b1 = v128.shuffle<i32>(b1, b1, 1, 2, 3, 0);
      b2 = v128.shuffle<i32>(b2, b2, 1, 2, 3, 0);
      c0 = v128.shuffle<i32>(c0, c0, 2, 3, 0, 1);
      c1 = v128.shuffle<i32>(c1, c1, 2, 3, 0, 1);
      c2 = v128.shuffle<i32>(c2, c2, 2, 3, 0, 1);
      d0 = v128.shuffle<i32>(d0, d0, 3, 0, 1, 2);
      d1 = v128.shuffle<i32>(d1, d1, 3, 0, 1, 2);
      d2 = v128.shuffle<i32>(d2, d2, 3, 0, 1, 2);
      a0 = i32x4.add(a0, b0);
      a1 = i32x4.add(a1, b1);
      a2 = i32x4.add(a2, b2);
      d0 = left16(v128.xor(d0, a0));
      d1 = left16(v128.xor(d1, a1));
      d2 = left16(v128.xor(d2, a2));
      c0 = i32x4.add(c0, d0);
      c1 = i32x4.add(c1, d1);
      c2 = i32x4.add(c2, d2);
      b0 = left12(v128.xor(b0, c0));
      b1 = left12(v128.xor(b1, c1));
      b2 = left12(v128.xor(b2, c2));
      a0 = i32x4.add(a0, b0);
      a1 = i32x4.add(a1, b1);
      a2 = i32x4.add(a2, b2);
      d0 = left8(v128.xor(d0, a0));
      d1 = left8(v128.xor(d1, a1));
      d2 = left8(v128.xor(d2, a2));
      c0 = i32x4.add(c0, d0);
      c1 = i32x4.add(c1, d1);
      c2 = i32x4.add(c2, d2);
      b0 = left7(v128.xor(b0, c0));
      b1 = left7(v128.xor(b1, c1));
      b2 = left7(v128.xor(b2, c2));
      b0 = v128.shuffle<i32>(b0, b0, 3, 0, 1, 2);
      b1 = v128.shuffle<i32>(b1, b1, 3, 0, 1, 2);
      b2 = v128.shuffle<i32>(b2, b2, 3, 0, 1, 2);
      c0 = v128.shuffle<i32>(c0, c0, 2, 3, 0, 1);
      c1 = v128.shuffle<i32>(c1, c1, 2, 3, 0, 1);
      c2 = v128.shuffle<i32>(c2, c2, 2, 3, 0, 1);
      d0 = v128.shuffle<i32>(d0, d0, 1, 2, 3, 0);
      d1 = v128.shuffle<i32>(d1, d1, 1, 2, 3, 0);
      d2 = v128.shuffle<i32>(d2, d2, 1, 2, 3, 0);
    }
    v128.store(at, v128.xor(v128.load(at, 0), i32x4.add(a0, a)), 0);
    v128.store(at, v128.xor(v128.load(at, 16), i32x4.add(b0, b)), 16);
    v128.store(at, v128.xor(v128.load(at, 32), i32x4.add(c0, c)), 32);
    v128.store(at, v128.xor(v128.load(at, 48), i32x4.add(d0, d)), 48);
    v128.store(at, v128.xor(v128.load(at, 64), i32x4.add(a1, a)), 64);
    v128.store(at, v128.xor(v128.load(at, 80), i32x4.add(b1, b)), 80);
    v128.store(at, v128.xor(v128.load(at, 96), i32x4.add(c1, c)), 96);
    v128.store(at, v128.xor(v128.load(at, 112), i32x4.add(d1, i32x4.add(d, one))), 112);
    v128.store(at, v128.xor(v128.load(at, 128), i32x4.add(a2, a)), 128);
    v128.store(at, v128.xor(v128.load(at, 144), i32x4.add(b2, b)), 144);
    v128.store(at, v128.xor(v128.load(at, 160), i32x4.add(c2, c)), 160);
    v128.store(at, v128.xor(v128.load(at, 176), i32x4.add(d2, i32x4.add(d, two))), 176);
    d = i32x4.add(d, three);
  }
}
