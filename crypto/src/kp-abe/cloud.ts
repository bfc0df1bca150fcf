/**
 * KP-ABE, the part of a server that stores sealed texts: it can tell whom a text is for and whether it is whole, and does
 * most of the work of opening it for somebody else. It holds no key that opens, and nothing here opens anything.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import type { G1, Group } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { weight } from '../algebra/weight.ts';
import { type Attribute, attributePoint } from './attribute.ts';
import { decapsulate, type KeyElements } from './decapsulate.ts';
import { decodeSealed, decodeTransform } from './encoding.ts';
import type { Formula } from './formula.ts';
import { baseOf, standsOn } from './keycheck.ts';

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
  const held = attempt(() => {
    const { attributes, c0, c } = decodeSealed(sealed);
    const points: G1[] = attributes.map((_, i) => g1.decode(c.subarray(48 * i, 48 * (i + 1))));
    const weights = attributes.map(() => weight(random));
    const hashed = attributes.map((attribute) => attributePoint(group, attribute));
    const product = pair([
      [g1.sum(hashed, weights), g2.decode(c0)],
      [g1.neg(g1.sum(points, weights)), g2.generator],
    ]);
    return gt.equal(product, gt.one);
  });
  return held === true;
}

/** A transformation key whose points are decoded and belong together. */
export type Transformer = {
  /** The id of its domain. */
  readonly domain: Bytes;
  readonly issuer: number;
  readonly formula: Formula;
  readonly elements: KeyElements;
  /** E^{α_t/z_t}, 576 bytes: with it the doctor checks that her factor and the mediator's belong to this key. */
  readonly base: Bytes;
};

/**
 * Reads a transformation key as it comes from an issuer; checks that every row comes to one and the same base.
 *
 * @returns `null` for one that is malformed or not sound
 */
export function readTransform(group: Group, bytes: Bytes, random: Random = systemRandom): Transformer | null {
  return attempt(() => {
    const kept = openTransform(group, bytes);
    const base = baseOf(group, kept.elements);
    return standsOn(group, kept.elements, base, random) ? { ...kept, base: group.gt.encode(base) } : null;
  });
}

/** A transformation key that `readTransform` took before, from where it was kept. Throws a TypeError on anything malformed. */
export function openTransform(group: Group, bytes: Bytes): Omit<Transformer, 'base'> {
  const { id, issuer, formula, rows, k, d } = decodeTransform(bytes);
  return { domain: id, issuer, formula, elements: { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) } };
}

/**
 * Transforms a sealed text: T_t = E^{α_t s/z_t}, 576 bytes for the mediator.
 *
 * @returns `null` where the text is malformed, of another domain, or does not fulfil the key's policy
 */
export function transform(group: Group, { domain, elements }: Pick<Transformer, 'domain' | 'elements'>, sealed: Bytes): Bytes | null {
  return attempt(() => {
    const parts = decodeSealed(sealed);
    if (!parts.ids.some((id) => equalPublic(id, domain))) return null;
    const t = decapsulate(group, elements, parts);
    return t && group.gt.encode(t);
  });
}
