import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAttribute, sortedAttributes } from './attribute.ts';
import { attributesOf, checkFormula, type Formula, limits, parse, print, satisfies } from './formula.ts';
import { formulas, subsets } from './testing.ts';

const a: Formula = { kind: 'attribute', attribute: 'x:a' };
const b: Formula = { kind: 'attribute', attribute: 'x:b' };
const c: Formula = { kind: 'attribute', attribute: 'x:c' };
const gate = (k: number, ...of: Formula[]): Formula => ({ kind: 'gate', k, of });

test('and binds tighter than or, and keywords may be shouted', () => {
  expect(parse('x:a or x:b and x:c')).toEqual(gate(1, a, gate(2, b, c)));
  expect(parse('(x:a OR x:b) AND x:c')).toEqual(gate(2, gate(1, a, b), c));
  expect(parse(' 2 Of ( x:a,x:b and x:c , x:c ) ')).toEqual(gate(2, a, gate(2, b, c), c));
  expect(parse('((x:a))')).toEqual(a);
  expect(parse('1 of (x:a)')).toEqual(a);
  expect(parse('1 of (x:a, x:b)')).toEqual(parse('x:a or x:b'));
  expect(parse('2 of (x:a, x:b)')).toEqual(parse('x:a and x:b'));
});

test('words that look like keywords may be parts of attributes', () => {
  expect(attributesOf(parse('or:and and of:or or 2:of'))).toEqual(['or:and', 'of:or', '2:of']);
});

test.each([
  ['', 'expected an attribute name:value, "(" or a number, found the end'],
  ['x:a and', 'found the end'],
  ['x:a x:b', 'expected "and", "or" or the end, found "x:b" at 4'],
  ['and', 'found "and" at 0'],
  ['x:a or or x:b', 'found "or" at 7'],
  ['(x:a', 'expected ")", found the end'],
  ['x:a)', 'found ")" at 3'],
  ['()', 'found ")"'],
  ['role', 'expected an attribute name:value'],
  [':a', 'an attribute is name:value'],
  ['a:', 'an attribute is name:value'],
  ['2 x:a', 'expected "of"'],
  ['2 of x:a', 'expected "("'],
  ['2 of (x:a; x:b)', 'expected ")", found "x:b"'],
  ['2 of (x:a, )', 'found ")"'],
  ['0 of (x:a)', '0 of 1 cannot be'],
  ['2 of (x:a)', '2 of 1 cannot be'],
  ['99999999999999999999 of (x:a)', 'cannot be'],
  ['-1 of (x:a)', 'expected an attribute'],
  ['not x:a', 'expected an attribute'],
  ['x:u\u0308', 'NFC'],
  ['x:\ud800', 'an attribute is name:value'],
  [`x:${'y'.repeat(300)}`, '255 bytes'],
  [`${'('.repeat(17)}x:a${')'.repeat(17)}`, 'nested deeper than 16'],
  [Array(257).fill('x:a').join(' or '), 'more than 256 attributes'],
  ['x'.repeat(limits.text + 1), 'too long'],
])('%# a malformed formula is refused, saying why', (text, why) => {
  expect(() => parse(text)).toThrow(TypeError);
  expect(() => parse(text)).toThrow(why);
});

test('256 attributes and 16 gates are within the limits, one more is not', () => {
  expect(attributesOf(parse(Array.from({ length: 256 }, (_, i) => `x:${i}`).join(' and ')))).toHaveLength(256);
  const deep = (n: number): Formula => (n === 0 ? a : gate(n % 2 ? 1 : 2, b, deep(n - 1)));
  expect(parse(print(deep(16)))).toEqual(deep(16));
  expect(() => checkFormula(deep(17))).toThrow('deeper than 16');
});

test('a formula made by a program is checked like a text', () => {
  for (const bad of [
    gate(1),
    gate(1, a),
    gate(0, a, b),
    gate(3, a, b),
    gate(1.5, a, b),
    gate(1, a, { kind: 'attribute', attribute: 'no' }),
  ]) {
    expect(() => checkFormula(bad)).toThrow(TypeError);
  }
});

test('what is printed parses to the same formula', () => {
  fc.assert(
    fc.property(formulas, (formula) => {
      expect(parse(print(formula))).toEqual(formula);
    }),
  );
  expect(print(parse('x:a or x:b and x:c'))).toBe('x:a or (x:b and x:c)');
  expect(print(parse('2 of (x:a, (x:b and x:c), x:c) and (x:a or x:b)'))).toBe('2 of (x:a, x:b and x:c, x:c) and (x:a or x:b)');
});

test('whatever text comes, parsing gives a formula or a TypeError', () => {
  const words = fc.constantFrom('(', ')', ',', 'or', 'and', 'of', '2', '0', 'x:a', 'x:b', 'x', ' ', '\n', 'é', '\ud800');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 40 }).map((list) => list.join(' ')),
      ),
      (text) => {
        try {
          const formula = parse(text);
          checkFormula(formula);
          expect(parse(print(formula))).toEqual(formula);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a formula is fulfilled as its words say', () => {
  const policy = parse('part:MI and (t:2026 or t:2025-12) and 2 of (a:1, b:1, c:1)');
  expect(satisfies(policy, ['part:MI', 't:2026', 'a:1', 'c:1', 'z:0'])).toBe(true);
  expect(satisfies(policy, ['part:MI', 't:2026', 'a:1'])).toBe(false);
  expect(satisfies(policy, ['t:2026', 'a:1', 'c:1', 'b:1'])).toBe(false);
  expect(satisfies(policy, [])).toBe(false);
});

test('more attributes never close a formula', () => {
  fc.assert(
    fc.property(formulas, subsets, subsets, (formula, some, others) => {
      if (satisfies(formula, some)) expect(satisfies(formula, [...some, ...others])).toBe(true);
      expect(satisfies(formula, attributesOf(formula))).toBe(true);
    }),
  );
});

describe('attributes', () => {
  test.each(['l:AAAAAAAAAAAAAAAAAAAAAA', 'org:A/cardio/w3', 't:2026-11-20', 'name:ü', 'a:b:c'])('%s is one', (text) => {
    expect(() => checkAttribute(text)).not.toThrow();
  });

  test.each([
    '',
    'a',
    'a:',
    ':b',
    'a b:c',
    'a:b c',
    'a:(b',
    'a:b)',
    'a:b,c',
    'a:\u0000',
    'a:\u00a0b',
    'a:u\u0308',
    'a:\udfff',
    `a:${'ü'.repeat(127)}`,
  ])('%j is none', (text) => {
    expect(() => checkAttribute(text)).toThrow(TypeError);
  });

  test('they are ordered by their bytes, and none comes twice', () => {
    // In UTF-16 the second would come first.
    expect(sortedAttributes(['x:\u{1f600}', 'x:\uff5e', 'x:a', 'a:z'])).toEqual(['a:z', 'x:a', 'x:\uff5e', 'x:\u{1f600}']);
    expect(() => sortedAttributes(['x:a', 'x:b', 'x:a'])).toThrow('twice');
  });
});
