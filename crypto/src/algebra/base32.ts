/**
 * Bytes as people read them out and type them: Crockford's base 32.
 *
 * @module
 */
import type { Bytes } from './bytes.ts';

// It has no I, L, O and U.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Bytes as text, in groups of so many digits with hyphens between.
 *
 * @example
 * ```ts
 * import { fromBase32, toBase32 } from '@carelet/crypto/algebra/base32';
 * import { hex } from '@carelet/crypto/algebra/bytes';
 * toBase32(Uint8Array.of(255, 0, 1, 2, 3), 4); // 'ZW00-20G3'
 * hex(fromBase32('zwoo 2og3')!); // 'ff00010203'
 * ```
 */
export function toBase32(bytes: Bytes, group: number): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    held += 8;
    while (held >= 5) {
      held -= 5;
      out += alphabet[(bits >> held) & 31];
    }
  }
  if (held > 0) out += alphabet[(bits << (5 - held)) & 31];
  return out.replace(new RegExp(`.{${group}}(?=.)`, 'g'), '$&-');
}

/** Reads it. Case, blanks and hyphens do not matter, and O, I and L are read as 0 and 1. `null` for any other text. */
export function fromBase32(text: string): Bytes | null {
  const digits = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const bytes = new Uint8Array(Math.floor((digits.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return null;
    bits = ((bits << 5) | value) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = bits >> held;
    }
  }
  // Bits left over are zero, and fewer than a digit: bytes have one text.
  return held < 5 && (bits & ((1 << held) - 1)) === 0 ? bytes : null;
}
