/**
 * The Fujisaki-Okamoto hybrid around FABEO (kp-abe.md §3.3): what owner and reader derive alike.
 *
 * Whatever is hashed is a labelled CBOR array, so every part stands behind its length; this is where the byte strings
 * of the scheme page are written as keys.md §1 asks.
 *
 * @module
 */
import { type Bytes, cbor, concat, wipe } from '../algebra/bytes.ts';
import { openBody, openBodyUnder } from '../algebra/dem.ts';
import { type Group, type GT, hashToScalar, type Scalar } from '../algebra/group.ts';
import { hashOf, hkdf } from '../algebra/hash.ts';
import type { SealedParts } from './encoding.ts';

type Opening = Pick<SealedParts, 'suite' | 'ids' | 'attributes'>;
type Body = Pick<SealedParts, 'c0' | 'c' | 'masks'>;

/** SHA-256 of h0: who may open, what it is about, and where it belongs. */
export function openingHash({ suite, ids, attributes }: Opening, context: Bytes): Bytes {
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

/** The message of a text, or `null`. Suite 1 had K_pq in the AEAD key and not in the mask. */
export function openText(parts: SealedParts, m: Bytes, h0: Bytes, pq: Bytes | undefined): Bytes | null {
  const hh = bodyHash(h0, parts);
  if (parts.suite === 2) return openBody(demLabel, m, hh, parts.dem);
  return openBodyUnder(demLabel, concat(m, hh, pq ?? new Uint8Array()), hh, parts.dem);
}
