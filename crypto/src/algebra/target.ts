/**
 * Powers in GT with secret exponents: of E = e(g₁, g₂), and of elements that are met once.
 *
 * @module
 */
import { type Group, type GT, randomScalar, reduce, type Scalar } from './group.ts';
import type { Random } from './random.ts';

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

/**
 * tᵏ for a secret k and a t that is met once, too seldom for a table: k is cut into two summands, each of them random
 * by itself, so that the times of the two powers say nothing of k.
 */
export function secretPower({ gt }: Group, t: GT, k: Scalar, random: Random): GT {
  const summand = randomScalar(random);
  return gt.mul(gt.exp(t, summand), gt.exp(t, reduce(k - summand)));
}
