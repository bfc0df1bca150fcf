/**
 * Secrets in shares: Shamir's sharing over the scalars of BLS12-381, and the way back.
 *
 * Whoever holds `needed` shares has the secret; whoever holds fewer knows nothing about it. Shares are points of a random
 * polynomial f with f(0) the secret, at 1, 2, 3, … A secret is hardly ever put together: what was made under shares is
 * (a power, a key element), with the same coefficients (`lagrangeAtZero`).
 *
 * @module
 */
import { inverse, randomScalar, reduce, type Scalar } from './group.ts';
import type { Random } from './random.ts';

/** The coefficients of f, the secret first. */
export type Polynomial = readonly Scalar[];

/** A random polynomial through the secret that `needed` shares determine. */
export const polynomialThrough = (secret: Scalar, needed: number, random: Random): Polynomial => [
  secret,
  ...Array.from({ length: needed - 1 }, () => randomScalar(random)),
];

/** f(x). */
export const evaluate = (polynomial: Polynomial, x: bigint): Scalar => polynomial.reduceRight((sum, c) => reduce(sum * x + c), 0n);

/**
 * With which coefficients the values at some places give the value at 0.
 *
 * @param places all different, none of them 0
 *
 * @example
 * ```ts
 * import { reduce } from '@carelet/crypto/algebra/group';
 * import { systemRandom } from '@carelet/crypto/algebra/random';
 * import { evaluate, lagrangeAtZero, polynomialThrough } from '@carelet/crypto/algebra/threshold';
 * const f = polynomialThrough(42n, 2, systemRandom);
 * const [first, third] = lagrangeAtZero([1n, 3n]);
 * reduce(first! * evaluate(f, 1n) + third! * evaluate(f, 3n)); // 42n
 * ```
 */
export function lagrangeAtZero(places: readonly bigint[]): Scalar[] {
  return places.map((x) => {
    let numerator = 1n;
    let denominator = 1n;
    for (const other of places) {
      if (other === x) continue;
      numerator = reduce(numerator * -other);
      denominator = reduce(denominator * (x - other));
    }
    return reduce(numerator * inverse(denominator));
  });
}

/** 1/k modulo r for a secret k: what is inverted, in a time that depends on it, is k times something random. */
export function inverseOfSecret(k: Scalar, random: Random): Scalar {
  const blind = randomScalar(random);
  return reduce(blind * inverse(reduce(blind * k)));
}
