/**
 * Days of readings as charts draw them: each from its lowest to its highest value.
 *
 * @module
 */
import { dayMs } from './time.ts';

/** A day with readings. `second` is the bottom number of a blood pressure. */
export type ChartDay = {
  /** Midnight where the person is, ms. */
  readonly day: number;
  readonly low: number;
  readonly high: number;
  readonly second: { readonly low: number; readonly high: number } | null;
  readonly readings: number;
};

/**
 * Weeks instead of days, counted back from the last day: a week stands at its last day. Weeks without readings are left out.
 *
 * @param days oldest first
 */
export function byWeek(days: readonly ChartDay[]): ChartDay[] {
  const last = days.at(-1);
  if (!last) return [];
  const weeks = new Map<number, ChartDay>();
  for (const day of days) {
    const back = Math.floor(Math.round((last.day - day.day) / dayMs) / 7);
    const at = last.day - back * 7 * dayMs;
    const week = weeks.get(at);
    weeks.set(at, week ? together(week, day) : { ...day, day: at });
  }
  return [...weeks.values()];
}

function together(week: ChartDay, day: ChartDay): ChartDay {
  return {
    day: week.day,
    low: Math.min(week.low, day.low),
    high: Math.max(week.high, day.high),
    second:
      week.second && day.second
        ? { low: Math.min(week.second.low, day.second.low), high: Math.max(week.second.high, day.second.high) }
        : (week.second ?? day.second),
    readings: week.readings + day.readings,
  };
}

/** The index of the day nearest to a moment; `null` without days. */
export function nearest(times: ArrayLike<number>, at: number): number | null {
  if (times.length === 0) return null;
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - times[low - 1]! < times[low]! - at ? low - 1 : low;
}
