/**
 * Vital signs, ready to be drawn.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { VitalState } from '@carelet/care/rules/chart/states';
import { type DayValue, dailyValues } from '@carelet/care/rules/vitals/days';
import { timeInRange } from '@carelet/care/rules/vitals/glucose';
import type { Point } from '@carelet/care/rules/vitals/series';
import { sittingsOf } from '@carelet/care/rules/vitals/sitting';
import { type Usual as RuleUsual, standingOf } from '@carelet/care/rules/vitals/usual';
import { type VitalName as RuleName, vitalFacts } from '@carelet/care/rules/vitals/vitals';
import { dayOfNumber, daysIn, numberOfDay } from '@carelet/care/rules/vitals/zone';
import type { Audience, Band, Measured, SparkDay, Usual, VitalCard, VitalName, VitalView } from '../house/vitals.ts';
import { pageName, ruleName } from './names.ts';
import type { PatientView } from './view.ts';

/** Days in a sparkline, rows in a table. */
const sparkline = 14;
const longestTable = 200;
const dayLength = 86_400_000;

/** A vital sign's unit; of glucose it says so, since a millimole of something else weighs something else. */
export const shownUnit = (vital: RuleName): string => (vital === 'glucose' ? 'mmol/L{glucose}' : vitalFacts(vital).ucum);

/** A card for every vital sign there is a page for, the most telling first. */
export const cardsOf = (view: PatientView): VitalCard[] => view.states().flatMap((state) => cardOf(view, state) ?? []);

/** A vital sign as a card; `null` where there is no page for it. */
export function cardOf(view: PatientView, state: VitalState): VitalCard | null {
  const { vital, latest, readings, usual, run } = state;
  const name = pageName(vital);
  if (!name) return null;
  const { decimals } = vitalFacts(vital);
  const points = view.series().get(vital) ?? [];
  const days = daysOf(view, vital, points, state.days);
  return {
    vital: name,
    unit: shownUnit(vital),
    decimals,
    latest: measured(view, vital, latest, usual, readings),
    usual: usualOf(vital, usual),
    spark: days.slice(-sparkline),
    out: {
      days: run?.daysOut ?? 0,
      of: run?.daysMeasured ?? daysThisWeek(view, state),
      since: run ? midnight(view, run.since) : null,
    },
    audience: audienceOf(view, points),
    range: vital === 'glucose' ? rangeOf(view, points, state.days.at(-1)) : null,
  };
}

/**
 * The page about one vital sign.
 *
 * @param days how far back from now
 * @throws {CareletError} `missing` where it was never measured
 */
export function vitalPage(view: PatientView, name: VitalName, days: number, now: number): VitalView {
  const vital = ruleName(name);
  const state = view.states().find((one) => one.vital === vital);
  const card = state && cardOf(view, state);
  if (!vital || !card) throw new CareletError('missing', 'show vital sign', { because: 'it was never measured' });
  const counted = (view.series().get(vital) ?? []).filter(({ time, implausible }) => time <= now && !implausible);
  const from = now - days * dayLength;
  const span = counted.slice(firstSince(counted, from));
  const daily = dailyValues(vital, counted, view.whose().zone);
  return {
    ...card,
    times: Float64Array.from(span, ({ time }) => time),
    values: Float64Array.from(span, ({ values }) => values[0]!),
    seconds: vital === 'blood-pressure' ? Float64Array.from(span, ({ values }) => values[1]!) : null,
    days: daysOf(view, vital, span, daily),
    rows: rowsOf(view, vital, counted, state.usual),
    total: counted.length,
    averages: {
      week: average(daily, now - 7 * dayLength, now),
      month: average(daily, now - 30 * dayLength, now),
      yearAgo: average(daily, now - 380 * dayLength, now - 350 * dayLength),
    },
  };
}

/** One reading. */
export function measured(view: PatientView, vital: RuleName, point: Point, usual: RuleUsual, of = 1): Measured {
  return {
    at: point.time,
    values: point.values,
    standing: standingOf(vital, point.values, usual) ?? 'unknown',
    device: view.deviceName(point.device),
    item: view.recordOf(point.resourceId)?.id ?? '',
    of,
  };
}

