/**
 * What a key gives without any text: the master it was made under, as a power of E.
 *
 * A set of rows that gives the secret gives e(ΠD_i^{ωᵢ}, g₂) · Π_j e(ΠH(ρ(i))^{ωᵢ}, K_j)⁻¹ = E^α: decapsulation of a text made
 * with s = 1, in the open. A key is sound when every row, in some such set, comes to the same.
 *
 * @module
 */
import { type G1, type G2, type Group, type GT, reduce, type Scalar } from '../algebra/group.ts';
import type { Random } from '../algebra/random.ts';
import { weight } from '../algebra/weight.ts';
import { attributePoint } from './attribute.ts';
import type { KeyElements } from './decapsulate.ts';
import { covering, type Term } from './shares.ts';

/** E^α for the α that a key was made under, as its first rows say. */
export const baseOf = (group: Group, key: KeyElements): GT => product(group, key, [{ terms: covering(key.formula)[0]!, rho: 1n }]);

/** Whether every row of a key belongs to E^α: all equations at once, under random weights. */
export function standsOn(group: Group, key: KeyElements, base: GT, random: Random): boolean {
  const sets = covering(key.formula).map((terms) => ({ terms, rho: weight(random) }));
  const whole = sets.reduce((sum, { rho }) => sum + rho, 0n);
  return group.gt.equal(product(group, key, sets), group.gt.exp(base, reduce(whole)));
}

function product(
  group: Group,
  { rows, k, d }: KeyElements,
  sets: readonly { readonly terms: readonly Term[]; readonly rho: Scalar }[],
): GT {
  const { g1, g2, pair } = group;
  const weights = rows.map(() => 0n);
  for (const { terms, rho } of sets) for (const { row, coefficient } of terms) weights[row] = reduce(weights[row]! + rho * coefficient);
  const pairs: [G1, G2][] = [[g1.sum(d, weights), g2.generator]];
  k.forEach((kj, j) => {
    const used = rows.flatMap(({ occurrence }, i) => (occurrence === j + 1 ? [i] : []));
    const points = used.map((i) => attributePoint(group, rows[i]!.attribute));
    const sum = g1.sum(
      points,
      used.map((i) => weights[i]!),
    );
    pairs.push([g1.neg(sum), kj]);
  });
  return pair(pairs);
}
