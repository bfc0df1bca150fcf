/**
 * How a value becomes a body and a body a value: CBOR where bytes travel, JSON elsewhere.
 *
 * Reading is strict, because what is not read cannot be misread: no duplicate keys, no indefinite lengths,
 * no tags, no `undefined`, no NaN; at most 32 levels; text is well-formed Unicode without NUL (a database
 * would choke on it) and without U+FFFD (which stands for bytes that were no text); and no key is
 * `__proto__`. Unlike what is signed or hashed (`@carelet/crypto/algebra/bytes`), a body need not be
 * canonical.
 *
 * @module
 */
import { decode, encode } from 'cborg';
import { CareletError } from '../model/error.ts';

export type BodyKind = 'json' | 'cbor';

/** The media type of each kind of body. */
export const mediaTypes = { json: 'application/json', cbor: 'application/cbor' } as const;

/** How deep a body may nest. */
export const maxDepth = 32;

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const reading = {
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
} as const;

const writing = {
  ignoreUndefinedProperties: true,
  typeEncoders: {
    undefined: () => {
      throw new TypeError('undefined has no place in a body');
    },
  },
} as const;

/**
 * The bytes of a value. Properties that are `undefined` are left out, as if they were not there.
 *
 * @throws {TypeError} on a value that has no encoding
 * @example
 * ```ts
 * import { decodeBody, encodeBody } from '@carelet/care/wire';
 * decodeBody('cbor', encodeBody('cbor', { pulse: 72 })); // { pulse: 72 }
 * ```
 */
export function encodeBody(kind: BodyKind, value: unknown): Uint8Array<ArrayBuffer> {
  if (kind === 'json') return utf8.encode(JSON.stringify(value, refuseBytes));
  try {
    return encode(value, writing);
  } catch {
    throw new TypeError('the value has no CBOR encoding');
  }
}

/**
 * The value of a body; bytes in CBOR become `Uint8Array`s of their own.
 *
 * @throws {TypeError} on anything malformed; the message never quotes the body
 */
export function decodeBody(kind: BodyKind, body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = kind === 'json' ? parseJson(text.decode(body)) : decode(body, reading);
  } catch {
    throw new TypeError(`the body is not well-formed ${kind === 'json' ? 'JSON' : 'CBOR'}, or nests too deeply`);
  }
  inspect(value, maxDepth);
  return value;
}

/** Reads a stream to its end; `null` when it holds more than `limit` bytes. The rest is then left unread. */
export async function readStream(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | null> {
  if (stream === null) return new Uint8Array(0);
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.releaseLock();
      return null;
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Bytes as base64url text without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * The bytes of base64url text without padding; one text for one byte string.
 *
 * @throws {CareletError} `invalid` on anything `toBase64url` would have written differently
 */
export function fromBase64url(letters: string): Uint8Array {
  const refuse = () => new CareletError('invalid', 'read base64url', { because: 'it is not base64url without padding' });
  if (!/^[A-Za-z0-9_-]*$/.test(letters) || letters.length % 4 === 1) throw refuse();
  const binary = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  if (toBase64url(bytes) !== letters) throw refuse();
  return bytes;
}

/** `JSON.parse`, but a key twice in one object is refused rather than the first one forgotten. */
function parseJson(source: string): unknown {
  // First, because what is no JSON is refused in one pass; the search below would look at it again and again.
  const value: unknown = JSON.parse(source);
  const open: Set<string>[] = [];
  for (const [token, colon] of source.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/gs)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > maxDepth) throw new TypeError('too deep');
    } else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const keys = open[open.length - 1]!;
      if (keys.has(key)) throw new TypeError('a key stands twice');
      keys.add(key);
    }
  }
  return value;
}

const unclean = /[\0\ufffd]|\p{Cs}/u;

function inspect(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    if (unclean.test(value)) throw new TypeError('the body holds text that is not clean Unicode');
    return;
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (depth === 0) throw new TypeError(`the body nests deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) {
    for (const item of value) inspect(item, depth - 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new TypeError('the body has a key that no body needs');
    inspect(key, depth);
    inspect(item, depth - 1);
  }
}

function refuseBytes(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) throw new TypeError('bytes have no place in a JSON body');
  return value;
}
