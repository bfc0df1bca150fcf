import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DayValue } from './days.ts';
import { runOut, standing, standingOf, usualOf } from './usual.ts';
import { dayOfNumber, numberOfDay } from './zone.ts';

const now = Date.UTC(2026, 10, 20, 12);
const whose = { zone: 'UTC', adult: true };
const today = numberOfDay('2026-11-20');
const value = (back: number, ...values: number[]): DayValue => ({ day: dayOfNumber(today - back), time: now - back * 86_400_000, values });
/** Values by days back, oldest first. */
const days = (values: Readonly<Record<number, number>>): readonly DayValue[] =>
  Object.entries(values)
    .map(([back, one]) => value(Number(back), one))
    .sort((a, b) => a.time - b.time);
const span = (from: number, to: number, of: (back: number) => number): Record<number, number> =>
  Object.fromEntries(Array.from({ length: from - to + 1 }, (_, i) => [to + i, of(to + i)]));

test('usual is where nine of ten days were, before this week', () => {
  // 0 to 100 on 101 days is nobody's pulse, but its percentiles are easily seen.
  const usual = usualOf('heart-rate', days({ ...span(90, 7, (back) => 50 + (back % 42)), ...span(6, 0, () => 150) }), whose, now);
  expect(usual).toEqual({ kind: 'own', bands: [{ low: 52, high: 89 }], from: '2026-08-16', to: '2026-11-13', days: 84 });
});

test('a usual of three months forgets what was before a treatment', () => {
  const usual = usualOf('weight', days({ ...span(300, 120, () => 90), ...span(90, 8, () => 70) }), whose, now);
  expect(usual).toMatchObject({ kind: 'own', bands: [{ low: 69, high: 71 }] });
});

test('who measures once a week has a usual of a year', () => {
  const weekly = days(Object.fromEntries(Array.from({ length: 50 }, (_, week) => [7 * (week + 1), 70 + (week % 3)])));
  expect(usualOf('weight', weekly, whose, now)).toMatchObject({ kind: 'own', days: 50, from: '2025-11-14' });
});

test('thirteen days are no usual, fourteen are', () => {
  const take = (count: number) => usualOf('heart-rate', days(span(6 + count, 7, () => 70)), whose, now).kind;
  expect([take(13), take(14)]).toEqual(['reference', 'own']);
});

test('this week never makes its own usual', () => {
  expect(usualOf('heart-rate', days(span(6, 0, () => 150)), whose, now).kind).toBe('reference');
});

test('a child has her own usual or none', () => {
  const child = { zone: 'UTC', adult: false };
  expect(usualOf('heart-rate', days({ 3: 110 }), child, now)).toEqual({ kind: 'none' });
  expect(usualOf('heart-rate', days(span(40, 7, () => 110)), child, now).kind).toBe('own');
  expect(usualOf('weight', [], whose, now)).toEqual({ kind: 'none' });
});

test('more oxygen or more breath is never above the usual', () => {
  const usual = usualOf('oxygen-saturation', days(span(40, 7, () => 94)), whose, now);
  expect(usual).toMatchObject({ bands: [{ low: 93 }] });
  expect(standingOf('oxygen-saturation', [100], usual)).toBe('usual');
});

test('a usual is at least as wide as its sign needs, whatever the days were', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 400, max: 1500 }), { minLength: 14, maxLength: 80 }), (tenths) => {
      const usual = usualOf('heart-rate', days(Object.fromEntries(tenths.map((tenth, i) => [7 + i, tenth / 10]))), whose, now);
      if (usual.kind !== 'own') throw new Error('expected her own');
      const { low, high } = usual.bands[0]!;
      expect(high! - low!).toBeGreaterThanOrEqual(11);
      const inside = tenths.filter((tenth) => standing(Math.round(tenth / 10), usual.bands[0]!) === 'usual').length;
      expect(inside / tenths.length).toBeGreaterThanOrEqual(0.8);
    }),
  );
});

test('of two numbers the one that is out decides, and above goes before below', () => {
  const usual = {
    kind: 'reference',
    bands: [
      { low: 90, high: 134 },
      { low: 60, high: 84 },
    ],
  } as const;
  expect(standingOf('blood-pressure', [130, 91], usual)).toBe('above');
  expect(standingOf('blood-pressure', [88, 91], usual)).toBe('above');
  expect(standingOf('blood-pressure', [88, 70], usual)).toBe('below');
  expect(standingOf('blood-pressure', [134.4, Number.NaN], usual)).toBe('usual');
  expect(standingOf('blood-pressure', [Number.NaN, Number.NaN], usual)).toBeNull();
  expect(standingOf('blood-pressure', [200, 100], { kind: 'none' })).toBeNull();
});

const band = { kind: 'reference', bands: [{ low: 60, high: 80 }] } as const;
const run = (values: Readonly<Record<number, number>>) => runOut('heart-rate', days(values), band, whose, now);

test.each([
  // Saturday usual; Sunday, Monday out; Tuesday usual; Wednesday to Friday out: since Sunday, five of seven.
  [
    'one usual day in between',
    { 6: 70, 5: 90, 4: 90, 3: 70, 2: 90, 1: 90, 0: 90 },
    { since: '2026-11-15', days: 5, daysOut: 5, daysMeasured: 7 },
  ],
  [
    'two usual days in between',
    { 5: 90, 4: 90, 3: 70, 2: 70, 1: 90, 0: 90 },
    { since: '2026-11-19', days: 2, daysOut: 4, daysMeasured: 6 },
  ],
  ['a usual today', { 2: 90, 1: 90, 0: 70 }, { since: '2026-11-18', days: 2, daysOut: 2, daysMeasured: 3 }],
  ['the other side in between', { 3: 90, 2: 50, 1: 90, 0: 90 }, { since: '2026-11-17', days: 3, daysOut: 3, daysMeasured: 4 }],
  ['once a week', { 14: 90, 7: 90, 0: 90 }, { since: '2026-11-06', days: 3, daysOut: 1, daysMeasured: 1 }],
  ['a long pause', { 20: 90, 1: 90 }, { since: '2026-11-19', days: 1, daysOut: 1, daysMeasured: 1 }],
])('a run with %s', (_, values, expected) => {
  expect(run(values as unknown as Record<number, number>)).toEqual({ standing: 'above', ...expected });
});

test('a run ends after two usual days, and long after the last reading', () => {
  expect(run({ 3: 90, 2: 90, 1: 70, 0: 70 })).toBeNull();
  expect(run({ 12: 90, 11: 90 })).toBeNull();
  expect(run({ 1: 70, 0: 70 })).toBeNull();
  expect(run({})).toBeNull();
});
