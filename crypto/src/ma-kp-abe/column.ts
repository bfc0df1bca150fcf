/**
 * The first column of a formula's span program: what the secret itself contributes to each share, λᵢ = M_{i,1}·σ + …
 *
 * @module
 */
import { reduce, type Scalar } from '../algebra/group.ts';
import type { Formula } from '../kp-abe/formula.ts';
import { share } from '../kp-abe/shares.ts';

/**
 * M_{i,1} of every row. Shares are linear in the secret and in what is drawn at random; with the same drawn twice, those of
 * 1 and of 0 differ by this column, however the formula is shared.
 */
export function firstColumn(formula: Formula): Scalar[] {
  const ofOne = share(formula, 1n, drawnAlike);
  const ofZero = share(formula, 0n, drawnAlike);
  return ofOne.map((value, i) => reduce(value - ofZero[i]!));
}

const drawnAlike = (length: number) => new Uint8Array(length).fill(1);
