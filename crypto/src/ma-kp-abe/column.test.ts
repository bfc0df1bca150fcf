// What the secret itself contributes to each share: counted exactly once wherever a formula is fulfilled.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomScalar, reduce } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { parse } from '../kp-abe/formula.ts';
import { covering, reconstruct, rowsOf, share } from '../kp-abe/shares.ts';
import { formulas, subsets } from '../kp-abe/testing.ts';
import { firstColumn } from './column.ts';

const random = seededRandom('first column');

test('Σ ωᵢ·M_{i,1} = 1 for every set that gives the secret', () => {
  let fulfilled = 0;
  fc.assert(
    fc.property(formulas, subsets, (formula, held) => {
      const column = firstColumn(formula);
      expect(column).toHaveLength(rowsOf(formula).length);
      const sets = [...covering(formula)];
      const terms = reconstruct(formula, held);
      if (terms) sets.push(terms);
      if (terms) fulfilled++;
      for (const set of sets) expect(set.reduce((sum, { row, coefficient }) => reduce(sum + coefficient * column[row]!), 0n)).toBe(1n);
    }),
    { numRuns: 500, seed: 6 },
  );
  expect(fulfilled).toBeGreaterThan(50);
});

test('it is the part of each share that grows with the secret, whatever else is drawn', () => {
  fc.assert(
    fc.property(formulas, (formula) => {
      const secret = randomScalar(random);
      const seed = String(secret);
      const [of, ofZero] = [share(formula, secret, seededRandom(seed)), share(formula, 0n, seededRandom(seed))];
      expect(of.map((value, i) => reduce(value - ofZero[i]!))).toEqual(firstColumn(formula).map((entry) => reduce(entry * secret)));
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('of an n-of-n gate only the last child carries the secret, of any other gate every child', () => {
  expect(firstColumn(parse('x:a'))).toEqual([1n]);
  expect(firstColumn(parse('x:a and x:b and x:c'))).toEqual([0n, 0n, 1n]);
  expect(firstColumn(parse('x:a or x:b'))).toEqual([1n, 1n]);
  expect(firstColumn(parse('2 of (x:a, x:b, x:c)'))).toEqual([1n, 1n, 1n]);
  expect(firstColumn(parse('(x:a or x:b) and (x:c and x:d)'))).toEqual([0n, 0n, 0n, 1n]);
});
