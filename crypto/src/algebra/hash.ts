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
import { type Bytes, type Cbor, cbor, wipe } from './bytes.ts';
import { native } from './native.ts';

// A noble hash begins by making its buffers, which costs more than a short message. So one is made, and taken again.
const blank = nobleSha256.create();
const spare = blank.clone();

/** SHA-256, 32 bytes. */
export const sha256 = (message: Bytes): Bytes =>
  native ? own(native.hash('sha256', message, 'buffer')) : blank._cloneInto(spare).update(message).digest();

/** SHA-512, 64 bytes. */
export const sha512 = (message: Bytes): Bytes => (native ? own(native.hash('sha512', message, 'buffer')) : nobleSha512(message));

/** HMAC-SHA256, 32 bytes. */
export const hmac = (key: Bytes, message: Bytes): Bytes =>
  native ? own(native.createHmac('sha256', key).update(message).digest()) : nobleHmac(nobleSha256, key, message);

/** HMAC-SHA256 under one key, for as often as it is wanted. */
export type Mac = (message: Bytes) => Bytes;

/**
 * Makes a key ready to be used many times: without OpenSSL the key's own half of the work is then done once.
 *
 * The result is as secret as the key.
 *
 * @example
 * ```ts
 * import { macUnder } from '@carelet/crypto/algebra/hash';
 * const mac = macUnder(new Uint8Array(32));
 * mac(Uint8Array.of(1)).length; // 32
 * ```
 */
export function macUnder(key: Bytes): Mac {
  if (native) return (message) => hmac(key, message);
  const keyed = nobleHmac.create(nobleSha256, key);
  const taken = keyed.clone();
  return (message) => keyed._cloneInto(taken).update(message).digest();
}

/** HKDF-SHA256 (RFC 5869): extract and expand, for input that is not yet a uniform key. */
export function hkdf(ikm: Bytes, salt: Bytes, info: Bytes, length: number): Bytes {
  return native ? new Uint8Array(native.hkdfSync('sha256', ikm, salt, info, length)) : nobleHkdf(nobleSha256, ikm, salt, info, length);
}

/**
 * `kdf(K, label, …parts; n)` of keys.md §1: HKDF-Expand-SHA256 under a label.
 *
 * @param key 32 uniform bytes, or what `macUnder` made of them
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
export function kdf(key: Bytes | Mac, label: `carelet/v1/${string}`, parts: readonly Cbor[] = [], length = 32): Bytes {
  const mac = typeof key === 'function' ? key : macUnder(key);
  const info = cbor([label, ...parts]);
  // T(i − 1) ‖ info ‖ i, written over from block to block; the first has no block before it.
  const input = new Uint8Array(32 + info.length + 1);
  input.set(info, 32);
  const blocks = new Uint8Array(Math.max(1, Math.ceil(length / 32)) * 32);
  for (let at = 0; at < blocks.length; at += 32) {
    input[input.length - 1] = at / 32 + 1;
    const block = mac(at === 0 ? input.subarray(32) : input);
    blocks.set(block, at);
    input.set(block);
  }
  wipe(input);
  return blocks.subarray(0, length);
}

/** SHA-256 of the canonical encoding of a labelled array. */
export function hashOf(label: `carelet/v1/${string}`, ...parts: readonly Cbor[]): Bytes {
  return sha256(cbor([label, ...parts]));
}

/** A Node digest is a `Buffer` over its own memory: the same bytes, as a plain `Uint8Array`. */
function own(digest: Bytes): Bytes {
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}
