/**
 * Days: a value a day for sparklines and for what is usual, and the span of a day or a week for charts.
 *
 * @module
 */
import type { Point } from './series.ts';
import { sittingsOf } from './sitting.ts';
import { shown, type VitalName, vitalFacts } from './vitals.ts';
import { type Day, dayOfNumber, daysIn, mondayOf } from './zone.ts';

/** A day with readings. */
export type DayValue = {
  readonly day: Day;
  /** When the last of its readings was taken. */
  readonly time: number;
  /** As shown, one for each measure of the vital sign; NaN for what was not measured. */
  readonly values: readonly number[];
};

/**
 * One value a day, earliest first: the middle of the day's readings (of pressures, of its sittings), of a weight
 * the last, of steps the sum. Two step counters on one person are not added: the one that counted most stands.
 *
 * @param points earliest first
 * @param zone the person's
 * @example
 * ```ts
 * import { dailyValues } from '@carelet/care/rules/vitals/days';
 * const at = (hour: number, value: number) => ({ time: Date.UTC(2026, 10, 20, hour), values: [value] });
 * dailyValues('heart-rate', [at(8, 70), at(12, 95), at(20, 72)], 'UTC').map(({ values }) => values); // [[72]]
 * ```
 */
export function dailyValues(vital: VitalName, points: readonly Point[], zone: string): readonly DayValue[] {
  const { day, measures } = vitalFacts(vital);
  const counted = vital === 'blood-pressure' ? sittingsOf(points).map(({ middle }) => middle) : points;
  const daily: DayValue[] = [];
  for (const [number, readings] of byDay(counted, zone)) {
    const values = measures.map((_, i) => {
      if (day === 'sum') return mostOf(readings);
      const measured = readings.map(({ values }) => values[i]!).filter((value) => !Number.isNaN(value));
      return day === 'last' ? (measured.at(-1) ?? Number.NaN) : middleOf(measured);
    });
    const time = readings.reduce((latest, point) => Math.max(latest, point.time), Number.NEGATIVE_INFINITY);
    daily.push({ day: dayOfNumber(number), time, values: values.map((value) => shown(vital, value)) });
  }
  return daily;
}

/** The lowest and the highest of each measure in a day or a week. */
export type PressureSpan = {
  /** The day, or the week's Monday. */
  readonly from: Day;
  /** NaN where the pressure was not measured. */
  readonly systolic: readonly [low: number, high: number];
  readonly diastolic: readonly [low: number, high: number];
  readonly readings: number;
};

/**
 * Blood pressures day by day for paired range bars, earliest first; days without a reading are left out.
 *
 * @example
 * ```ts
 * import { pressureDays } from '@carelet/care/rules/vitals/days';
 * const at = (hour: number, ...values: number[]) => ({ time: Date.UTC(2026, 10, 20, hour), values });
 * pressureDays([at(8, 148, 91), at(20, 141, 92)], 'UTC');
 * // [{ from: '2026-11-20', systolic: [141, 148], diastolic: [91, 92], readings: 2 }]
 * ```
 */
export const pressureDays = (points: readonly Point[], zone: string): readonly PressureSpan[] => spans(byDay(points, zone));

/** The same week by week; weeks begin on Monday. */
export function pressureWeeks(points: readonly Point[], zone: string): readonly PressureSpan[] {
  const weeks = new Map<number, Point[]>();
  for (const [number, readings] of byDay(points, zone)) {
    const week = group(weeks, mondayOf(number));
    for (const reading of readings) week.push(reading);
  }
  return spans(weeks);
}

function spans(groups: ReadonlyMap<number, readonly Point[]>): readonly PressureSpan[] {
  return Array.from(groups, ([number, readings]) => ({
    from: dayOfNumber(number),
    systolic: rangeOf(readings, 0),
    diastolic: rangeOf(readings, 1),
    readings: readings.length,
  }));
}

function rangeOf(readings: readonly Point[], measure: number): readonly [number, number] {
  const measured = readings.map(({ values }) => values[measure]!).filter((value) => !Number.isNaN(value));
  if (measured.length === 0) return [Number.NaN, Number.NaN];
  return measured.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [measured[0]!, measured[0]!],
  );
}

/** Plausible points by local day, earliest first. */
function byDay(points: readonly Point[], zone: string): ReadonlyMap<number, readonly Point[]> {
  const { numberOf } = daysIn(zone);
  const days = new Map<number, Point[]>();
  for (const point of points) if (!point.implausible) group(days, numberOf(point.time)).push(point);
  return new Map([...days].sort(([a], [b]) => a - b));
}

function group(groups: Map<number, Point[]>, number: number): Point[] {
  const found = groups.get(number) ?? [];
  groups.set(number, found);
  return found;
}

/** The middle value, the mean of the two of an even number; NaN of none. */
function middleOf(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const half = ordered.length >> 1;
  if (ordered.length === 0) return Number.NaN;
  return ordered.length % 2 === 1 ? ordered[half]! : (ordered[half - 1]! + ordered[half]!) / 2;
}

function mostOf(readings: readonly Point[]): number {
  const sums = new Map<string | undefined, number>();
  for (const { device, values } of readings) sums.set(device, (sums.get(device) ?? 0) + values[0]!);
  return Math.max(...sums.values());
}
