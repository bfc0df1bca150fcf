/**
 * Bytes and their one canonical encoding.
 *
 * Whatever Carelet hashes, signs or authenticates is deterministic CBOR (RFC 8949 §4.2.1) of an array whose
 * first item is a label `carelet/v1/<word>/<thing>`. `cbor()` writes it and `uncbor()` reads it strictly:
 * bytes that would be encoded differently are refused, so one value has one encoding.
 *
 * @module
 */
import { decode, encode } from 'cborg';
import { quickDecode, quickEncode } from './quick.ts';

/** Raw bytes. Never a Node `Buffer` on purpose: the same code runs in a browser. */
export type Bytes = Uint8Array;

/** What `cbor()` encodes. Maps have text keys; numbers are safe integers or finite floats. */
export type Cbor = null | boolean | number | bigint | string | Bytes | readonly Cbor[] | { readonly [key: string]: Cbor };

const options = {
  rejectDuplicateMapKeys: true,
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
} as const;

/**
 * Deterministic CBOR of a value.
 *
 * @example
 * ```ts
 * import { cbor, hex } from '@carelet/crypto/algebra/bytes';
 * hex(cbor(['a', 1])); // '82616101'
 * ```
 */
export function cbor(value: Cbor): Bytes {
  return quickEncode(value) ?? plain(encode(value));
}

/**
 * Reads deterministic CBOR; throws on anything `cbor()` would have written differently.
 *
 * @throws {TypeError} on malformed or non-canonical bytes
 */
export function uncbor(bytes: Bytes): Cbor {
  const quick = quickDecode(bytes);
  if (quick !== undefined) return quick;
  let value: Cbor;
  try {
    value = decode(bytes, options) as Cbor;
  } catch {
    throw new TypeError('not deterministic CBOR');
  }
  if (!equalPublic(cbor(value), bytes)) throw new TypeError('not deterministic CBOR');
  return value;
}

/** Joins byte strings. */
export function concat(...parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of a text. */
export const utf8 = (text: string): Bytes => encoder.encode(text);

/** The text of UTF-8 bytes; throws a TypeError on malformed bytes. */
export const text = (bytes: Bytes): string => decoder.decode(bytes);

const digits = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** What newer engines can do themselves (ES2025). */
const { toHex } = Uint8Array.prototype as { toHex?: () => string };

/** Lower-case hex. */
export function hex(bytes: Bytes): string {
  if (toHex) return toHex.call(bytes);
  let out = '';
  for (const byte of bytes) out += digits[byte];
  return out;
}

/** Reads hex of either case; throws a TypeError on anything else. */
export function unhex(digitsText: string): Bytes {
  if (digitsText.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digitsText)) throw new TypeError('not hex');
  const bytes = new Uint8Array(digitsText.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digitsText.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Base64 with its padding (RFC 4648 §4). */
export function base64(bytes: Bytes): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Reads base64 strictly; throws a TypeError on whatever `base64` would have written differently. */
export function unbase64(letters: string): Bytes {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(letters)) throw new TypeError('not base64');
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  if (base64(bytes) !== letters) throw new TypeError('not base64');
  return bytes;
}

/** Compares without telling where two byte strings of the same length differ. */
export function equal(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** Compares public byte strings, stopping at the first difference. */
export function equalPublic(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Orders byte strings as unsigned big-endian, shorter first when one is a prefix: for sorting rows. */
export function compare(a: Bytes, b: Bytes): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** `a` xor `b`; both of the same length. */
export function xor(a: Bytes, b: Bytes): Bytes {
  if (a.length !== b.length) throw new TypeError('xor of different lengths');
  return a.map((byte, i) => byte ^ b[i]!);
}

/** Overwrites secrets with zeros: what JavaScript lets us wipe. Copies made by the engine stay out of reach. */
export function wipe(...secrets: readonly Bytes[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** A copy that is a plain `Uint8Array` (not a `Buffer`) over its own memory. */
export function plain(bytes: Bytes): Bytes {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes);
}
