import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitReader, BitWriter, bitsOf, unzigzag, zigzag } from './bits.ts';

const whole = fc.maxSafeNat();

test('bits come back as they were written, whatever lies before them', () => {
  const item = fc.oneof(
    fc.tuple(fc.constant('bits' as const), whole),
    fc.tuple(fc.constant('varint' as const), whole),
    fc.tuple(fc.constant('signed' as const), fc.integer({ min: -(2 ** 51), max: 2 ** 51 })),
    fc.tuple(fc.constant('ones' as const), fc.nat(60)),
  );
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const to = new BitWriter();
      for (const [how, value] of items) {
        if (how === 'bits') to.write(value, bitsOf(value));
        else if (how === 'varint') to.varint(value);
        else if (how === 'signed') to.signed(value);
        else {
          to.ones(value);
          to.write(0, 1);
        }
      }
      const from = new BitReader(to.finish());
      for (const [how, value] of items) {
        const read = how === 'bits' ? from.read(bitsOf(value)) : how === 'ones' ? from.ones(99) : from[how]();
        expect(read).toBe(value);
      }
      expect(from.left).toBeLessThan(8);
    }),
  );
});

test('zigzag keeps small numbers small and turns back', () => {
  expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4]);
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), (value) => {
      expect(unzigzag(zigzag(value))).toBe(value);
    }),
  );
});

test('a number needs as many bits as its binary form has digits', () => {
  expect(bitsOf(0)).toBe(0);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (value) => {
      expect(bitsOf(value)).toBe(value.toString(2).length);
    }),
  );
});

test.each([
  ['nothing', []],
  ['a varint without an end', [0x80]],
  ['a varint written longer than needed', [0x80, 0x00]],
  ['a varint above 53 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]],
  ['a varint of nine groups', [0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01]],
])('%s is refused as a number', (_, bytes) => {
  expect(() => new BitReader(Uint8Array.from(bytes)).varint()).toThrow('Cannot unpack strip');
});

test('a text is refused when longer than allowed, longer than what is left, or not UTF-8', () => {
  expect(() => new BitReader(Uint8Array.of(3, 97, 97, 97)).text(2)).toThrow('a text is too long');
  expect(() => new BitReader(Uint8Array.of(3, 97, 97)).text(9)).toThrow('a text is too long');
  expect(() => new BitReader(Uint8Array.of(1, 0xff)).text(9)).toThrow('a text is not UTF-8');
});
