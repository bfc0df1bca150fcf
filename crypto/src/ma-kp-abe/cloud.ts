/**
 * KP-ABE of several authorities, the cloud's part: it does most of the work of opening for somebody else, and opens nothing.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import type { Group } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import type { Attribute } from '../kp-abe/attribute.ts';
import { decapsulate, type KeyElements } from '../kp-abe/decapsulate.ts';
import type { Formula } from '../kp-abe/formula.ts';
import { baseOf, standsOn } from '../kp-abe/keycheck.ts';
import { decodeKey, decodeSealed } from './encoding.ts';

/** What anybody can read of a sealed text: the ids of its security domains and its attributes, both ascending. */
export type Inspected = { readonly domains: readonly Bytes[]; readonly attributes: readonly Attribute[] };

/** Reads the open part of a sealed text. Throws a TypeError unless it is one. */
export function inspect(sealed: Bytes): Inspected {
  const { sets, attributes } = decodeSealed(sealed);
  return { domains: sets.map(({ id }) => id), attributes };
}

/** A transformation key whose points are decoded and belong together. */
export type Transformer = {
  /** The id of its authority. */
  readonly authority: Bytes;
  readonly gid: Bytes;
  readonly formula: Formula;
  readonly elements: KeyElements;
  /** What every row comes to, 576 bytes: with it the doctor checks that her factor and the mediator's belong to this key. */
  readonly base: Bytes;
};

/** Reads a transformation key as it comes from an authority; `null` for one that is malformed or not sound. */
export function readTransform(group: Group, bytes: Bytes, random: Random = systemRandom): Transformer | null {
  return attempt(() => {
    const kept = openTransform(group, bytes);
    const base = baseOf(group, kept.elements);
    return standsOn(group, kept.elements, base, random) ? { ...kept, base: group.gt.encode(base) } : null;
  });
}

/** A transformation key that `readTransform` took before, from where it was kept. Throws a TypeError on anything malformed. */
export function openTransform(group: Group, bytes: Bytes): Omit<Transformer, 'base'> {
  const { id, gid, formula, rows, k, d } = decodeKey('transform', bytes);
  return { authority: id, gid, formula, elements: { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) } };
}

/**
 * Transforms a sealed text for one of its security domains: T_j = (E^{α_j} · e(H(gid), Y_j))^{s/z_j}, 576 bytes for the
 * mediator.
 *
 * @param domain the id of the security domain
 * @returns `null` where the text is malformed, not for that domain, or does not fulfil the key's policy
 */
export function transform(group: Group, { elements }: Pick<Transformer, 'elements'>, domain: Bytes, sealed: Bytes): Bytes | null {
  return attempt(() => {
    const { attributes, sets } = decodeSealed(sealed);
    const set = sets.find(({ id }) => equalPublic(id, domain));
    const t = set && decapsulate(group, elements, { attributes, c0: set.c0, c: set.c });
    return t ? group.gt.encode(t) : null;
  });
}
