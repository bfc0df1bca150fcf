import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64, cbor, compare, concat, equal, hex, unbase64, uncbor, unhex } from './bytes.ts';

test('CBOR is deterministic: maps are sorted and integers are shortest', () => {
  expect(hex(cbor({ b: 1, a: 2 }))).toBe('a2616102616201');
  expect(hex(cbor(['carelet/v1/x/y', 24, new Uint8Array([1])]))).toBe(`836e${hex(new TextEncoder().encode('carelet/v1/x/y'))}18184101`);
});

test('what cbor wrote, uncbor reads back', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.string(), fc.uint8Array(), fc.boolean())), (value) => {
      expect(uncbor(cbor(value))).toEqual(value.map((x) => (x instanceof Uint8Array ? new Uint8Array(x) : x)));
    }),
  );
});

test.each(['1801', 'a2616201616102', '9f01ff', 'f7', '8101ff', 'a2616101616102', 'f97e00', '', '5f4101ff'])(
  'non-canonical CBOR %s is refused',
  (bytes) => {
    expect(() => uncbor(unhex(bytes))).toThrow('not deterministic CBOR');
  },
);

test('equal and compare agree', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(equal(a, b)).toBe(compare(a, b) === 0);
      expect(hex(concat(a, b))).toBe(hex(a) + hex(b));
    }),
  );
});

test('base64 is that of everybody else, and has one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(unbase64(base64(bytes))).toEqual(new Uint8Array(bytes));
    }),
  );
  for (const wrong of ['Zg', 'Zg=', 'Zh==', 'Zm9=', 'Zm8==', 'Zm9v ', 'Zm9v\n', 'Zm-_', '=', 'Z'])
    expect(() => unbase64(wrong)).toThrow(TypeError);
});
