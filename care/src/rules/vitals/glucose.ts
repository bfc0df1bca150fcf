/**
 * Glucose: how much of the time it was where it should be.
 *
 * The five ranges are those of Battelino et al., "Clinical Targets for Continuous Glucose Monitoring Data
 * Interpretation", Diabetes Care 2019, doi 10.2337/dci19-0028. They are written in mg/dL and in mmol/L, and the two
 * differ by a rounding; a value counts in whole mg/dL, where every value with one digit of mmol/L falls on the
 * right side of both.
 *
 * @module
 */
import type { Point } from './series.ts';
import { glucoseMass } from './vitals.ts';
import { type Day, daysIn, numberOfDay } from './zone.ts';

export type GlucoseRange = 'very-low' | 'low' | 'within' | 'high' | 'very-high';

/** Shares of the readings, 0 to 1 and 1 together. */
export type TimeInRange = {
  readonly shares: Readonly<Record<GlucoseRange, number>>;
  readonly readings: number;
  /** In how many hours of the day there was a reading: shares of three finger pricks say little. */
  readonly hours: number;
};

/**
 * In which range a glucose lies: below 3.0, 3.0 to 3.8, 3.9 to 10.0, 10.1 to 13.9, above 13.9 mmol/L.
 *
 * @example
 * ```ts
 * import { glucoseRange } from '@carelet/care/rules/vitals/glucose';
 * glucoseRange(3.9); // 'within'
 * glucoseRange(70 / 18.0156); // 'within'
 * ```
 */
export function glucoseRange(mmol: number): GlucoseRange {
  const mass = Math.round(mmol * glucoseMass);
  if (mass < 54) return 'very-low';
  if (mass < 70) return 'low';
  if (mass <= 180) return 'within';
  return mass <= 250 ? 'high' : 'very-high';
}

/**
 * The time in range of a day, by its readings, as the consensus counts it; null for a day without any.
 *
 * @param points glucose in mmol/L, as `readingsOf` gives it
 * @param zone the person's
 */
export function timeInRange(points: readonly Point[], day: Day, zone: string): TimeInRange | null {
  const { startOf } = daysIn(zone);
  const number = numberOfDay(day);
  const [from, to] = [startOf(number), startOf(number + 1)];
  const counts: Record<GlucoseRange, number> = { 'very-low': 0, low: 0, within: 0, high: 0, 'very-high': 0 };
  const hours = new Set<number>();
  let readings = 0;
  for (const { time, values, implausible } of points) {
    if (time < from || time >= to || implausible) continue;
    counts[glucoseRange(values[0]!)]++;
    hours.add(Math.floor((time - from) / 3_600_000));
    readings++;
  }
  if (readings === 0) return null;
  const share = (range: GlucoseRange): number => counts[range] / readings;
  return {
    shares: {
      'very-low': share('very-low'),
      low: share('low'),
      within: share('within'),
      high: share('high'),
      'very-high': share('very-high'),
    },
    readings,
    hours: hours.size,
  };
}
