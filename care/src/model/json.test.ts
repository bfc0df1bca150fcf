import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalJson, isLosslessNumber, isObject, type Json, LosslessNumber, maxDepth, own, parseJson, printJson } from './json.ts';

const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?$/);
// Names like numbers come first in any JavaScript object; no element has one.
const name = fc.oneof(
  fc.string().filter((s) => !/^\d+$/.test(s)),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', ''),
);
const text: fc.Arbitrary<string> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    digits,
    fc.string({ unit: 'binary' }).map((s) => JSON.stringify(s)),
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('value') as fc.Arbitrary<string>, { maxLength: 4 }).map((items) => `[${items.join(' ,')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('value') as fc.Arbitrary<string>), { maxLength: 4, selector: ([key]) => key })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:\n${value}`).join(', ')}}`),
  ),
})).value as fc.Arbitrary<string>;

test('what is read and printed again means the same, digit for digit', () => {
  fc.assert(
    fc.property(text, (source) => {
      const value = parseJson(source);
      const printed = printJson(value);
      expect(printed).toBe(compact(source));
      expect(equalJson(parseJson(printed), value)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('it reads what JSON.parse reads, but for twice the same name', () => {
  fc.assert(
    fc.property(text, (source) => {
      expect(plain(parseJson(source))).toEqual(JSON.parse(source));
    }),
    { numRuns: 500 },
  );
});

test('damaged JSON is refused exactly where JSON.parse refuses it', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '{', '0', '.', '\\', '\n', 'x'), (source, at, extra) => {
      const cut = at % (source.length + 1);
      const damaged = source.slice(0, cut) + extra + source.slice(cut + 1);
      let fine = true;
      try {
        JSON.parse(damaged);
      } catch {
        fine = false;
      }
      if (!fine) expect(() => parseJson(damaged)).toThrow(/^Cannot read JSON: .+ \(line \d+, column \d+\)$/);
    }),
    { numRuns: 2000 },
  );
});

test('1.00 is not 1.0, and what JavaScript would print otherwise keeps its digits', () => {
  for (const number of [
    '1.00',
    '1.0',
    '-0',
    '1e2',
    '1E400',
    '12345678901234567890',
    '0.1000',
    '100000000000000000000000',
    '1e-7',
    '1e21',
  ]) {
    expect(printJson(parseJson(`[${number}]`))).toBe(`[${number}]`);
  }
  expect(parseJson('12.5')).toBe(12.5);
  expect(parseJson('1.0')).toBeInstanceOf(LosslessNumber);
  expect(equalJson(parseJson('1.0'), parseJson('1.00'))).toBe(false);
  expect(equalJson(parseJson('1.0'), parseJson('1'))).toBe(false);
});

test('an error names line and column and nothing a patient said', () => {
  expect(() => parseJson('{\n  "name": "Ada",\n  "note": Lovelace }')).toThrow('Cannot read JSON: expected a value (line 3, column 11)');
  expect(() => parseJson('{"a":1,}')).toThrow('expected a name in quotes (line 1, column 8)');
  expect(() => parseJson('[1 2]')).toThrow('expected "," or "]" (line 1, column 4)');
  expect(() => parseJson('')).toThrow('the text ends too early (line 1, column 1)');
  expect(() => parseJson('"Ada')).toThrow('a string that does not end (line 1, column 1)');
  expect(() => parseJson('"\\x"')).toThrow('an escape that JSON does not know');
  expect(() => parseJson('01')).toThrow('expected the end of the text');
  expect(() => parseJson('[NaN]')).toThrow('expected a value');
});

test('a name twice in one object is refused, the same value or not', () => {
  expect(() => parseJson('{"a":1,"a":1}')).toThrow('the same name twice in one object (line 1, column 8)');
  expect(() => parseJson('{"a":1,"\\u0061":2}')).toThrow('the same name twice');
  expect(() => parseJson('{"__proto__":1,"__proto__":2}')).toThrow('the same name twice');
});

test('a key __proto__ is a key like any other', () => {
  const value = parseJson('{"__proto__":{"admin":true}}') as { [name: string]: Json };
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect((value as { admin?: unknown }).admin).toBeUndefined();
  expect(printJson(value)).toBe('{"__proto__":{"admin":true}}');
  expect(own(parseJson('{}') as { [name: string]: Json }, 'toString')).toBeUndefined();
});

test('nesting that would exhaust the stack is refused', () => {
  expect(() => parseJson('['.repeat(100_000))).toThrow(`nested deeper than ${maxDepth}`);
  expect(() => parseJson('{"a":'.repeat(100_000))).toThrow(`nested deeper than ${maxDepth}`);
  expect(printJson(parseJson('['.repeat(maxDepth) + ']'.repeat(maxDepth)))).toHaveLength(2 * maxDepth);
});

test('what JSON cannot say is not printed', () => {
  expect(() => printJson([Number.NaN])).toThrow('a number that is not finite');
});

/** The text without white space between tokens; strings as JSON.stringify spells them. */
function compact(source: string): string {
  return source.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string: string | undefined) =>
    string === undefined ? '' : JSON.stringify(JSON.parse(string)),
  );
}

function plain(value: Json): unknown {
  if (isLosslessNumber(value)) return Number(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
