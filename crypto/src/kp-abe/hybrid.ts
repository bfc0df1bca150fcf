/**
 * The Fujisaki-Okamoto hybrid around FABEO (kp-abe.md §3.3): what owner and reader derive alike.
 *
 * Whatever is hashed is a labelled CBOR array, so every part stands behind its length; this is where the byte strings
 * of the scheme page are written as keys.md §1 asks.
 *
 * @module
 */
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
  const input = concat(group.gt.encode(k), pq ?? new Uint8Array());
  const mask = hkdf(input, new Uint8Array(), cbor(['carelet/v1/sharing/mask', id]), 32);
  wipe(input);
  return mask;
}

/** What the AEAD key of a text is derived under. */
export const demLabel = 'carelet/v1/sharing/dem';
