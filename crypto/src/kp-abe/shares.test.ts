import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverse, randomScalar, reduce, type Scalar } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import type { Attribute } from './attribute.ts';
import { type Formula, parse, satisfies } from './formula.ts';
import { covering, occurrences, reconstruct, rowsOf, share, type Term } from './shares.ts';
import { formulas, subsets } from './testing.ts';

const random = seededRandom('shares');

/**
 * The span program of a formula, written independently of `share`: rows M_i with λᵢ = M_i · (σ, v…); an n-of-n gate
 * adds n−1 columns, a true threshold k−1.
 */
function matrix(formula: Formula): Scalar[][] {
  let width = 1;
  const rows: Map<number, Scalar>[] = [];
  const visit = (node: Formula, vector: Map<number, Scalar>): void => {
    if (node.kind === 'attribute') {
      rows.push(vector);
      return;
    }
    const { k, of } = node;
    const base = width;
    if (k > 1) width += k - 1;
    of.forEach((child, i) => {
      const own = new Map(vector);
      if (k === of.length && k > 1) {
        if (i < k - 1) {
          visit(child, new Map([[base + i, 1n]]));
          return;
        }
        for (let j = 0; j < k - 1; j++) own.set(base + j, reduce((own.get(base + j) ?? 0n) - 1n));
      } else {
        for (let j = 1; j < k; j++) own.set(base + j - 1, reduce(BigInt(i + 1) ** BigInt(j)));
      }
      visit(child, own);
    });
  };
  visit(formula, new Map([[0, 1n]]));
  return rows.map((row) => Array.from({ length: width }, (_, j) => row.get(j) ?? 0n));
}

/** Whether (1, 0, …) is a combination of the rows: Gaussian elimination modulo r. */
function spansFirstUnit(rows: readonly Scalar[][], width: number): boolean {
  const left = rows.map((row) => [...row]);
  const goal = Array.from({ length: width }, (_, j) => (j === 0 ? 1n : 0n));
  const eliminate = (row: Scalar[], pivot: readonly Scalar[], column: number): void => {
    const factor = row[column]!;
    if (factor !== 0n) for (let j = 0; j < width; j++) row[j] = reduce(row[j]! - factor * pivot[j]!);
  };
  for (let column = 0; column < width; column++) {
    const found = left.findIndex((row) => row[column] !== 0n);
    if (found < 0) continue;
    const [pivot] = left.splice(found, 1);
    const scale = inverse(pivot![column]!);
    const unit = pivot!.map((value) => reduce(value * scale));
    for (const row of left) eliminate(row, unit, column);
    eliminate(goal, unit, column);
  }
  return goal.every((value) => value === 0n);
}

const heldRows = (formula: Formula, held: readonly Attribute[]): Scalar[][] => {
  const rows = rowsOf(formula);
  return matrix(formula).filter((_, i) => held.includes(rows[i]!.attribute));
};

const combined = (terms: readonly Term[], shares: readonly Scalar[]): Scalar =>
  terms.reduce((whole, { row, coefficient }) => reduce(whole + coefficient * shares[row]!), 0n);

test('the secret comes back exactly where the formula is fulfilled', () => {
  fc.assert(
    fc.property(formulas, subsets, (formula, held) => {
      const secret = randomScalar(random);
      const shares = share(formula, secret, random);
      const rows = rowsOf(formula);
      expect(shares).toHaveLength(rows.length);
      const terms = reconstruct(formula, held);
      expect(terms !== null).toBe(satisfies(formula, held));
      if (terms) {
        expect(combined(terms, shares)).toBe(secret);
        expect(terms.every(({ row }) => held.includes(rows[row]!.attribute))).toBe(true);
        expect(new Set(terms.map(({ row }) => row)).size).toBe(terms.length);
      }
    }),
    { numRuns: 400 },
  );
});

