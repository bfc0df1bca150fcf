import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, timeTicks } from './time.ts';

const at = (...of: [number, number, number?, number?, number?]): number =>
  new Date(of[0], of[1], of[2] ?? 1, of[3] ?? 0, of[4] ?? 0).getTime();

// A zone whose clocks change; where they never do, half of this would prove nothing.
const own = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (own === undefined) delete process.env.TZ;
  else process.env.TZ = own;
});

describe('labels of a time axis', () => {
  it('are never more than asked for and one, all inside, and rise', () => {
    const from = at(2025, 2, 3, 7);
    for (const span of [0.02, 0.2, 1, 3, 7, 30, 90, 365, 3650]) {
      for (const count of [2, 5, 12]) {
        const ticks = timeTicks(from, from + span * dayMs, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        expect(ticks.every((tick) => tick.at >= from && tick.at <= from + span * dayMs)).toBe(true);
        expect(ticks.map((tick) => tick.at)).toEqual(ticks.map((tick) => tick.at).sort((a, b) => a - b));
      }
    }
  });

  it('name the last day of a month first of all', () => {
    const ticks = timeTicks(at(2026, 9, 21), at(2026, 10, 20), 10);
    expect(ticks.at(-1)).toEqual({ at: at(2026, 10, 20), step: 'day' });
    expect(ticks.every((tick) => new Date(tick.at).getHours() === 0)).toBe(true);
  });

  it('stand at midnight also after the clock has changed', () => {
    expect(new Date(at(2026, 2, 20)).getTimezoneOffset()).not.toBe(new Date(at(2026, 3, 8)).getTimezoneOffset());
    const ticks = timeTicks(at(2026, 2, 20), at(2026, 3, 8), 19);
    expect(ticks.every((tick) => new Date(tick.at).getHours() === 0)).toBe(true);
    expect(new Set(ticks.map((tick) => tick.at)).size).toBe(ticks.length);
  });

  it('of a year are the beginnings of months', () => {
    const ticks = timeTicks(at(2025, 10, 20), at(2026, 10, 20), 12);
    expect(ticks).toHaveLength(12);
    expect(ticks.every((tick) => tick.step === 'month' && new Date(tick.at).getDate() === 1)).toBe(true);
  });

  it('are none for times that no calendar knows', () => {
    for (const moment of [1e25, Number.NaN, Number.NEGATIVE_INFINITY]) expect(timeTicks(moment, moment, 5)).toEqual([]);
  });

  it('of two hours are tens of minutes', () => {
    const ticks = timeTicks(at(2026, 10, 20, 7, 42), at(2026, 10, 20, 9, 42), 12);
    expect(ticks.map((tick) => new Date(tick.at).getMinutes() % 10)).toEqual(Array.from(ticks, () => 0));
    expect(ticks.length).toBeGreaterThan(8);
  });

  it('of one single day is that day, where hours mean nothing', () => {
    expect(timeTicks(at(2026, 10, 20), at(2026, 10, 20), 9, 'day')).toEqual([{ at: at(2026, 10, 20), step: 'day' }]);
    expect(timeTicks(at(2026, 10, 19), at(2026, 10, 20), 9, 'day').map((tick) => tick.step)).toEqual(['day', 'day']);
  });

  it('of a day are hours, and midnight is a day', () => {
    const ticks = timeTicks(at(2026, 10, 20, 18), at(2026, 10, 21, 18), 6);
    expect(ticks.map((tick) => tick.step)).toContain('day');
    expect(ticks.map((tick) => tick.step)).toContain('hour');
  });
});
