/**
 * What is usual: a person's own, and since when she is out of it.
 *
 * Her own usual is where nine of ten of her days were, the 5th to the 95th percentile of the daily values, before
 * the last seven days. It is taken from the last three months, so that it follows a treatment that works; where
 * these hold too few days it reaches back a year. [Note: Why usual forgets: over a whole year the months before a
 * tablet began would make this week's return to them look ordinary.]
 *
 * @module
 */
import type { DayValue } from './days.ts';
import { type Band, shown, type VitalName, vitalFacts } from './vitals.ts';
import { type Day, dayOfNumber, daysIn, numberOfDay } from './zone.ts';

/** About whom: where her days begin and end, and whether an adult's limits (from 16 years on) hold for her. */
export type Whose = { readonly zone: string; readonly adult: boolean };

/** A band for each measure of the vital sign. */
export type Usual =
  | { readonly kind: 'own'; readonly bands: readonly Band[]; readonly from: Day; readonly to: Day; readonly days: number }
  | { readonly kind: 'reference'; readonly bands: readonly Band[] }
  | { readonly kind: 'none' };

export type Standing = 'below' | 'usual' | 'above';

/** How many days with readings make a usual, and how far back they may lie. */
export const usualTakes = { days: 14, near: 90, far: 365, recent: 7 } as const;

/**
 * Somebody's usual, as of `now`: her own, else an adult's reference, else none.
 *
 * @param days as `dailyValues` gives them
 * @param now UTC milliseconds
 */
export function usualOf(vital: VitalName, days: readonly DayValue[], whose: Whose, now: number): Usual {
  const { measures } = vitalFacts(vital);
  const to = daysIn(whose.zone).numberOf(now) - usualTakes.recent;
  for (const span of [usualTakes.near, usualTakes.far]) {
    const from = to - span + 1;
    const [first, last] = [dayOfNumber(from), dayOfNumber(to)];
    const inside = days.filter(({ day }) => day >= first && day <= last);
    const columns = measures.map((_, i) => inside.map(({ values }) => values[i]!).filter((value) => !Number.isNaN(value)));
    const fewest = Math.min(...columns.map(({ length }) => length));
    if (fewest >= usualTakes.days) {
      return { kind: 'own', bands: columns.map((values, i) => ownBand(vital, i, values)), from: first, to: last, days: fewest };
    }
  }
  const bands = measures.map(({ reference }) => reference ?? {});
  return whose.adult && measures.some(({ reference }) => reference !== undefined) ? { kind: 'reference', bands } : { kind: 'none' };
}

/**
 * A value against a band; bounds are inside.
 *
 * @example
 * ```ts
 * import { standing } from '@carelet/care/rules/vitals/usual';
 * standing(136, { low: 122, high: 136 }); // 'usual'
 * standing(148, { low: 122, high: 136 }); // 'above'
 * ```
 */
export function standing(value: number, { low, high }: Band): Standing {
  if (low !== undefined && value < low) return 'below';
  return high !== undefined && value > high ? 'above' : 'usual';
}

/**
 * All numbers of a reading against what is usual: above if any is above, else below if any is below; null where
 * nothing is known to compare.
 */
export function standingOf(vital: VitalName, values: readonly number[], usual: Usual): Standing | null {
  if (usual.kind === 'none') return null;
  const standings = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [standing(shown(vital, value), usual.bands[i] ?? {})]));
  if (standings.length === 0) return null;
  return standings.find((one) => one === 'above') ?? standings.find((one) => one === 'below') ?? 'usual';
}

/** A run of days out of the usual. */
export type Run = {
  readonly standing: 'below' | 'above';
  readonly since: Day;
  /** Days out since then. */
  readonly days: number;
  /** Days out in the last seven, and on how many of those there was a reading at all. */
  readonly daysOut: number;
  readonly daysMeasured: number;
};

/** Days without readings that a run survives. */
const longestGap = 8;

/**
 * Since when she has been out of her usual, to one side; null when she is not, or not any more. One usual day in
 * between does not end a run; two do, and so does more than a week without a reading.
 *
 * @param days as `dailyValues` gives them; those after `now` do not count
 */
export function runOut(vital: VitalName, days: readonly DayValue[], usual: Usual, whose: Whose, now: number): Run | null {
  const today = daysIn(whose.zone).numberOf(now);
  const out: { side: 'below' | 'above'; day: Day }[] = [];
  let usualDays = 0;
  let newer = today;
  const recent = days.map((day) => ({ ...day, number: numberOfDay(day.day), side: standingOf(vital, day.values, usual) }));
  for (const { day, number, side } of recent.reverse()) {
    if (number > today) continue;
    if (newer - number > longestGap) break;
    newer = number;
    if (side === 'usual' || side === null || side !== (out[0]?.side ?? side)) {
      if (++usualDays > 1) break;
    } else {
      usualDays = 0;
      out.push({ side, day });
    }
  }
  const [latest, first] = [out[0], out.at(-1)];
  if (!latest || !first) return null;
  const week = recent.filter(({ number }) => number > today - usualTakes.recent && number <= today);
  const daysOut = week.filter(({ side }) => side === latest.side).length;
  return { standing: latest.side, since: first.day, days: out.length, daysOut, daysMeasured: week.length };
}

function ownBand(vital: VitalName, measure: number, values: readonly number[]): Band {
  const { narrowest, onlyLow, plausible } = vitalFacts(vital).measures[measure]!;
  const ordered = [...values].sort((a, b) => a - b);
  let [low, high] = [percentile(ordered, 0.05), percentile(ordered, 0.95)];
  const missing = (narrowest - (high - low)) / 2;
  if (missing > 0) [low, high] = [low - missing, high + missing];
  const least = { low: shown(vital, Math.max(low, plausible.low)) };
  return onlyLow ? least : { ...least, high: shown(vital, Math.min(high, plausible.high)) };
}

/** Between the two nearest values, in proportion. */
function percentile(ordered: readonly number[], share: number): number {
  const place = share * (ordered.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, ordered.length - 1);
  return ordered[below]! + (place - below) * (ordered[above]! - ordered[below]!);
}
