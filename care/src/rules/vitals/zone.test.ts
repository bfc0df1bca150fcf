import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOfNumber, daysIn, mondayOf, numberOfDay } from './zone.ts';

const zones = [
  'UTC',
  'Europe/Dublin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Beirut',
  'Pacific/Apia',
];
const anyTime = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2030, 0, 1) });

test('every instant lies in its day, which begins when the calendar on the wall says so', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), anyTime, (zone, time) => {
      const { numberOf, startOf } = daysIn(zone);
      const number = numberOf(time);
      const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
      expect(dayOfNumber(number)).toBe(wall.format(time));
      expect(startOf(number)).toBeLessThanOrEqual(time);
      expect(startOf(number + 1)).toBeGreaterThan(time);
      expect(numberOf(startOf(number))).toBe(number);
      // Not earlier: the moment before is yesterday.
      expect(numberOf(startOf(number) - 1)).toBeLessThan(number);
    }),
  );
});

test('the days on which clocks change are 23 and 25 hours long', () => {
  const { startOf } = daysIn('Europe/Dublin');
  const hours = (day: string) => (startOf(numberOfDay(day) + 1) - startOf(numberOfDay(day))) / 3_600_000;
  expect(hours('2026-03-29')).toBe(23);
  expect(hours('2026-10-25')).toBe(25);
  expect(hours('2026-11-20')).toBe(24);
});

test('where clocks go forward at midnight the day begins at one', () => {
  const { startOf } = daysIn('America/Sao_Paulo');
  expect(new Date(startOf(numberOfDay('2018-11-04'))).toISOString()).toBe('2018-11-04T03:00:00.000Z');
});

test('a week begins on Monday', () => {
  expect(dayOfNumber(mondayOf(numberOfDay('2026-11-20')))).toBe('2026-11-16');
  expect(dayOfNumber(mondayOf(numberOfDay('2026-11-16')))).toBe('2026-11-16');
  expect(dayOfNumber(mondayOf(numberOfDay('1969-12-31')))).toBe('1969-12-29');
});

test('a zone nobody knows is refused', () => {
  expect(() => daysIn('Mars/Olympus')).toThrow('Cannot read time zone: it is not the name of a time zone');
});
