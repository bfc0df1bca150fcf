import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measured, scaledText } from './fit/profile.ts';

test('a scaled integer is exactly its quotient, in as many digits as the scale needs', () => {
  const scales = [...new Set([...measured.values()].flatMap(({ fields }) => Object.values(fields).map(({ scale = 1 }) => scale)))];
  expect(scales).toEqual(expect.arrayContaining([1, 2, 4, 5, 10, 100, 128, 1000]));
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...scales), fc.constantFrom(0, 500), (raw, scale, offset) => {
      const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(scaledText(raw, scale, offset))!;
      const digits = BigInt(`${sign}${whole}${part}`);
      // value = digits / 10^n = raw / scale - offset, multiplied out.
      expect(digits * BigInt(scale)).toBe((BigInt(raw) - BigInt(offset) * BigInt(scale)) * 10n ** BigInt(part.length));
    }),
  );
});

test.each([
  [2671, 5, 500, '34.2'],
  [2491, 5, 500, '-1.8'],
  [7580, 100, 0, '75.80'],
  [1, 128, 0, '0.0078125'],
  [0, 1000, 0, '0.000'],
])('%i over %i less %i is %s', (raw, scale, offset, text) => {
  expect(scaledText(raw, scale, offset)).toBe(text);
});
