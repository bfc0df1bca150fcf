/**
 * Packing (submission, section 1.8): n − 1 coefficients as bytes; the last one is implied.
 *
 * @module
 */
import type { Params } from './params.ts';
import { mod3Phi } from './poly.ts';
import type { Poly } from './product.ts';

/** Coefficients mod q, log q bits each, little-endian; the bits left over in the last byte are zero. */
export function packModq(p: Params, out: Uint8Array, a: Poly): void {
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < p.n - 1; i++) {
    bits |= (a[i]! & (p.q - 1)) << held;
    held += p.logq;
    while (held >= 8) {
      out[at++] = bits;
      bits >>= 8;
      held -= 8;
    }
  }
  if (held > 0) out[at] = bits;
}

/** Reads what `packModq` wrote, as an element of S/q: the last coefficient is 0. Padding bits are not looked at. */
export function unpackModq(p: Params, r: Poly, bytes: Uint8Array): void {
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < p.n - 1; i++) {
    while (held < p.logq) {
      bits |= bytes[at++]! << held;
      held += 8;
    }
    r[i] = bits & (p.q - 1);
    bits >>= p.logq;
    held -= p.logq;
  }
  r[p.n - 1] = 0;
}

/** The same as an element of R/q that vanishes at 1: the last coefficient is minus the sum of the others. */
export function unpackSumZero(p: Params, r: Poly, bytes: Uint8Array): void {
  unpackModq(p, r, bytes);
  let sum = 0;
  for (let i = 0; i < p.n - 1; i++) sum = (sum + r[i]!) & 0xffff;
  r[p.n - 1] = -sum;
}

/** The bits of the last byte that `packModq` leaves zero, of a key or a ciphertext: 0 where all is well. */
export function paddingModq(p: Params, bytes: Uint8Array): number {
  return bytes[p.modqBytes - 1]! & (0xff << (8 - (7 & (p.logq * (p.n - 1))))) & 0xff;
}

/** Five trits a byte, base 3, the first one least; the last byte holds the rest. */
export function packTrits(p: Params, out: Uint8Array, a: Poly): void {
  const d = p.n - 1;
  for (let i = 0; i < p.tritBytes; i++) {
    let byte = 0;
    for (let j = Math.min(5 * i + 5, d) - 1; j >= 5 * i; j--) byte = (3 * byte + a[j]!) & 255;
    out[i] = byte;
  }
}

/** Reads what `packTrits` wrote. Fields are quotients, and only the reduction mod (3, Φ_n) makes them digits. */
export function unpackTrits(p: Params, r: Poly, bytes: Uint8Array): void {
  const d = p.n - 1;
  for (let i = 0; i < p.tritBytes; i++) {
    let byte = bytes[i]!;
    const end = Math.min(5 * i + 5, d);
    for (let j = 5 * i; j < end; j++) {
      r[j] = byte;
      byte = (byte * 171) >> 9;
    }
  }
  r[d] = 0;
  mod3Phi(p, r);
}

/** Whether every byte is one that `packTrits` writes: below 3^5, the last below 3^(trits left). Constant shape. */
export function tritsAreCanonical(p: Params, bytes: Uint8Array): boolean {
  let bad = 0;
  for (let i = 0; i < p.tritBytes; i++) {
    const limit = 3 ** (Math.min(5 * i + 5, p.n - 1) - 5 * i);
    bad |= (limit - 1 - bytes[i]!) >> 31;
  }
  return bad === 0;
}
