/**
 * The quick way and the long way through CBOR give the same, wherever the quick one gives anything.
 */
import { encode } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, type Cbor, concat, hex, uncbor, unhex, utf8 } from './bytes.ts';
import { quickDecode, quickEncode } from './quick.ts';

const integers = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -1, -24, -25, -256, -257, -(2 ** 32), -(2 ** 32) - 1, 1.5),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom('', '\ufeffname', '\ud800'),
);
const { value } = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(integers, texts, fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 2 }),
  ),
}));

test('what the quick way encodes is what the long way encodes', () => {
  fc.assert(
    fc.property(value, (value) => {
      const quick = quickEncode(value);
      if (quick) expect(hex(quick)).toBe(hex(encode(value)));
    }),
    { numRuns: 2000 },
  );
});

test('what it encodes it reads back, and nothing that is not what it reads', () => {
  fc.assert(
    fc.property(value, (value) => {
      const bytes = encode(value);
      const quick = quickDecode(bytes);
      if (quickEncode(value)) expect(quick).toBeDefined();
      if (quick !== undefined) expect(hex(encode(quick))).toBe(hex(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('of bytes that were changed it reads only what is the encoding of what it gives', () => {
  fc.assert(
    fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.constantFrom('change', 'cut', 'add'), (value, at, by, how) => {
      const bytes = new Uint8Array(encode(value));
      const place = at % bytes.length;
      const other =
        how === 'cut'
          ? bytes.subarray(0, place)
          : how === 'add'
            ? concat(bytes, Uint8Array.of(by))
            : bytes.map((byte, i) => (i === place ? byte ^ by : byte));
      const quick = quickDecode(other);
      if (quick === undefined) return;
      expect(hex(encode(quick))).toBe(hex(other));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['an integer in more bytes than it needs', '1817'],
  ['a length in more bytes than it needs', '580101'],
  ['bytes that end early', '4201'],
  ['a number that ends early', '19ff'],
  ['an array that ends early', '8201'],
  ['an array longer than memory', '9affffffff'],
  ['something behind the end', '0000'],
  ['text that is no UTF-8', '61ff'],
  ['half of a surrogate pair', '63eda080'],
  ['an array without a length', '9f01ff'],
  ['a map', 'a0'],
  ['a tag', 'c100'],
  ['a fraction', 'f93e00'],
  ['undefined', 'f7'],
  ['nothing', ''],
  ['arrays without an end', '81'.repeat(100_000)],
])('%s is left to the long way', (_, bytes) => {
  expect(quickDecode(unhex(bytes))).toBeUndefined();
});

test('a text that begins with a byte order mark keeps it', () => {
  expect(uncbor(quickEncode(['\ufeffname'])!)).toEqual(['\ufeffname']);
});

test('bytes are copies of their own', () => {
  const bytes = Buffer.from(quickEncode([utf8('Ada')])!);
  const [name] = quickDecode(bytes) as [Bytes];
  bytes.fill(0);
  expect(name.constructor).toBe(Uint8Array);
  expect(name).toEqual(utf8('Ada'));
});
