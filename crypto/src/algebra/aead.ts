/**
 * Authenticated encryption: AES-256-GCM for what is stored, ChaCha20-Poly1305 for frames.
 *
 * Neither commits to its key: whoever needs that compares a key commitment first (keys.md §2).
 * `seal` puts nothing in front of the ciphertext; the nonce is the caller's. `open` gives `null` for any
 * failure, by one path: wrong key, wrong nonce, wrong context, changed or truncated bytes look the same.
 *
 * @module
 */
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { type Bytes, concat } from './bytes.ts';
import { native } from './native.ts';
import { type ShortAead, shortAead } from './short.ts';

export type Suite = 'aes-256-gcm' | 'chacha20-poly1305';

/** Bytes that sealing adds. */
export const tagLength = 16;
export const nonceLength = 12;
export const keyLength = 32;

/**
 * Encrypts and authenticates; the result is ciphertext ‖ 16-byte tag.
 *
 * @param key 32 bytes, for one purpose
 * @param nonce 12 bytes, never twice under one key
 * @param context additional data that must be the same when opening
 */
export function seal(suite: Suite, key: Bytes, nonce: Bytes, context: Bytes, message: Bytes): Bytes {
  check(key, nonce);
  const short = shortOf(suite, context, message.length);
  if (short) return short.seal(key, nonce, context, message);
  if (!native) return noble(suite)(key, nonce, context).encrypt(message);
  const cipher = native.createCipheriv(suite as 'chacha20-poly1305', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(context, { plaintextLength: message.length });
  const body = cipher.update(message);
  cipher.final();
  return concat(body, cipher.getAuthTag());
}

/** Opens what `seal` made; `null` when anything does not fit. */
export function open(suite: Suite, key: Bytes, nonce: Bytes, context: Bytes, sealed: Bytes): Bytes | null {
  check(key, nonce);
  if (sealed.length < tagLength) return null;
  const short = shortOf(suite, context, sealed.length - tagLength);
  if (short) return short.open(key, nonce, context, sealed);
  try {
    if (!native) return noble(suite)(key, nonce, context).decrypt(sealed);
    const end = sealed.length - tagLength;
    const decipher = native.createDecipheriv(suite as 'chacha20-poly1305', key, nonce, { authTagLength: tagLength });
    decipher.setAAD(context, { plaintextLength: end });
    decipher.setAuthTag(sealed.subarray(end));
    const body = decipher.update(sealed.subarray(0, end));
    decipher.final();
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  } catch {
    return null;
  }
}

/** Our own module, where it is the quickest: for short messages of the suite that frames use. */
function shortOf(suite: Suite, context: Bytes, length: number): ShortAead | null {
  const short = suite === 'chacha20-poly1305' ? shortAead() : null;
  return short?.takes(context.length, length) ? short : null;
}

const noble = (suite: Suite) => (suite === 'aes-256-gcm' ? gcm : chacha20poly1305);

function check(key: Bytes, nonce: Bytes): void {
  if (key.length !== keyLength || nonce.length !== nonceLength) throw new TypeError('AEAD wants a 32-byte key and a 12-byte nonce');
}
