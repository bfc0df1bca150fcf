/**
 * Needles: what a planted word or a key looks like wherever it could lie.
 *
 * A word may stand in UTF-8, in the UTF-16 of a JavaScript string, in Latin-1 (which V8 keeps such strings in),
 * escaped in JSON, in hex as PostgreSQL writes bytes, or inside base64 at any of the three alignments. A key may lie
 * raw, in hex or in base64. A needle knows what it stands for and never says what it is.
 *
 * @module
 */
import { type Bytes, utf8 } from '@carelet/crypto/algebra/bytes';

/** Something that must not be found: `name` may be printed, `bytes` must not. */
export type Secret = { readonly name: string; readonly kind: 'word' | 'key'; readonly bytes: Bytes };

/** One shape of a secret. */
export type Needle = { readonly of: Secret; readonly as: string; readonly bytes: Bytes };

/** Shorter than this, finding something proves nothing. */
export const shortest = 8;

/** Every shape of a word. */
export function wordNeedles(word: Secret): Needle[] {
  const text = new TextDecoder().decode(word.bytes);
  const ascii = [...text].every((letter) => letter <= '\x7f');
  const latin = [...text].every((letter) => letter <= '\xff');
  return distinct([
    needle(word, 'UTF-8', word.bytes),
    needle(word, 'UTF-16', Buffer.from(text, 'utf16le')),
    ...(latin && !ascii ? [needle(word, 'Latin-1', Buffer.from(text, 'latin1'))] : []),
    ...(ascii ? [] : [needle(word, 'escaped in JSON', utf8(escaped(text)))]),
    needle(word, 'hex', utf8(hexOf(word.bytes))),
    ...base64Needles(word),
  ]);
}

/** Every shape of a key. */
export function keyNeedles(key: Secret): Needle[] {
  return distinct([
    needle(key, 'raw', key.bytes),
    needle(key, 'hex', utf8(hexOf(key.bytes))),
    needle(key, 'hex', utf8(hexOf(key.bytes).toUpperCase())),
    ...base64Needles(key),
  ]);
}

export const needlesOf = (secrets: readonly Secret[]): Needle[] =>
  secrets.flatMap((secret) => (secret.kind === 'word' ? wordNeedles(secret) : keyNeedles(secret)));

/**
 * Base64 of bytes somewhere inside something longer: for each alignment, the letters that their neighbours do not
 * change. In both alphabets.
 */
function base64Needles(of: Secret): Needle[] {
  return [0, 1, 2].flatMap((offset) => {
    const skipped = (3 - offset) % 3;
    const whole = Math.floor((of.bytes.length - skipped) / 3) * 3;
    const inner = Buffer.from(of.bytes.subarray(skipped, skipped + whole));
    return [needle(of, 'base64', utf8(inner.toString('base64'))), needle(of, 'base64url', utf8(inner.toString('base64url')))];
  });
}

const needle = (of: Secret, as: string, bytes: Uint8Array): Needle => ({ of, as, bytes: new Uint8Array(bytes) });

const hexOf = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');

const escaped = (text: string): string =>
  [...text].map((letter) => (letter <= '\x7f' ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('');

/** Each shape once, and none that is too short to prove anything. */
function distinct(needles: readonly Needle[]): Needle[] {
  const seen = new Map<string, Needle>();
  for (const one of needles) {
    const name = Buffer.from(one.bytes).toString('latin1');
    if (one.bytes.length >= shortest && !seen.has(name)) seen.set(name, one);
  }
  return [...seen.values()];
}
