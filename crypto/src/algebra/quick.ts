/**
 * A quick way through deterministic CBOR for what nearly all of it is made of: arrays of bytes, texts and whole numbers.
 *
 * Reading a row takes a dozen encodings, and a general encoder costs more than the hash over what it gives. What
 * stands here knows no maps, fractions, tags or large integers and says so instead of guessing: `cbor` and `uncbor`
 * then take the long way, which is also the one that refuses.
 *
 * @module
 */
import type { Bytes, Cbor } from './bytes.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Deeper than anything we encode, and far from the end of the stack. */
const deepest = 16;

/** The deterministic encoding of a value; `null` when something in it needs the long way. */
export function quickEncode(value: Cbor): Bytes | null {
  const length = lengthOf(value, 0);
  if (Number.isNaN(length)) return null;
  const bytes = new Uint8Array(length);
  write(value, bytes, 0);
  return bytes;
}

/** The value these bytes are the deterministic encoding of; `undefined` when that takes the long way to tell. */
export function quickDecode(bytes: Bytes): Cbor | undefined {
  let at = 0;
  try {
    const value = read(0);
    return at === bytes.length ? value : undefined;
  } catch {
    return undefined;
  }

  function read(depth: number): Cbor {
    const first = bytes[at++];
    if (first === undefined || depth > deepest) throw refusal;
    if (first === 0xf4) return false;
    if (first === 0xf5) return true;
    if (first === 0xf6) return null;
    const major = first >> 5;
    if (major > 4) throw refusal;
    const size = head(first & 0x1f);
    switch (major) {
      case 0:
        return size;
      case 1:
        return -1 - size;
      case 2:
        // A copy that is a plain Uint8Array, whatever the bytes came as.
        return new Uint8Array(bytes.subarray(at, take(size)));
      case 3:
        return textOf(at, take(size));
      default: {
        if (size > bytes.length - at) throw refusal;
        const items: Cbor[] = [];
        for (let i = 0; i < size; i++) items.push(read(depth + 1));
        return items;
      }
    }
  }

  /** The argument of an item, in its shortest form only. */
  function head(argument: number): number {
    if (argument < 24) return argument;
    if (argument > 26) throw refusal;
    let value = 0;
    for (const end = at + 2 ** (argument - 24); at < end; at++) value = value * 256 + (bytes[at] ?? Number.NaN);
    if (!(value >= smallest[argument - 24]!)) throw refusal;
    return value;
  }

  function take(size: number): number {
    at += size;
    if (at > bytes.length) throw refusal;
    return at;
  }

  function textOf(from: number, to: number): string {
    if (to - from > shortText) return decoder.decode(bytes.subarray(from, to));
    let text = '';
    for (let i = from; i < to; i++) {
      if (bytes[i]! > 0x7f) return decoder.decode(bytes.subarray(from, to));
      text += String.fromCharCode(bytes[i]!);
    }
    return text;
  }
}

/** Thrown inside and caught inside: an error of its own for each would cost more than the long way. */
const refusal = new TypeError('not the quick way');

/** Below this many bytes a loop is quicker than the decoder. */
const shortText = 32;

/** The smallest number that needs one, two and four bytes. */
const smallest = [24, 256, 65_536];
const largest = 2 ** 32;

/** Bytes that a value takes; NaN for what needs the long way. */
function lengthOf(value: Cbor, depth: number): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'number') {
    // Whole and not -0, which is a fraction's.
    if (!Number.isInteger(value) || value >= largest || value < -largest || Object.is(value, -0)) return Number.NaN;
    return headLength(value < 0 ? -1 - value : value);
  }
  if (typeof value === 'string') {
    const length = utf8Length(value);
    return headLength(length) + length;
  }
  if (value instanceof Uint8Array) return headLength(value.length) + value.length;
  if (!Array.isArray(value) || depth === deepest) return Number.NaN;
  let length = headLength(value.length);
  for (const item of value as readonly Cbor[]) length += lengthOf(item, depth + 1);
  return length;
}

const headLength = (argument: number): number => (argument < 24 ? 1 : argument < 256 ? 2 : argument < 65_536 ? 3 : 5);

/** NaN for a text that has none, as half of a surrogate pair stands alone in it. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else if (code < 0xd800 || code > 0xdfff) length += 2;
    else {
      const next = text.charCodeAt(++i);
      if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return Number.NaN;
      length += 2;
    }
  }
  return length;
}

/** Writes a value that `lengthOf` knows; gives the place behind it. */
function write(value: Cbor, out: Bytes, at: number): number {
  if (value === null || typeof value === 'boolean') {
    out[at] = value === null ? 0xf6 : value ? 0xf5 : 0xf4;
    return at + 1;
  }
  if (typeof value === 'number') return value < 0 ? writeHead(0x20, -1 - value, out, at) : writeHead(0, value, out, at);
  if (typeof value === 'string') return writeText(value, out, at);
  if (value instanceof Uint8Array) {
    const start = writeHead(0x40, value.length, out, at);
    out.set(value, start);
    return start + value.length;
  }
  const items = value as readonly Cbor[];
  let end = writeHead(0x80, items.length, out, at);
  for (const item of items) end = write(item, out, end);
  return end;
}

function writeText(text: string, out: Bytes, at: number): number {
  const length = utf8Length(text);
  const start = writeHead(0x60, length, out, at);
  if (length !== text.length || length > shortText) encoder.encodeInto(text, out.subarray(start));
  else for (let i = 0; i < length; i++) out[start + i] = text.charCodeAt(i);
  return start + length;
}

function writeHead(major: number, argument: number, out: Bytes, at: number): number {
  const length = headLength(argument);
  if (length === 1) {
    out[at] = major | argument;
    return at + 1;
  }
  out[at] = major | (length === 2 ? 24 : length === 3 ? 25 : 26);
  for (let i = length - 1, rest = argument; i > 0; i--, rest = Math.floor(rest / 256)) out[at + i] = rest & 0xff;
  return at + length;
}
