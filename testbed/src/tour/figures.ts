/**
 * Figures as people read them.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';

/** `1,240`, `0.3`: grouped, with so many digits behind the point. */
export const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** `84 bytes`, `1,236 bytes`, `152 kB`, `1.9 MB`. */
export function bytes(count: number): string {
  if (count < 10_000) return `${number(count)} bytes`;
  return count < 1_000_000 ? `${number(count / 1000)} kB` : `${number(count / 1_000_000, 1)} MB`;
}

/** Whether some bytes stand inside others. */
export const contains = (whole: Bytes, part: Bytes): boolean => Buffer.from(whole).includes(Buffer.from(part));
