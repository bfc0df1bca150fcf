import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dailyValues, pressureDays, pressureWeeks } from './days.ts';
import type { Point } from './series.ts';
import { sittingsOf } from './sitting.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 10, 20, 12);
const point = (time: number, ...values: number[]): Point => ({ time, values });

test('three cuffs in a row are one sitting, and the middle one counts', () => {
  const readings = [
    point(noon, 149, 92),
    point(noon + 3 * minute, 146, 90),
    point(noon + 9 * minute, 148, 91),
    point(noon + 11 * minute, 120, 70),
  ];
  const sittings = sittingsOf(readings);
  expect(sittings.map(({ middle, readings }) => [middle.values, readings.length])).toEqual([
    [[148, 91], 3],
    [[120, 70], 1],
  ]);
});

test('two arms with two cuffs are two sittings', () => {
  const readings = [
    { ...point(noon, 148, 91), device: 'left' },
    { ...point(noon, 140, 88), device: 'right' },
  ];
  expect(sittingsOf(readings)).toHaveLength(2);
});

test('no plausible reading is lost in sittings', () => {
  const anyPoint = fc.record({
    time: fc.integer({ min: 0, max: 200 }),
    systolic: fc.integer({ min: 80, max: 200 }),
    implausible: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyPoint), (drawn) => {
      const points = drawn
        .map(
          ({ time, systolic, implausible }): Point => ({ ...point(time * minute, systolic, 60), ...(implausible ? { implausible } : {}) }),
        )
        .sort((a, b) => a.time - b.time);
      const kept = sittingsOf(points).flatMap(({ readings }) => readings);
      expect(new Set(kept)).toEqual(new Set(points.filter((one) => !one.implausible)));
      for (const { middle, readings } of sittingsOf(points)) expect(readings).toContain(middle);
    }),
  );
});

test('a day’s span holds all of its readings, a week’s all of its days', () => {
  const points = [point(noon - 24 * 60 * minute, 141, 86), point(noon - 5 * minute, 147, 91), point(noon, 139, 93)];
  expect(pressureDays(points, 'UTC')).toEqual([
    { from: '2026-11-19', systolic: [141, 141], diastolic: [86, 86], readings: 1 },
    { from: '2026-11-20', systolic: [139, 147], diastolic: [91, 93], readings: 2 },
  ]);
  expect(pressureWeeks(points, 'UTC')).toEqual([{ from: '2026-11-16', systolic: [139, 147], diastolic: [86, 93], readings: 3 }]);
});

test('a reading at eleven at night belongs to that night, wherever she lives', () => {
  const late = [point(Date.UTC(2026, 10, 21, 4), 120, 70)];
  expect(pressureDays(late, 'America/New_York')[0]?.from).toBe('2026-11-20');
  expect(pressureDays(late, 'Asia/Tokyo')[0]?.from).toBe('2026-11-21');
});

test('a day’s pulse is the middle, its weight the last, its steps the sum of the counter that counted most', () => {
  const values = [point(noon, 70), point(noon + minute, 120), point(noon + 2 * minute, 72)];
  expect(dailyValues('heart-rate', values, 'UTC')[0]?.values).toEqual([72]);
  expect(dailyValues('weight', values, 'UTC')[0]?.values).toEqual([72]);
  const steps = [
    { ...point(noon, 4000), device: 'phone' },
    { ...point(noon, 3000), device: 'watch' },
    { ...point(noon + minute, 2500), device: 'watch' },
  ];
  expect(dailyValues('steps', steps, 'UTC')[0]?.values).toEqual([5500]);
});

test('what is implausible is in no day', () => {
  expect(dailyValues('heart-rate', [{ ...point(noon, 0), implausible: true }], 'UTC')).toEqual([]);
  expect(pressureDays([{ ...point(noon, 70, 130), implausible: true }], 'UTC')).toEqual([]);
});

test('a pressure of one number has a span of one', () => {
  expect(pressureDays([point(noon, 140, Number.NaN)], 'UTC')).toEqual([
    { from: '2026-11-20', systolic: [140, 140], diastolic: [Number.NaN, Number.NaN], readings: 1 },
  ]);
});
