import { describe, expect, it } from 'vitest';
import { byWeek, type ChartDay, nearest } from './days.ts';
import { dayMs } from './time.ts';

const last = Date.UTC(2026, 10, 20);
const day = (back: number, low: number, high: number, second: ChartDay['second'] = null): ChartDay => ({
  day: last - back * dayMs,
  low,
  high,
  second,
  readings: 2,
});

describe('weeks', () => {
  it('end with the last day and hold seven days each', () => {
    const weeks = byWeek([day(7, 100, 110), day(6, 120, 130), day(0, 118, 141)]);
    expect(weeks).toEqual([
      { day: last - 7 * dayMs, low: 100, high: 110, second: null, readings: 2 },
      { day: last, low: 118, high: 141, second: null, readings: 4 },
    ]);
  });

  it('count days and not readings, so that days without readings do not shift them', () => {
    expect(byWeek([day(20, 1, 2), day(0, 1, 2)]).map((week) => (last - week.day) / dayMs)).toEqual([14, 0]);
  });

  it('keep both numbers of a blood pressure apart', () => {
    const [week] = byWeek([day(1, 120, 130, { low: 70, high: 80 }), day(0, 118, 126, { low: 75, high: 91 })]);
    expect(week).toMatchObject({ low: 118, high: 130, second: { low: 70, high: 91 } });
  });

  it('do not mind an hour that a clock change took away', () => {
    const shifted = { ...day(6, 90, 95), day: last - 6 * dayMs + 3_600_000 };
    expect(byWeek([shifted, day(0, 100, 101)])).toHaveLength(1);
  });

  it('of no days are none', () => {
    expect(byWeek([])).toEqual([]);
  });
});

describe('the nearest reading', () => {
  it('is the one before or after, whichever is closer', () => {
    expect([-5, 4, 6, 14, 16, 99].map((at) => nearest([0, 10, 20], at))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('of none is none', () => {
    expect(nearest([], 3)).toBeNull();
  });
});
