/**
 * From a formula to a linear secret sharing scheme and back (kp-abe.md §2).
 *
 * The leaves of a formula in depth-first order are the rows. Sharing sends a secret σ down the tree: each child of a
 * 1-of-n gate gets σ; the children of an n-of-n gate get random summands of σ; those of a true threshold get points of
 * a random polynomial with f(0) = σ. A row also carries its *occurrence*, the how-manieth row of its attribute it
 * is: rows with the same attribute must not meet under the same randomness ([Note: One r per occurrence]).
 *
 * @module
 */
import { randomScalar, reduce, type Scalar } from '../algebra/group.ts';
import type { Random } from '../algebra/random.ts';
import { evaluate, lagrangeAtZero, polynomialThrough } from '../algebra/threshold.ts';
import type { Attribute } from './attribute.ts';
import type { Formula } from './formula.ts';

/** A row of the scheme: its attribute ρ(i) and its occurrence o(i) = 1, 2, … */
export type Row = { readonly attribute: Attribute; readonly occurrence: number };

/** Row `row` counts with coefficient ω when the secret is put together. */
export type Term = { readonly row: number; readonly coefficient: Scalar };

/** The rows of a formula. */
export function rowsOf(formula: Formula): Row[] {
  const rows: Row[] = [];
  const counts = new Map<Attribute, number>();
  const visit = (node: Formula): void => {
    if (node.kind === 'gate') {
      node.of.forEach(visit);
      return;
    }
    const occurrence = (counts.get(node.attribute) ?? 0) + 1;
    counts.set(node.attribute, occurrence);
    rows.push({ attribute: node.attribute, occurrence });
  };
  visit(formula);
  return rows;
}

/** τ, the largest occurrence. */
export const occurrences = (rows: readonly Row[]): number => Math.max(...rows.map((row) => row.occurrence));

/** A share λᵢ of the secret for every row. */
export function share(formula: Formula, secret: Scalar, random: Random): Scalar[] {
  const shares: Scalar[] = [];
  const visit = (node: Formula, value: Scalar): void => {
    if (node.kind === 'attribute') {
      shares.push(value);
      return;
    }
    const given = divide(node.k, node.of.length, value, random);
    node.of.forEach((child, i) => {
      visit(child, given[i]!);
    });
  };
  visit(formula, secret);
  return shares;
}

/** What the children of a k-of-n gate get. */
function divide(k: number, n: number, secret: Scalar, random: Random): Scalar[] {
  if (k === 1) return Array<Scalar>(n).fill(secret);
  if (k === n) {
    const summands = Array.from({ length: n - 1 }, () => randomScalar(random));
    return [...summands, reduce(summands.reduce((rest, summand) => rest - summand, secret))];
  }
  const polynomial = polynomialThrough(secret, k, random);
  return Array.from({ length: n }, (_, i) => evaluate(polynomial, BigInt(i + 1)));
}

/**
 * How the secret comes back from the rows of the attributes one holds: Σ ω·λ over the terms, with the fewest terms.
 * `null` when the attributes do not fulfil the formula. Only true thresholds bring coefficients other than 1.
 */
export function reconstruct(formula: Formula, attributes: Iterable<Attribute>): Term[] | null {
  const held = new Set(attributes);
  return choose(formula, (attribute) => (held.has(attribute) ? 0 : Number.POSITIVE_INFINITY));
}

/**
 * Sets of terms that all give the secret and together use every row: what `keyCheck` tests.
 */
export function covering(formula: Formula): Term[][] {
  const size = rowsOf(formula).length;
  const used = new Set<number>();
  const sets: Term[][] = [];
  while (used.size < size) {
    // One unused row outweighs any number of used ones, so each set takes in at least one of them.
    const terms = choose(formula, (_, row) => (used.has(row) ? 0 : -2 * size))!;
    for (const { row } of terms) used.add(row);
    sets.push(terms);
  }
  return sets;
}

/**
 * The cheapest set of terms where a leaf costs `price` and one term more (so that equal prices mean fewest leaves).
 */
function choose(formula: Formula, price: (attribute: Attribute, row: number) => number): Term[] | null {
  let row = 0;
  const visit = (node: Formula): { cost: number; terms: Term[] } => {
    if (node.kind === 'attribute') {
      const cost = 1 + price(node.attribute, row);
      return { cost, terms: [{ row: row++, coefficient: 1n }] };
    }
    const chosen = node.of
      .map((child, i) => ({ ...visit(child), x: i + 1 }))
      .sort((a, b) => compareCosts(a.cost, b.cost) || a.x - b.x)
      .slice(0, node.k);
    const weights = node.k === 1 || node.k === node.of.length ? chosen.map(() => 1n) : lagrangeAtZero(chosen.map(({ x }) => BigInt(x)));
    return {
      cost: chosen.reduce((whole, { cost }) => whole + cost, 0),
      terms: chosen.flatMap(({ terms }, i) => terms.map((term) => ({ ...term, coefficient: reduce(term.coefficient * weights[i]!) }))),
    };
  };
  const { cost, terms } = visit(formula);
  return cost === Number.POSITIVE_INFINITY ? null : terms.sort((a, b) => a.row - b.row);
}

/** Orders costs of which both may be infinite. */
const compareCosts = (a: number, b: number): number => (a === b ? 0 : a - b);
