import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, type Cbor, cbor, hex } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { type AskedRow, decodeFinding, decodeInquiry, encodeFinding, encodeInquiry, longestInquiry } from './inquiry.ts';

const random = seededRandom('inquiry');
const rowIds = Array.from({ length: longestInquiry }, () => random(16).slice());
const asked: AskedRow[] = rowIds.map((rowId, i) => ({ part: ['EID', 'QID', 'MI'][i % 3]!, rowId }));
const [first, second] = rowIds as [Bytes, Bytes];

test('what is asked is read as it was asked, and what was found as it was found', () => {
  fc.assert(
    fc.property(fc.subarray(asked, { minLength: 1 }), fc.infiniteStream(fc.boolean()), (some, is) => {
      expect(decodeInquiry(encodeInquiry(some))).toEqual(some);
      const found = some.filter(() => is.next().value).map(({ rowId }) => rowId);
      expect(decodeFinding(encodeFinding(found), some)).toEqual(found);
    }),
  );
  expect(decodeFinding(encodeFinding(null), asked)).toBeNull();
  expect(decodeFinding(encodeFinding([]), asked)).toEqual([]);
});

test('no rows, too many, one twice and rows that are none are no inquiry, on either side', () => {
  const wrong: Record<string, Cbor> = {
    'no rows': [],
    'too many': [...asked.map(({ part, rowId }) => [part, rowId]), ['MI', random(16).slice()]],
    'one row twice': [
      ['MI', first],
      ['EID', first],
    ],
    'a short row': [['MI', first.slice(0, 15)]],
    'a long row': [['MI', random(17).slice()]],
    'a part that is none': [['mi', first]],
    'a row without its part': [first],
    'a field too many': [['MI', first, 1]],
    'no list': { MI: first },
    'a number': 7,
  };
  for (const [what, fields] of Object.entries(wrong)) expect(decodeInquiry(cbor(fields)), what).toBeNull();
  expect(() => encodeInquiry([])).toThrow(TypeError);
  expect(() => encodeInquiry([...asked, { part: 'MI', rowId: random(16).slice() }])).toThrow(TypeError);
  expect(() => encodeInquiry([{ part: 'no', rowId: first }])).toThrow(TypeError);
});

test('a finding for another question is none', () => {
  const one = [asked[0]!];
  expect(decodeFinding(encodeFinding([first]), one)).toEqual([first]);
  expect(decodeFinding(encodeFinding([second]), one)).toBeUndefined();
  expect(decodeFinding(encodeFinding([first, second]), one)).toBeUndefined();
  const wrong: Cbor[] = [[], [[first, first]], [[7]], [[first], 1], null, [[first.slice(1)]], [{ found: first }]];
  for (const said of wrong) expect(decodeFinding(cbor(said), asked)).toBeUndefined();
  expect(() => encodeFinding([first, first])).toThrow(TypeError);
});

test('mutated bytes are read as nothing, or as what somebody could have asked', () => {
  const good = [encodeInquiry(asked.slice(0, 5)), encodeFinding(rowIds.slice(0, 5)), encodeFinding(null)];
  const byte = fc.nat(255);
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: 4 }), (bytes, changes) => {
      const changed = bytes.slice();
      for (const [at, to] of changes) changed[at % changed.length] = to;
      const inquiry = decodeInquiry(changed);
      if (inquiry) expect(hex(encodeInquiry(inquiry))).toBe(hex(changed));
      const finding = decodeFinding(changed, asked);
      if (finding !== undefined) expect(hex(encodeFinding(finding))).toBe(hex(changed));
    }),
    { numRuns: 5000, seed: 4 },
  );
});
