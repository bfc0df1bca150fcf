/**
 * ChaCha20-Poly1305 (RFC 8439). The caller lays key, nonce, additional data and message at the places that `address`
 * names, and takes the message, sealed or opened in place, and the tag.
 *
 * Poly1305 counts modulo 2^130 − 5 in five limbs of 26 bits: a product of two fits 64 bits, and carries decide nothing.
 */
import { chacha20 } from './chacha20';

const KEY: usize = 1024;
const NONCE: usize = KEY + 32;
const TAG: usize = NONCE + 16;
/** The accumulator, and a block of lengths. */
const SUM: usize = TAG + 16;
const LENGTHS: usize = SUM + 48;
/** Additional data, at most so many bytes. */
const EXTRA: usize = LENGTHS + 16;
const EXTRA_ROOM: usize = 1024;
/** The one-time key r ‖ s and the rest of its block of keystream; what is behind belongs to nobody. */
const ONCE: usize = EXTRA + EXTRA_ROOM;
/** The message, with a block before it for the one-time key when both are made at once. */
const BLOCK: usize = ONCE + 256;
const TEXT: usize = BLOCK + 64;

const LIMB: u64 = 0x3ffffff;

/** Where things lie, by number: key, nonce, tag, additional data, message; and the room for additional data. */
export function address(what: i32): usize {
  if (what === 0) return KEY;
  if (what === 1) return NONCE;
  if (what === 2) return TAG;
  if (what === 3) return EXTRA;
  if (what === 4) return TEXT;
  return EXTRA_ROOM;
}

/** Encrypts `length` bytes in place and writes the tag over them and over `extra` bytes of additional data. */
export function seal(extra: usize, length: usize): void {
  // Block 0 of the keystream is the one-time key, the next ones are the message's.
  chacha20(BLOCK, TEXT + length, KEY, state(0));
  memory.copy(ONCE, BLOCK, 32);
  authenticate(extra, length);
}

/** 0 where TAG is the tag of an encrypted message. The caller may then `decrypt`; this is not said before. */
export function check(extra: usize, length: usize): u32 {
  const first = load<u64>(TAG);
  const second = load<u64>(TAG, 8);
  chacha20(ONCE, ONCE + 32, KEY, state(0));
  authenticate(extra, length);
  const wrong = (first ^ load<u64>(TAG)) | (second ^ load<u64>(TAG, 8));
  return <u32>(wrong | (wrong >> 32));
}

export function decrypt(length: usize): void {
  chacha20(TEXT, TEXT + length, KEY, state(1));
}

/** Clears everything that a call with a message of this length used. */
export function wipe(length: usize): void {
  memory.fill(KEY, 0, TEXT + length + 256 - KEY);
}

/** The last row of the cipher's state. */
function state(counter: u32): v128 {
  const nonce = v128.load(NONCE);
  return i32x4.replace_lane(v128.shuffle<i32>(nonce, nonce, 0, 0, 1, 2), 0, counter);
}

/** TAG ← the tag under the one-time key, over data and message, each padded with zeros, and their lengths. */
function authenticate(extra: usize, length: usize): void {
  memory.fill(SUM, 0, 40);
  // The cipher has changed what follows the message.
  memory.fill(TEXT + length, 0, 16);
  store<u64>(LENGTHS, extra);
  store<u64>(LENGTHS, length, 8);
  absorb(EXTRA, EXTRA + extra);
  absorb(TEXT, TEXT + length);
  absorb(LENGTHS, LENGTHS + 16);
  finish();
}

