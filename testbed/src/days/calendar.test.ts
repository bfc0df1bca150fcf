import { describe, expect, test } from 'vitest';
import { age, calendarOf, clock, date, dateTime, day, spoken, wall, weekday, winter, workday } from './calendar.ts';

const at = (text: string): number => Date.parse(text);
const calendar = calendarOf(new Date('2025-11-20T09:41:00Z'), new Date('2026-11-20T09:41:00Z'));

describe('the town calendar', () => {
  test('keeps the wall clock across the change of the hour', () => {
    expect(dateTime(calendar.ago(0, '07:52'))).toBe('2026-11-20T07:52:00Z');
    expect(dateTime(calendar.ago(48, '02:10'))).toBe('2026-10-03T02:10:00+01:00');
    expect(dateTime(at('2026-03-29T00:59:59Z'))).toBe('2026-03-29T00:59:59Z');
    expect(dateTime(at('2026-03-29T01:00:00Z'))).toBe('2026-03-29T02:00:00+01:00');
    expect(dateTime(at('2026-10-25T00:59:59Z'))).toBe('2026-10-25T01:59:59+01:00');
    expect(dateTime(at('2026-10-25T01:00:00Z'))).toBe('2026-10-25T01:00:00Z');
  });

  test('says the same instant it was given', () => {
    for (let moment = at('2025-01-01T00:20:00Z'); moment < at('2027-01-01T00:00:00Z'); moment += 7 * 3_600_000 + 60_000) {
      expect(at(dateTime(moment))).toBe(moment);
      expect(date(wall(moment, '12:00'))).toBe(date(moment));
    }
  });

  test('calls it today when the morning is over', () => {
    const today = (text: string): string => date(calendarOf(new Date(text), new Date(text)).ago(0));
    expect(today('2026-11-20T09:29:00Z')).toBe('2026-11-19');
    expect(today('2026-11-20T09:30:00Z')).toBe('2026-11-20');
    expect(today('2026-06-20T08:30:00Z')).toBe('2026-06-20');
    expect(today('2026-06-20T23:30:00Z')).toBe('2026-06-20');
  });

  test('shuts clinics on weekends', () => {
    for (let back = 0; back < 30; back++) expect(['Saturday', 'Sunday']).not.toContain(weekday(calendar.workday(back)));
    expect(date(workday(at('2026-11-22T12:00:00Z'), '09:00'))).toBe('2026-11-20');
    expect(clock(calendar.workday(5, '14:10'))).toBe('14:10');
  });

  test('finds the last time it was a day of the year', () => {
    expect(date(calendar.last(9, 17))).toBe('2026-09-17');
    expect(date(calendar.last(12, 4))).toBe('2025-12-04');
    expect(date(calendar.last(11, 20, '09:00'))).toBe('2026-11-20');
    expect(date(calendar.last(11, 20, '10:00'))).toBe('2025-11-20');
  });

  test('counts its days once each, oldest first', () => {
    const days = [...calendar.days()];
    expect(days).toHaveLength(366);
    expect(days[0]! + 365 * day).toBe(days.at(-1));
    expect(date(days.at(-1)!)).toBe('2026-11-20');
    expect(calendar.holds(at('2026-11-20T09:41:00Z'))).toBe(true);
    expect(calendar.holds(at('2026-11-20T09:41:01Z'))).toBe(false);
  });

  test('speaks as people write', () => {
    expect(spoken('1955-03-14')).toBe('14 March 1955');
    expect(spoken(at('2026-06-30T23:30:00Z'))).toBe('1 July 2026');
    expect(age('2018-05-09', at('2026-05-09T00:00:00Z'))).toBeCloseTo(8, 2);
    expect(winter(at('2026-01-15T00:00:00Z'))).toBeCloseTo(1);
    expect(winter(at('2026-07-16T00:00:00Z'))).toBeLessThan(-0.99);
  });
});
