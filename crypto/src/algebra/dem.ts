/**
 * The symmetric half of a Fujisaki-Okamoto hybrid: AEAD under HKDF(m ‖ hh), where m is the seed that was encapsulated and
 * hh a hash of everything else the text carries.
 *
 * @module
 */
import * as aead from './aead.ts';
import { type Bytes, cbor, concat, wipe } from './bytes.ts';
import { hkdf } from './hash.ts';
import type { Label } from './sign.ts';

/** The key is used once, so the nonce comes with it. */
export function sealBody(label: Label, m: Bytes, hh: Bytes, message: Bytes): Bytes {
  return underKey(label, concat(m, hh), (key, nonce) => aead.seal('aes-256-gcm', key, nonce, hh, message));
}

/** The message, or `null`. */
export const openBody = (label: Label, m: Bytes, hh: Bytes, dem: Bytes): Bytes | null => openBodyUnder(label, concat(m, hh), hh, dem);

/** As `openBody`, of a text whose key came from something else than m ‖ hh; wipes that. */
export const openBodyUnder = (label: Label, input: Bytes, hh: Bytes, dem: Bytes): Bytes | null =>
  underKey(label, input, (key, nonce) => aead.open('aes-256-gcm', key, nonce, hh, dem));

/** Throws a TypeError unless K_pq is absent or 32 bytes. */
export function checkPq(pq: Bytes | undefined): void {
  if (pq !== undefined && !(pq instanceof Uint8Array && pq.length === 32)) throw new TypeError('K_pq has 32 bytes');
}

function underKey<T>(label: Label, input: Bytes, use: (key: Bytes, nonce: Bytes) => T): T {
  const derived = hkdf(input, new Uint8Array(), cbor([label]), aead.keyLength + aead.nonceLength);
  try {
    return use(derived.subarray(0, aead.keyLength), derived.subarray(aead.keyLength));
  } finally {
    wipe(input, derived);
  }
}
