/**
 * The Fujisaki-Okamoto hybrid around AFGH: what whoever seals and whoever opens derive alike (pre.md).
 *
 * | here | |
 * |---|---|
 * | P = g₁ᵃ | a scope's public key |
 * | m, k | the seed, and the randomness that follows from it |
 * | C₁ = Pᵏ | what is transformed |
 * | Eᵏ | what hides m |
 *
 * @module
 */
import { type Bytes, cbor, concat, equal, equalPublic, hex, wipe, xor } from '../algebra/bytes.ts';
import { openBody } from '../algebra/dem.ts';
import { type Group, type GT, hashToScalar, type Scalar } from '../algebra/group.ts';
import { hashOf, hkdf } from '../algebra/hash.ts';
import { remembered } from '../algebra/remembered.ts';
import { targetBase } from '../algebra/target.ts';
import { type SealedParts, suite } from './encoding.ts';

/** A scope as its owner published it: its name in bytes, and P. */
export type Scope = { readonly scope: Bytes; readonly p: Bytes };

/** What the AEAD key of a consent's text is derived under. */
export const demLabel = 'carelet/v1/sharing/consent-dem';

/** SHA-256 of h0: the place of the text, the scope's name and its key. */
export const openingHash = (context: Bytes, { scope, p }: Scope): Bytes =>
  hashOf('carelet/v1/sharing/consent-opening', suite, context, scope, p);

/** hh: h0 and everything the text carries but the AEAD text. */
export const bodyHash = (h0: Bytes, { c1, c }: Pick<SealedParts, 'c1' | 'c'>): Bytes =>
  hashOf('carelet/v1/sharing/consent-body', h0, c1, c);

/** k, the randomness of the encapsulation, from the seed m. */
export const seedScalar = (m: Bytes, h0: Bytes): Scalar => hashToScalar('CARELET-PRE-V1-FO-K', m, h0);

/** What hides m: 32 bytes from Eᵏ and the owner's K_pq. */
export function maskFrom(group: Group, ek: GT, pq: Bytes | undefined): Bytes {
  const input = concat(group.gt.encode(ek), pq ?? new Uint8Array());
  const mask = hkdf(input, new Uint8Array(), cbor(['carelet/v1/sharing/consent-mask']), 32);
  wipe(input);
  return mask;
}

const tables = remembered<(k: Scalar) => Bytes>(64);

/** Pᵏ, encoded, for a secret k. The tables of the last scopes are kept. Throws a TypeError when P is no point. */
export function scopePower(group: Group, p: Bytes, k: Scalar): Bytes {
  const { g1 } = group;
  const times = tables(group, hex(p), () => {
    const table = g1.fixed(g1.decode(p));
    return (power) => g1.encode(table(power));
  });
  return times(k);
}

/** The message under Eᵏ, or `null`: m is believed only when everything that was sealed follows from it. */
export function openUnder(group: Group, scope: Scope, context: Bytes, parts: SealedParts, ek: GT, pq: Bytes | undefined): Bytes | null {
  if (!equalPublic(parts.p, scope.p)) return null;
  const mask = maskFrom(group, ek, pq);
  const m = xor(parts.c, mask);
  const h0 = openingHash(context, scope);
  const k = seedScalar(m, h0);
  // The FO check: both are compared, so that neither alone tells anything.
  const sameE = group.gt.equal(targetBase(group).power(k), ek);
  const sameC1 = equal(scopePower(group, scope.p, k), parts.c1);
  const message = sameE && sameC1 ? openBody(demLabel, m, bodyHash(h0, parts), parts.dem) : null;
  wipe(m, mask);
  return message;
}
