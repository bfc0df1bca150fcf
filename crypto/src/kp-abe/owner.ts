/**
 * KP-ABE, the part of whoever seals: a wearable, a hospital, a patient's client.
 *
 * A sealed text carries attributes; keys carry policies. Chosen-ciphertext secure by a Fujisaki-Okamoto hybrid
 * (kp-abe.md §3.3): the randomness s of the encapsulation is a hash of a random seed m and of everything public, so a
 * reader recomputes it and refuses what was not made this way.
 *
 * @module
 */
import { type Bytes, compare, concat, wipe, xor } from '../algebra/bytes.ts';
import { checkPq, sealBody } from '../algebra/dem.ts';
import type { Group } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { type Attribute, attributePower, sortedAttributes } from './attribute.ts';
import { readDomain } from './domain.ts';
import { encodeSealed, sealedLimits } from './encoding.ts';
import { bodyHash, demLabel, maskFrom, openingHash, seedScalar } from './hybrid.ts';

/** A domain that a text is for. */
export type SealFor = {
  /** Its public key. */
  readonly domain: Bytes;
  /** K_pq, 32 bytes: a secret of the domain that its readers got by a post-quantum KEM (keys.md §3). */
  readonly pq?: Bytes;
};

/**
 * Seals a message to everyone whose key, of one of these domains, has a policy that the attributes fulfil.
 *
 * A further domain costs one exponentiation and 32 bytes; C₀ and the C_x are shared. The attributes can be read by anybody:
 * hand in pseudonyms (keys.md §6).
 *
 * @param domains 1 to 16, all different
 * @param attributes 1 to 256, all different, in any order
 * @param context bound but not contained: it must be the same when opening
 * @param message any length; usually a node key
 * @returns 96 + 48 bytes an attribute + 32 a domain + the message and 16, plus names and header
 * @throws {TypeError} on malformed domains, attributes or K_pq
 */
export function seal(
  group: Group,
  domains: readonly SealFor[],
  attributes: readonly Attribute[],
  context: Bytes,
  message: Bytes,
  random: Random = systemRandom,
): Bytes {
  const { g1, g2 } = group;
  for (const { pq } of domains) checkPq(pq);
  const to = domains.map(({ domain, pq }) => ({ ...readDomain(group, domain), pq })).sort((a, b) => compare(a.id, b.id));
  if (to.length === 0 || to.length > sealedLimits.domains) throw new TypeError(`1 to ${sealedLimits.domains} domains`);
  if (to.some(({ id }, i) => i > 0 && compare(id, to[i - 1]!.id) === 0)) throw new TypeError('a domain is given twice');
  const sorted = sortedAttributes(attributes);
  if (sorted.length === 0 || sorted.length > sealedLimits.attributes) throw new TypeError(`1 to ${sealedLimits.attributes} attributes`);

  const ids = to.map(({ id }) => id);
  const h0 = openingHash({ suite: 2, ids, attributes: sorted }, context);
  const m = random(32);
  const s = seedScalar(m, h0);
  // Encaps(s, S): C₀ = g₂ˢ, C_x = H(x)ˢ, K_d = A_dˢ.
  const c0 = g2.encode(g2.mulGenerator(s));
  const c = concat(...sorted.map((attribute) => g1.encode(attributePower(group, attribute, s))));
  const masks = concat(...to.map(({ id, power, pq }) => xor(m, maskFrom(group, power(s), id, pq))));
  const hh = bodyHash(h0, { c0, c, masks });
  const dem = sealBody(demLabel, m, hh, message);
  wipe(m);
  return encodeSealed({ suite: 2, ids, attributes: sorted, c0, c, masks, dem });
}
