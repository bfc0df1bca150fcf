/**
 * The Fujisaki-Okamoto hybrid around several authorities: what owner and reader derive alike.
 *
 * One seed m, and for every security domain J an encapsulation of its own.
 *
 * [Note: Each set its own s] Of the C_J of {h, p}, {h, b} and {p, b} under one s, anybody computes Y_h^s, and with it takes
 * a person out of what a key of h gives: then two people with a key of one authority each open together what neither may
 * open (`attacks.test.ts` does it). So s_J = HashToFr(m, h0, J), and C₀ and the C_x are each set's own as well.
 *
 * @module
 */
import { type Bytes, cbor, concat, wipe } from '../algebra/bytes.ts';
import { type Group, type GT, hashToScalar, type Scalar } from '../algebra/group.ts';
import { hashOf, hkdf } from '../algebra/hash.ts';
import { type Attribute, attributePower } from '../kp-abe/attribute.ts';
import { type SealedParts, type SetParts, suite } from './encoding.ts';
import type { SecurityDomain } from './security-domain.ts';

/** What the AEAD key of a joint text is derived under. */
export const demLabel = 'carelet/v1/sharing/joint-dem';

/** SHA-256 of h0: who may open, what it is about, and where it belongs. */
export const openingHash = (ids: readonly Bytes[], attributes: readonly Attribute[], context: Bytes): Bytes =>
  hashOf('carelet/v1/sharing/joint-opening', suite, ids, attributes, context);

/** hh: h0 and everything the text carries but the AEAD text. */
export const bodyHash = (h0: Bytes, sets: SealedParts['sets']): Bytes =>
  hashOf(
    'carelet/v1/sharing/joint-body',
    h0,
    sets.map(({ c0, cj, c, mask }) => [c0, cj, c, mask]),
  );

/** s_J, the randomness of one set's encapsulation, from the seed m. */
export const seedScalar = (m: Bytes, h0: Bytes, id: Bytes): Scalar => hashToScalar('CARELET-MAKPABE-V1-FO-S', m, h0, id);

/** Encaps(J, S): C₀ = g₂ˢ, C_J = (ΠY_j)ˢ, C_x = H(x)ˢ. */
export function encapsulated(
  group: Group,
  { timesY }: Pick<SecurityDomain, 'timesY'>,
  attributes: readonly Attribute[],
  s: Scalar,
): Pick<SetParts, 'c0' | 'cj' | 'c'> {
  const { g1, g2 } = group;
  return {
    c0: g2.encode(g2.mulGenerator(s)),
    cj: g2.encode(timesY(s)),
    c: concat(...attributes.map((attribute) => g1.encode(attributePower(group, attribute, s)))),
  };
}

/** What hides m for one set: 32 bytes from K = (ΠA_j)ˢ and the domain's K_pq, where it has one. */
export function maskFrom(group: Group, k: GT, id: Bytes, pq: Bytes | undefined): Bytes {
  const input = concat(group.gt.encode(k), pq ?? new Uint8Array());
  const mask = hkdf(input, new Uint8Array(), cbor(['carelet/v1/sharing/joint-mask', id]), 32);
  wipe(input);
  return mask;
}
