/**
 * Raw decapsulation: from a key that fits, the K under which the seed of a sealed text lies (kp-abe.md §3.2).
 *
 * K = e(Π D_i^{ωᵢ}, C₀) · Π_j e(Π_{o(i)=j} C_{ρ(i)}^{ωᵢ}, K_j)⁻¹, one product of 1 + (occurrences used) pairings. By
 * itself K proves nothing: the reader checks it.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import type { G1, G2, Group, GT } from '../algebra/group.ts';
import type { SealedParts } from './encoding.ts';
import type { Formula } from './formula.ts';
import { type Row, reconstruct, type Term } from './shares.ts';

/** The decoded elements of a key. */
export type KeyElements = {
  readonly formula: Formula;
  readonly rows: readonly Row[];
  readonly k: readonly G2[];
  readonly d: readonly G1[];
};

/**
 * K, or `null` when the attributes do not fulfil the formula.
 *
 * @throws {TypeError} when a point that is used is not one
 */
export function decapsulate(group: Group, key: KeyElements, parts: Encapsulated): GT | null {
  const pairs = decapsulationPairs(group, key, parts);
  return pairs && group.pair(pairs);
}

/** What a key is tried on. */
export type Encapsulated = Pick<SealedParts, 'attributes' | 'c0' | 'c'>;

/** The pairs whose product K is: for whoever multiplies it with more of the kind. Otherwise as `decapsulate`. */
export function decapsulationPairs(group: Group, key: KeyElements, { attributes, c0, c }: Encapsulated): [G1, G2][] | null {
  const { g1, g2 } = group;
  const terms = reconstruct(key.formula, attributes);
  if (!terms) return null;
  const position = new Map(attributes.map((attribute, i) => [attribute, i]));
  const encodedOf = ({ row }: Term): Bytes => {
    const i = position.get(key.rows[row]!.attribute)!;
    return c.subarray(48 * i, 48 * (i + 1));
  };
  const scaled = g1.sum(
    terms.map(({ row }) => key.d[row]!),
    terms.map(({ coefficient }) => coefficient),
  );
  const pairs: [G1, G2][] = [[scaled, g2.decode(c0)]];
  key.k.forEach((kj, j) => {
    const used = terms.filter(({ row }) => key.rows[row]!.occurrence === j + 1);
    if (used.length > 0) pairs.push([g1.neg(combine(group, used, encodedOf)), kj]);
  });
  return pairs;
}

/**
 * Π C^ω. Points that are only multiplied together are checked once, at their product: the pairing sees nothing else
 * of them. Those with a coefficient are checked one by one, since faster multiplication presumes the order.
 */
function combine({ g1 }: Group, terms: readonly Term[], encodedOf: (term: Term) => Bytes): G1 {
  const plain = terms.filter(({ coefficient }) => coefficient === 1n);
  const scaled = terms.filter(({ coefficient }) => coefficient !== 1n);
  const sum = g1.sum(
    scaled.map((term) => g1.decode(encodedOf(term))),
    scaled.map(({ coefficient }) => coefficient),
  );
  return plain.length === 0 ? sum : g1.add(sum, g1.decodeSum(plain.map(encodedOf)));
}
