/** Packing (submission, section 1.8): n − 1 coefficients as bytes; the last one is implied. See `../pack.ts`. */
import { D, MODQ_BYTES, Q_MASK, TRIT_BYTES, USED } from './layout';
import { clearTop, mod3Phi } from './poly';
import { LOGQ } from './set';
import { add, read, sumLanes, write, zero } from './vector';

/** Bits of four packed coefficients, half a group; a group of eight fills log q bytes. */
const HALF: usize = 4 * LOGQ;

/** The bits of the last byte that `packModq` leaves zero, of a key or a ciphertext: 0 where all is well. */
export function padding(bytes: usize): u32 {
  return load<u8>(bytes + MODQ_BYTES - 1) & (0xff & (0xff << (8 - (7 & (LOGQ * D)))));
}

/** Coefficients mod q, log q bits each, little-endian. Zeroes the last one of a, and some bytes behind `out`. */
export function packModq(out: usize, a: usize): void {
  clearTop(a);
  const twos = i32x4.splat(1 | (1 << (16 + LOGQ)));
  const lows = i64x2.splat(0xffffffff);
  for (let i: usize = 0; i <= D / 8; i++) {
    // Two coefficients a lane by 1 and 2^log q, then four.
    const pairs = i32x4.dot_i16x8_s(v128.and(read(a + 16 * i), i16x8.splat(<i16>Q_MASK)), twos);
    const fours = v128.or(v128.and(pairs, lows), i64x2.shl(i64x2.shr_u(pairs, 32), 2 * LOGQ));
    const first = i64x2.extract_lane(fours, 0);
    const second = i64x2.extract_lane(fours, 1);
    store<u64>(out + LOGQ * i, first | (second << HALF));
    store<u64>(out + LOGQ * i, second >> (64 - HALF), 8);
  }
}

/** Reads what `packModq` wrote, as an element of S/q: the last coefficient is 0. Padding bits are not looked at. */
export function unpackModq(r: usize, bytes: usize): void {
  const fourBits = i64x2.splat((1 << (2 * LOGQ)) - 1);
  const mask = i16x8.splat(<i16>Q_MASK);
  for (let i: usize = 0; i <= D / 8; i++) {
    const from = bytes + LOGQ * i;
    const fours = i64x2.replace_lane(i64x2.splat(load<u64>(from)), 1, load<u64>(from, HALF >> 3) >> (HALF & 7));
    const pairs = v128.or(v128.and(fours, fourBits), i64x2.shl(v128.and(i64x2.shr_u(fours, 2 * LOGQ), fourBits), 32));
    write(r + 16 * i, v128.and(v128.or(v128.and(pairs, i32x4.splat(Q_MASK)), i32x4.shl(i32x4.shr_u(pairs, LOGQ), 16)), mask));
  }
  clearTop(r);
}

/** The same as an element of R/q that vanishes at 1: the last coefficient is minus the sum of the others. */
export function unpackSumZero(r: usize, bytes: usize): void {
  unpackModq(r, bytes);
  let sum = zero();
  for (let j: usize = 0; j < USED; j += 16) sum = add(sum, read(r + j));
  store<u16>(r, -sumLanes(sum), 2 * D);
}

/** Five trits a byte, base 3, the first one least; the last byte holds the rest. */
export function packTrits(out: usize, a: usize): void {
  // What lies behind the last trit is zero, so that the last byte needs no care.
  store<u16>(a, 0, 2 * D);
  for (let i: usize = 0; i < TRIT_BYTES; i++) {
    const from = a + 10 * i;
    const high: u32 = load<u16>(from, 6) + 3 * load<u16>(from, 8);
    store<u8>(out + i, load<u16>(from) + 3 * load<u16>(from, 2) + 9 * (load<u16>(from, 4) + 3 * high));
  }
}

/** Reads what `packTrits` wrote. Fields are quotients, and only the reduction mod (3, Φ_n) makes them digits. */
export function unpackTrits(r: usize, bytes: usize): void {
  for (let i: usize = 0; i < TRIT_BYTES; i++) {
    const byte: u32 = load<u8>(bytes + i);
    const to = r + 10 * i;
    store<u16>(to, byte);
    store<u16>(to, (byte * 171) >> 9, 2);
    store<u16>(to, (byte * 57) >> 9, 4);
    store<u16>(to, (byte * 19) >> 9, 6);
    store<u16>(to, (byte * 203) >> 14, 8);
  }
  clearTop(r);
  mod3Phi(r);
}
