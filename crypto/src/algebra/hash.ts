/**
 * Hashing and derivation. Every derivation has a label.
 *
 * `kdf(K, label, …parts; n) = HKDF-Expand-SHA256(K, cbor([label, …parts]), n)` is the only way a key comes
 * from a key (keys.md §1).
 *
 * @module
 */
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { type Bytes, type Cbor, cbor, concat } from './bytes.ts';
import { native } from './native.ts';

/** SHA-256, 32 bytes. */
export const sha256 = (message: Bytes): Bytes => (native ? own(native.hash('sha256', message, 'buffer')) : nobleSha256(message));

/** SHA-512, 64 bytes. */
export const sha512 = (message: Bytes): Bytes => (native ? own(native.hash('sha512', message, 'buffer')) : nobleSha512(message));

/** HMAC-SHA256, 32 bytes. */
export const hmac = (key: Bytes, message: Bytes): Bytes =>
  native ? own(native.createHmac('sha256', key).update(message).digest()) : nobleHmac(nobleSha256, key, message);

/** HKDF-SHA256 (RFC 5869): extract and expand, for input that is not yet a uniform key. */
export function hkdf(ikm: Bytes, salt: Bytes, info: Bytes, length: number): Bytes {
  return native ? new Uint8Array(native.hkdfSync('sha256', ikm, salt, info, length)) : nobleHkdf(nobleSha256, ikm, salt, info, length);
}

/**
 * `kdf(K, label, …parts; n)` of keys.md §1: HKDF-Expand-SHA256 under a label.
 *
 * @param key 32 uniform bytes
 * @param label `carelet/v1/<word>/<thing>`
 * @param parts what the derived key is bound to
 * @param length bytes wanted, 32 unless said, at most 8160
 *
 * @example
 * ```ts
 * import { kdf } from '@carelet/crypto/algebra/hash';
 * kdf(new Uint8Array(32), 'carelet/v1/records/node', ['2026-11']).length; // 32
 * ```
 */
export function kdf(key: Bytes, label: `carelet/v1/${string}`, parts: readonly Cbor[] = [], length = 32): Bytes {
  const info = cbor([label, ...parts]);
  const blocks: Bytes[] = [];
  let previous: Bytes = new Uint8Array();
  for (let i = 1; (i - 1) * 32 < length; i++) {
    previous = hmac(key, concat(previous, info, Uint8Array.of(i)));
    blocks.push(previous);
  }
  return blocks.length === 1 ? previous.subarray(0, length) : concat(...blocks).slice(0, length);
}

/** SHA-256 of the canonical encoding of a labelled array. */
export function hashOf(label: `carelet/v1/${string}`, ...parts: readonly Cbor[]): Bytes {
  return sha256(cbor([label, ...parts]));
}

/** A Node digest is a `Buffer` over its own memory: the same bytes, as a plain `Uint8Array`. */
function own(digest: Bytes): Bytes {
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}
