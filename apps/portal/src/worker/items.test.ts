import { parseJson } from '@carelet/care/model';
import { quantityIn } from '@carelet/care/rules/chart/value';
import { expect, test } from 'vitest';
import { quantityOf } from './items.ts';

const written = (digits: string) => {
  const quantity = quantityIn(parseJson(`{"value": ${digits}, "unit": "mmol/L"}`));
  return quantityOf(quantity && { kind: 'quantity', quantity });
};

test('a number is shown with the decimals it was written with', () => {
  expect(written('5.10')).toEqual({ value: 5.1, unit: 'mmol/L', decimals: 2 });
  expect(written('-7')).toMatchObject({ value: -7, decimals: 0 });
  expect(written('5.1e-3')).toMatchObject({ value: 0.0051, decimals: 4 });
  expect(written('1.5E+2')).toMatchObject({ value: 150, decimals: 0 });
});

test('however many digits a record has, a browser can write its number', () => {
  for (const digits of [`5.${'1'.repeat(120)}`, '1e-300', '1E300']) {
    const { value, decimals } = written(digits)!;
    expect(() => value.toFixed(decimals)).not.toThrow();
    expect(decimals).toBeLessThanOrEqual(20);
  }
});
