/**
 * For tests only: random formulas and attribute sets over a small universe.
 *
 * @module
 */
import fc from 'fast-check';
import type { Attribute } from './attribute.ts';
import type { Formula } from './formula.ts';

const universe: readonly Attribute[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `x:${letter}`);

const leaf: fc.Arbitrary<Formula> = fc.constantFrom(...universe).map((attribute) => ({ kind: 'attribute', attribute }));

const upTo = (depth: number): fc.Arbitrary<Formula> =>
  depth === 0
    ? leaf
    : fc.oneof(
        { weight: 1, arbitrary: leaf },
        {
          weight: 3,
          arbitrary: fc
            .array(upTo(depth - 1), { minLength: 2, maxLength: 4 })
            .chain((of) => fc.integer({ min: 1, max: of.length }).map((k): Formula => ({ kind: 'gate', k, of }))),
        },
      );

/** Formulas of up to three gates on a path, with repeated attributes. */
export const formulas = upTo(3);

/** Sets of attributes of the universe. */
export const subsets = fc.subarray([...universe]);
