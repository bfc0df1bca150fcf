/**
 * E = e(g₁, g₂), the generator of GT.
 *
 * @module
 */
import type { Group, GT, Scalar } from './group.ts';

type Base = { readonly element: GT; readonly power: (k: Scalar) => GT };
const bases = new WeakMap<Group, Base>();

/** E and k ↦ Eᵏ in constant shape; the table is made once a backend. */
export function targetBase(group: Group): Base {
  let base = bases.get(group);
  if (!base) {
    const { g1, g2, gt, pair } = group;
    const element = pair([[g1.generator, g2.generator]]);
    base = { element, power: gt.fixed(element) };
    bases.set(group, base);
  }
  return base;
}