test('where it is not fulfilled, the rows held do not span the secret', () => {
  let unfulfilled = 0;
  fc.assert(
    fc.property(formulas, subsets, (formula, held) => {
      const rows = heldRows(formula, held);
      const width = matrix(formula)[0]!.length;
      expect(spansFirstUnit(rows, width)).toBe(satisfies(formula, held));
      if (!satisfies(formula, held)) unfulfilled++;
    }),
    { numRuns: 400 },
  );
  expect(unfulfilled).toBeGreaterThan(50);
});

test('coefficients from reconstruction combine the rows of the matrix to (1, 0, …)', () => {
  fc.assert(
    fc.property(formulas, (formula) => {
      const m = matrix(formula);
      for (const terms of [
        reconstruct(
          formula,
          rowsOf(formula).map(({ attribute }) => attribute),
        )!,
        ...covering(formula),
      ]) {
        const sum = m[0]!.map((_, j) => terms.reduce((whole, { row, coefficient }) => reduce(whole + coefficient * m[row]![j]!), 0n));
        expect(sum).toEqual(m[0]!.map((_, j) => (j === 0 ? 1n : 0n)));
      }
    }),
  );
});

test('the fewest rows are used', () => {
  const formula = parse('(x:a and x:b and x:c) or x:d or 2 of (x:e and x:f, x:g, x:h)');
  const rows = (held: string): number[] | undefined =>
    reconstruct(
      formula,
      [...held].map((letter) => `x:${letter}`),
    )?.map(({ row }) => row);
  expect(rows('abcdefgh')).toEqual([3]);
  expect(rows('abcefgh')).toEqual([6, 7]);
  expect(rows('abcefg')).toEqual([0, 1, 2]);
  expect(rows('efg')).toEqual([4, 5, 6]);
  expect(rows('abefh')).toEqual([4, 5, 7]);
  expect(rows('abef')).toBeUndefined();
});

test('only true thresholds bring coefficients other than 1', () => {
  const ones = reconstruct(parse('x:a and (x:b or x:c) and x:d'), ['x:a', 'x:c', 'x:d'])!;
  expect(ones.map(({ coefficient }) => coefficient)).toEqual([1n, 1n, 1n]);
  // At 1 and 3 of f(0): 3/2 and −1/2.
  const some = reconstruct(parse('2 of (x:a, x:b, x:c)'), ['x:a', 'x:c'])!;
  expect(some.map(({ coefficient }) => reduce(2n * coefficient))).toEqual([3n, reduce(-1n)]);
});

test('occurrences count the rows of one attribute, in the order of the leaves', () => {
  const rows = rowsOf(parse('x:a and (x:b or (x:a and x:a)) and x:b'));
  expect(rows.map(({ attribute, occurrence }) => `${attribute}${occurrence}`)).toEqual(['x:a1', 'x:b1', 'x:a2', 'x:a3', 'x:b2']);
  expect(occurrences(rows)).toBe(3);
  expect(occurrences(rowsOf(parse('x:a or x:b')))).toBe(1);
});

describe('the sets for KeyCheck', () => {
  test('together use every row, and each gives the secret', () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const secret = randomScalar(random);
        const shares = share(formula, secret, random);
        const sets = covering(formula);
        expect(new Set(sets.flatMap((terms) => terms.map(({ row }) => row))).size).toBe(shares.length);
        for (const terms of sets) {
          expect(combined(terms, shares)).toBe(secret);
          expect(terms.every(({ coefficient }) => coefficient !== 0n)).toBe(true);
        }
      }),
    );
  });

  test('are as many as the widest or, and come quickly for 256 rows', () => {
    expect(covering(parse('x:a or (x:b and x:c and x:d) or x:e'))).toHaveLength(3);
    expect(covering(parse('x:a and x:b and x:c'))).toHaveLength(1);
    expect(covering(parse(Array.from({ length: 256 }, (_, i) => `x:${i}`).join(' or ')))).toHaveLength(256);
  });
});