/** What a value is compared with. A band that is open on one side ends where no living person's value lies beyond. */
export function usualOf(vital: RuleName, usual: RuleUsual): Usual {
  if (usual.kind === 'none') return { kind: 'none', band: null, second: null };
  const { measures } = vitalFacts(vital);
  const [band, second] = measures.map(({ plausible }, i): Band | null => {
    const { low, high } = usual.bands[i] ?? {};
    return low === undefined && high === undefined ? null : { low: low ?? plausible.low, high: high ?? plausible.high };
  });
  return { kind: usual.kind, band: band ?? null, second: second ?? null };
}

/** Days as sparklines draw them. */
export function sparkOf(view: PatientView, state: VitalState): SparkDay[] {
  return daysOf(view, state.vital, view.series().get(state.vital) ?? [], state.days).slice(-sparkline);
}

const vitalSigns = ['vital-signs', 'N', 'none'] as const;

/** Who may open these readings: the staff of the organisations in whose charts they lie, and whom one lets read them. */
function audienceOf(view: PatientView, points: readonly Point[]): Audience {
  const names = new Set<string>();
  for (const { resourceId } of points) {
    const record = view.recordOf(resourceId);
    if (record) names.add(record.place.name);
    if (names.size === view.places.length) break;
  }
  return { organisations: [...names].sort(), people: view.people(vitalSigns) };
}

const midnight = (view: PatientView, day: string): number => daysIn(view.whose().zone).startOf(numberOfDay(day));

/** Days of a span with their lowest, highest and middle values. */
function daysOf(view: PatientView, vital: RuleName, points: readonly Point[], daily: readonly DayValue[]): SparkDay[] {
  const { zone } = view.whose();
  const { numberOf, startOf } = daysIn(zone);
  const isSum = vitalFacts(vital).day === 'sum';
  const ranges = new Map<string, { readonly lows: number[]; readonly highs: number[]; readings: number }>();
  for (const { time, values, implausible } of points) {
    if (implausible) continue;
    const day = dayOfNumber(numberOf(time));
    const range = ranges.get(day) ?? { lows: [], highs: [], readings: 0 };
    ranges.set(day, range);
    range.readings++;
    for (const [i, value] of values.entries()) {
      range.lows[i] = !(range.lows[i]! <= value) ? value : range.lows[i]!;
      range.highs[i] = !(range.highs[i]! >= value) ? value : range.highs[i]!;
    }
  }
  return daily.flatMap(({ day, values }): SparkDay[] => {
    const range = ranges.get(day);
    if (!range) return [];
    const [middle, second] = values;
    // Of what is added up over a day, the single counts say nothing.
    const measure = (i: number, of: number) =>
      isSum ? { low: of, high: of, middle: of } : { low: range.lows[i]!, high: range.highs[i]!, middle: of };
    return [
      {
        day: startOf(numberOfDay(day)),
        ...measure(0, middle!),
        second: second === undefined ? null : measure(1, second),
        readings: range.readings,
      },
    ];
  });
}

function daysThisWeek(view: PatientView, { days, latest }: VitalState): number {
  const { numberOf } = daysIn(view.whose().zone);
  const last = numberOf(latest.time);
  return days.filter(({ day }) => numberOfDay(day) > last - 7).length;
}

/** The last readings, newest first; of pressures the sittings. */
function rowsOf(view: PatientView, vital: RuleName, points: readonly Point[], usual: RuleUsual): Measured[] {
  if (vital !== 'blood-pressure') {
    return points
      .slice(-longestTable)
      .reverse()
      .map((point) => measured(view, vital, point, usual));
  }
  return sittingsOf(points)
    .slice(-longestTable)
    .reverse()
    .map(({ middle, readings }) => measured(view, vital, middle, usual, readings.length));
}

function rangeOf(view: PatientView, points: readonly Point[], last: DayValue | undefined): VitalCard['range'] {
  const found = last && timeInRange(points, last.day, view.whose().zone);
  if (!found) return null;
  const { shares } = found;
  return { low: shares['very-low'] + shares.low, within: shares.within, high: shares.high + shares['very-high'] };
}

/** The middle of the days' values, of each measure. */
function average(daily: readonly DayValue[], from: number, to: number): number[] | null {
  const days = daily.filter(({ time }) => time > from && time <= to);
  if (days.length === 0) return null;
  return days[0]!.values.map((_, i) => {
    const values = days
      .map(({ values }) => values[i]!)
      .filter((value) => !Number.isNaN(value))
      .sort((a, b) => a - b);
    const half = values.length >> 1;
    if (values.length === 0) return Number.NaN;
    return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
  });
}

/** The place of the first point at or after a time; points are earliest first. */
function firstSince(points: readonly Point[], from: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.time < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