/** Takes whole blocks from `at` on until `end` is reached. */
function absorb(at: usize, end: usize): void {
  const low = load<u64>(ONCE) & 0x0ffffffc0fffffff;
  const high = load<u64>(ONCE, 8) & 0x0ffffffc0ffffffc;
  const r0 = low & LIMB;
  const r1 = (low >> 26) & LIMB;
  const r2 = ((low >> 52) | (high << 12)) & LIMB;
  const r3 = (high >> 14) & LIMB;
  const r4 = high >> 40;
  const s1 = 5 * r1;
  const s2 = 5 * r2;
  const s3 = 5 * r3;
  const s4 = 5 * r4;
  let h0 = load<u64>(SUM);
  let h1 = load<u64>(SUM, 8);
  let h2 = load<u64>(SUM, 16);
  let h3 = load<u64>(SUM, 24);
  let h4 = load<u64>(SUM, 32);
  for (; at < end; at += 16) {
    const x = load<u64>(at);
    const y = load<u64>(at, 8);
    h0 += x & LIMB;
    h1 += (x >> 26) & LIMB;
    h2 += ((x >> 52) | (y << 12)) & LIMB;
    h3 += (y >> 14) & LIMB;
    h4 += (y >> 40) | (1 << 24);
    // 2^130 = 5: what a product has above counts five times below.
    let d0 = h0 * r0 + h1 * s4 + h2 * s3 + h3 * s2 + h4 * s1;
    let d1 = h0 * r1 + h1 * r0 + h2 * s4 + h3 * s3 + h4 * s2;
    let d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s4 + h4 * s3;
    let d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * s4;
    let d4 = h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0;
    d1 += d0 >> 26;
    d2 += d1 >> 26;
    d3 += d2 >> 26;
    d4 += d3 >> 26;
    d0 = (d0 & LIMB) + 5 * (d4 >> 26);
    h0 = d0 & LIMB;
    h1 = (d1 & LIMB) + (d0 >> 26);
    h2 = d2 & LIMB;
    h3 = d3 & LIMB;
    h4 = d4 & LIMB;
  }
  store<u64>(SUM, h0);
  store<u64>(SUM, h1, 8);
  store<u64>(SUM, h2, 16);
  store<u64>(SUM, h3, 24);
  store<u64>(SUM, h4, 32);
}

/** TAG ← (the sum mod 2^130 − 5) + s mod 2^128. */
function finish(): void {
  let h0 = load<u64>(SUM);
  let h1 = load<u64>(SUM, 8);
  let h2 = load<u64>(SUM, 16);
  let h3 = load<u64>(SUM, 24);
  let h4 = load<u64>(SUM, 32);
  h2 += h1 >> 26;
  h1 &= LIMB;
  h3 += h2 >> 26;
  h2 &= LIMB;
  h4 += h3 >> 26;
  h3 &= LIMB;
  h0 += 5 * (h4 >> 26);
  h4 &= LIMB;
  h1 += h0 >> 26;
  h0 &= LIMB;
  // h + 5 − 2^130 is taken where it is not negative.
  let g0 = h0 + 5;
  let g1 = h1 + (g0 >> 26);
  let g2 = h2 + (g1 >> 26);
  let g3 = h3 + (g2 >> 26);
  const g4 = h4 + (g3 >> 26) - (1 << 26);
  const below = <u64>(<i64>g4 >> 63);
  h0 = (h0 & below) | (g0 & LIMB & ~below);
  h1 = (h1 & below) | (g1 & LIMB & ~below);
  h2 = (h2 & below) | (g2 & LIMB & ~below);
  h3 = (h3 & below) | (g3 & LIMB & ~below);
  h4 = (h4 & below) | (g4 & LIMB & ~below);
  // Sums of 32 bits carry into the next ones.
  g0 = ((h0 | (h1 << 26)) & 0xffffffff) + load<u32>(ONCE, 16);
  g1 = (((h1 >> 6) | (h2 << 20)) & 0xffffffff) + load<u32>(ONCE, 20) + (g0 >> 32);
  g2 = (((h2 >> 12) | (h3 << 14)) & 0xffffffff) + load<u32>(ONCE, 24) + (g1 >> 32);
  g3 = (((h3 >> 18) | (h4 << 8)) & 0xffffffff) + load<u32>(ONCE, 28) + (g2 >> 32);
  store<u32>(TAG, <u32>g0);
  store<u32>(TAG, <u32>g1, 4);
  store<u32>(TAG, <u32>g2, 8);
  store<u32>(TAG, <u32>g3, 12);
}
