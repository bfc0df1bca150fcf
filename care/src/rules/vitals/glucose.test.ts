import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { glucoseRange, timeInRange } from './glucose.ts';
import type { Point } from './series.ts';

const clarity = resolve(
  import.meta.dirname,
  '../../../..',
  process.env.CARELET_DATA ?? '../shared/data',
  '03-signals/cgm/dexcom-clarity.csv',
);
const present = existsSync(clarity);
const recorded = present ? test : (): void => {};

// Both spellings of the consensus: mg/dL and mmol/L.
test.each([
  [53, 2.9, 'very-low'],
  [54, 3, 'low'],
  [69, 3.8, 'low'],
  [70, 3.9, 'within'],
  [180, 10, 'within'],
  [181, 10.1, 'high'],
  [250, 13.9, 'high'],
  [251, 14, 'very-high'],
] as const)('%d mg/dL and %d mmol/L are %s', (mass, molar, range) => {
  expect(glucoseRange(mass / 18.0156)).toBe(range);
  expect(glucoseRange(molar)).toBe(range);
});

test('a day counts its own readings only, and says on how many hours it rests', () => {
  const day = (hour: number, value: number): Point => ({ time: Date.UTC(2026, 10, 20, hour), values: [value] });
  const points = [day(-2, 20), day(3, 3.5), day(8, 5), day(8, 6), day(20, 12), { ...day(9, 99), implausible: true as const }];
  expect(timeInRange(points, '2026-11-20', 'UTC')).toEqual({
    shares: { 'very-low': 0, low: 0.25, within: 0.5, high: 0.25, 'very-high': 0 },
    readings: 4,
    hours: 3,
  });
  expect(timeInRange(points, '2026-11-25', 'UTC')).toBeNull();
});

recorded('the days of a real sensor add up', () => {
  const rows = readFileSync(clarity, 'utf8')
    .split('\n')
    .map((line) => line.replace(/"/g, '').split(','))
    .filter((cells) => cells.includes('EGV'));
  const points = rows.flatMap((cells): Point[] => {
    const time = Date.parse(`${cells.find((cell) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d$/.test(cell))!.replace(' ', 'T')}Z`);
    const value = Number(cells[7]);
    return Number.isFinite(value) && value > 0 ? [{ time, values: [value / 18.0156] }] : [];
  });
  expect(points.length).toBeGreaterThan(1000);
  const days = new Set(points.map(({ time }) => new Date(time).toISOString().slice(0, 10)));
  let readings = 0;
  for (const day of days) {
    const found = timeInRange(points, day, 'UTC')!;
    readings += found.readings;
    expect(Object.values(found.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  }
  expect(readings).toBe(points.length);
});

if (!present) test.skip('the recording of a glucose sensor is not here (CARELET_DATA)', () => {});
