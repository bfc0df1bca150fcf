/**
 * The Fujisaki-Okamoto hybrid around FABEO (kp-abe.md §3.3): what owner and reader derive alike.
 *
 * Whatever is hashed is a labelled CBOR array, so every part stands behind its length; this is where the byte strings
 * of the scheme page are written as keys.md §1 asks.
 *
 * @module
 */
import * as aead from '../algebra/aead.ts';
import { type Bytes, cbor, concat, wipe } from '../algebra/bytes.ts';
import { type Group, type GT, hashToScalar, type Scalar } from '../algebra/group.ts';
import { hashOf, hkdf } from '../algebra/hash.ts';
import { type SealedParts, suite } from './encoding.ts';

type Opening = Pick<SealedParts, 'ids' | 'attributes'>;
type Body = Pick<SealedParts, 'c0' | 'c' | 'masks'>;

/** SHA-256 of h0: who may open, what it is about, and where it belongs. */
export function openingHash({ ids, attributes }: Opening, context: Bytes): Bytes {
  return hashOf('carelet/v1/sharing/kp-abe', suite, ids, attributes, context);
}

/** hh: h0 and everything the ciphertext carries but the AEAD text. */
export function bodyHash(h0: Bytes, { c0, c, masks }: Body): Bytes {
  return hashOf('carelet/v1/sharing/kp-abe-body', h0, c0, c, masks);
}

/** s, the randomness of the encapsulation, from the seed m. */
export function seedScalar(m: Bytes, h0: Bytes): Scalar {
  return hashToScalar('CARELET-KPABE-V1-FO-S', m, h0);
}

/**
 * What hides m for one domain: 32 bytes from K = A_dˢ and that domain's K_pq, where it has one. Each domain mixes its own, so
 * that one text can be for several.
 */
export function maskFrom(group: Group, k: GT, id: Bytes, pq: Bytes | undefined): Bytes {
  const input = concat(group.gt.encode(k), pq ?? empty);
  const mask = hkdf(input, empty, cbor(['carelet/v1/sharing/mask', id]), 32);
  wipe(input);
  return mask;
}

/** AEAD under HKDF(m ‖ hh); the key is used once, so the nonce comes with it. */
export function sealBody(m: Bytes, hh: Bytes, message: Bytes): Bytes {
  return withDemKey(m, hh, (key, nonce) => aead.seal('aes-256-gcm', key, nonce, hh, message));
}

/** The message, or `null`. */
export function openBody(m: Bytes, hh: Bytes, dem: Bytes): Bytes | null {
  return withDemKey(m, hh, (key, nonce) => aead.open('aes-256-gcm', key, nonce, hh, dem));
}

/** Throws a TypeError unless K_pq is absent or 32 bytes. */
export function checkPq(pq: Bytes | undefined): void {
  if (pq !== undefined && !(pq instanceof Uint8Array && pq.length === 32)) throw new TypeError('K_pq has 32 bytes');
}

function withDemKey<T>(m: Bytes, hh: Bytes, use: (key: Bytes, nonce: Bytes) => T): T {
  const input = concat(m, hh);
  const derived = hkdf(input, empty, cbor(['carelet/v1/sharing/dem']), aead.keyLength + aead.nonceLength);
  try {
    return use(derived.subarray(0, aead.keyLength), derived.subarray(aead.keyLength));
  } finally {
    wipe(input, derived);
  }
}

const empty: Bytes = new Uint8Array();
