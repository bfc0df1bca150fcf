/**
 * KP-ABE, the part of a server that stores sealed texts: it can tell whom a text is for and whether it is whole. It
 * holds no key, and nothing here opens anything.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import type { G1, Group } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { type Attribute, attributePoint } from './attribute.ts';
import { decodeSealed } from './encoding.ts';
import { weight } from './weight.ts';

/** What anybody can read of a sealed text: the ids of its domains and its attributes, both ascending. */
export type Inspected = { readonly domains: readonly Bytes[]; readonly attributes: readonly Attribute[] };

/**
 * Reads the open part of a sealed text; strict about its form, does no curve arithmetic.
 *
 * @throws {TypeError} unless it is a sealed text
 */
export function inspect(sealed: Bytes): Inspected {
  const { ids, attributes } = decodeSealed(sealed);
  return { domains: ids, attributes };
}

/**
 * Whether every point of a sealed text is sound and all share one exponent: C_x = H(x)ˢ for C₀ = g₂ˢ, by
 * e(Π H(x)^{ρₓ}, C₀) = e(Π C_x^{ρₓ}, g₂) under random 128-bit ρₓ. What is inside cannot be judged from outside.
 */
export function wellFormed(group: Group, sealed: Bytes, random: Random = systemRandom): boolean {
  const { g1, g2, gt, pair } = group;
  try {
    const { attributes, c0, c } = decodeSealed(sealed);
    const points: G1[] = attributes.map((_, i) => g1.decode(c.subarray(48 * i, 48 * (i + 1))));
    const weights = attributes.map(() => weight(random));
    const hashed = attributes.map((attribute) => attributePoint(group, attribute));
    const product = pair([
      [g1.sum(hashed, weights), g2.decode(c0)],
      [g1.neg(g1.sum(points, weights)), g2.generator],
    ]);
    return gt.equal(product, gt.one);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
