/**
 * KP-ABE of several authorities, the part of whoever seals.
 *
 * @module
 */
import { type Bytes, compare, wipe, xor } from '../algebra/bytes.ts';
import { checkPq, sealBody } from '../algebra/dem.ts';
import type { Group } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { type Attribute, sortedAttributes } from '../kp-abe/attribute.ts';
import { encodeSealed, limits } from './encoding.ts';
import { bodyHash, demLabel, encapsulated, maskFrom, openingHash, seedScalar } from './hybrid.ts';
import { readSecurityDomain } from './security-domain.ts';

/** A security domain that a text is for. */
export type SealFor = {
  readonly domain: Bytes;
  /** K_pq, 32 bytes: a secret of the domain that its readers got by a post-quantum KEM (keys.md §3). */
  readonly pq?: Bytes;
};

/**
 * Seals a message to everyone to whom *all* authorities of *one* of these security domains gave a key whose policy the
 * attributes fulfil.
 *
 * @param domains 1 to 8, all different
 * @param attributes 1 to 256, all different, in any order; anybody can read them
 * @param context bound but not contained: it must be the same when opening
 * @returns 240 + 48 bytes an attribute for each domain, the message and 16, plus names and header
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
  for (const { pq } of domains) checkPq(pq);
  const to = domains
    .map(({ domain, pq }) => ({ joint: readSecurityDomain(group, domain), pq }))
    .sort((a, b) => compare(a.joint.id, b.joint.id));
  if (to.length === 0 || to.length > limits.sets) throw new TypeError(`1 to ${limits.sets} security domains`);
  if (to.some(({ joint }, i) => i > 0 && compare(joint.id, to[i - 1]!.joint.id) === 0))
    throw new TypeError('a security domain is given twice');
  const sorted = sortedAttributes(attributes);
  if (sorted.length === 0 || sorted.length > limits.attributes) throw new TypeError(`1 to ${limits.attributes} attributes`);

  const ids = to.map(({ joint }) => joint.id);
  const h0 = openingHash(ids, sorted, context);
  const m = random(32);
  const sets = to.map(({ joint, pq }) => {
    const s = seedScalar(m, h0, joint.id);
    const hiding = maskFrom(group, joint.power(s), joint.id, pq);
    const mask = xor(m, hiding);
    wipe(hiding);
    return { id: joint.id, ...encapsulated(group, joint, sorted, s), mask };
  });
  const dem = sealBody(demLabel, m, bodyHash(h0, sets), message);
  wipe(m);
  return encodeSealed({ attributes: sorted, sets, dem });
}
