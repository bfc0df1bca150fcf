/**
 * Size classes, so that a length tells little: 1 KiB, powers of two to 16 KiB, then Padmé (at most 12 % more).
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';

/** The class a content of `length` bytes falls into, one byte of marker included. */
export function sizeClass(length: number): number {
  const needed = length + 1;
  for (let size = 1024; size <= 16384; size *= 2) if (needed <= size) return size;
  // Padmé (Nikitin et al., PETS 2019, §4): keep only as many significant bits as the length's magnitude has.
  const magnitude = Math.floor(Math.log2(needed));
  const step = 2 ** (magnitude - (Math.floor(Math.log2(magnitude)) + 1));
  return Math.ceil(needed / step) * step;
}

/** Content ‖ 0x80 ‖ zeros up to its class. */
export function pad(content: Bytes): Bytes {
  const padded = new Uint8Array(sizeClass(content.length));
  padded.set(content);
  padded[content.length] = 0x80;
  return padded;
}

/** What `pad` was given; `null` when the bytes are no padded content of the right class. */
export function unpad(padded: Bytes): Bytes | null {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  if (end < 0 || padded[end] !== 0x80 || sizeClass(end) !== padded.length) return null;
  return padded.subarray(0, end);
}
