/**
 * The calendar of the key trees (keys.md §2): `always`, a decade `201`, a year `2026`, a month `2026-11`, a day
 * `2026-11-20`, all in UTC. The words are chosen so that a period contains another exactly when its word begins it.
 *
 * All "now" here is a day: what is over is over since midnight UTC.
 *
 * Chronicles and science fiction are no charts: the calendar knows 1800 to 2099, thirty decades, so that a
 * reader walks from any node to the next by trying at most 31 words.
 *
 * @module
 */
import { CareletError, type Period } from '../../model/index.ts';

export const firstYear = 1800;
export const lastYear = 2099;

export type Span = 'always' | 'decade' | 'year' | 'month' | 'day';

/** What kind of period this is, or undefined if it is none: `2026-02-30` never was. */
export function spanOf(text: string): Span | undefined {
  if (text === 'always') return 'always';
  const match = /^(\d{3})(?:(\d)(?:-(\d{2})(?:-(\d{2}))?)?)?$/.exec(text);
  if (!match) return undefined;
  const [, decade, last, month, day] = match as unknown as [string, string, string?, string?, string?];
  if (Number(decade) * 10 < firstYear || Number(decade) * 10 > lastYear) return undefined;
  if (last === undefined) return 'decade';
  if (month === undefined) return 'year';
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  if (day === undefined) return 'month';
  return Number(day) >= 1 && Number(day) <= daysIn(Number(decade + last), Number(month)) ? 'day' : undefined;
}

/** @throws CareletError `invalid` for what is no period */
export function parsePeriod(text: string): Period {
  if (spanOf(text) === undefined) throw new CareletError('invalid', 'read period', { because: 'it is not a period of the calendar' });
  return text;
}

/**
 * What a period lies in, from `always` down to its parent; `always` lies in nothing.
 *
 * @example
 * ```ts
 * import { ancestors } from '@carelet/care/rules/records';
 * ancestors('2026-11-20'); // ['always', '202', '2026', '2026-11']
 * ```
 */
export function ancestors(period: Period): readonly Period[] {
  parsePeriod(period);
  if (period === 'always') return [];
  return ['always', ...[3, 4, 7].filter((length) => length < period.length).map((length) => period.slice(0, length))];
}

/** What a period divides into, in order: 30 decades, 10 years, 12 months, 28 to 31 days; a day into nothing. */
export function children(period: Period): readonly Period[] {
  switch (spanOf(parsePeriod(period))!) {
    case 'always':
      return range((lastYear - firstYear + 1) / 10, (i) => String(firstYear / 10 + i));
    case 'decade':
      return range(10, (i) => `${period}${i}`);
    case 'year':
      return range(12, (i) => `${period}-${two(i + 1)}`);
    case 'month':
      return range(daysIn(Number(period.slice(0, 4)), Number(period.slice(5))), (i) => `${period}-${two(i + 1)}`);
    case 'day':
      return [];
  }
}

/** Does `outer` hold all of `inner`? A period holds itself. */
export function contains(outer: Period, inner: Period): boolean {
  return outer === 'always' || (inner !== 'always' && inner.startsWith(outer));
}

/** First and last day of a period; `always` has neither. */
export function daysOf(period: Period): { readonly first: Period; readonly last: Period } {
  const span = spanOf(parsePeriod(period))!;
  if (span === 'always') throw new CareletError('invalid', 'read period', { because: '"always" has no first day' });
  if (span === 'day') return { first: period, last: period };
  if (span === 'decade') return { first: `${period}0-01-01`, last: `${period}9-12-31` };
  if (span === 'year') return { first: `${period}-01-01`, last: `${period}-12-31` };
  return { first: `${period}-01`, last: children(period).at(-1)! };
}

/** Is it over, on this day? `always` never is. */
export const isClosed = (period: Period, today: Period): boolean => period !== 'always' && daysOf(period).last < today;

/** The UTC day of an instant in milliseconds. */
export const dayOf = (instant: number): Period => new Date(instant).toISOString().slice(0, 10);

/** The day `days` later (or earlier, if negative). */
export const addDays = (day: Period, days: number): Period => dayOf(Date.parse(day) + days * 86_400_000);

/** The month `months` later (or earlier) than the one a day or month is in. */
export function addMonths(period: Period, months: number): Period {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + months)).toISOString().slice(0, 7);
}

// Wraps and keys (keys.md §3). The two functions below are one bargain: a writer wraps few nodes, and a key names
// exactly those of them that lie inside its window, coarse ones where it can. A month, a year, a decade is wrapped
// only when it is over (otherwise a year's key taken in January would open December, whatever is revoked in
// between), so the days of the open month, and of those to come while the key lasts, are named one by one.

export const monthsWrapped = 24;
export const daysWrapped = 60;
/** A patient's client may wrap a device's days this far ahead. */
export const daysAhead = 7;
/** A role key's window is at most a quarter (keys.md §4); the longest has 92 days. */
export const longestKey = 92;

/**
 * The nodes that get a policy wrap: closed decades and years, closed months of the last 24, the last 60 days.
 *
 * A year-only date of the open year and a month-only date of the open month have none until it is over; the
 * owner's wrap opens them meanwhile.
 *
 * @param periods where records hang (`periodOf`); `always` stands for the tree of the undated
 * @param today the UTC day
 * @returns without repetition, coarse ones first
 *
 * @example
 * ```ts
 * import { wrapBudget } from '@carelet/care/rules/records';
 * wrapBudget(['2026-11-20', '2026-10-03', '2014-05-01', 'always'], '2026-11-20');
 * // ['always', '201', '2014', '2026-10', '2026-10-03', '2026-11-20']
 * ```
 */
export function wrapBudget(periods: Iterable<Period>, today: Period): Period[] {
  const firstMonth = addMonths(today, -monthsWrapped);
  const firstDay = addDays(today, 1 - daysWrapped);
  const lastDay = addDays(today, daysAhead);
  const wrapped = new Set<Period>();
  for (const period of new Set(periods)) {
    // A wrap of a dated tree's root would open every date there will ever be.
    for (const node of period === 'always' ? ['always'] : [...ancestors(period).slice(1), period]) {
      const span = spanOf(node);
      if (
        span === 'always' ||
        (span === 'day' ? node >= firstDay && node <= lastDay : isClosed(node, today) && (span !== 'month' || node >= firstMonth))
      ) {
        wrapped.add(node);
      }
    }
  }
  return [...wrapped].sort(coarseFirst);
}

/**
 * The `t:` values of a key: it opens the wraps inside its window, and none outside.
 *
 * - whole decades, years, months of the window that are over when the key is issued, the coarsest that fit; a
 *   window that begins or ends inside a year older than the wraps of months is rounded inward to months, and
 *   opens what a key holder wraps on demand;
 * - of a closed month that the window cuts, the days that are wrapped;
 * - the days of every month not over yet, until the key expires or the window ends, and the month and year
 *   themselves if they will be over before (for what is dated no finer, and because one wrap is less than thirty);
 * - `always`, for what has no date.
 *
 * @param from first day of the window
 * @param to last day of the window; the key's expiry bounds it as well
 * @param today the UTC day on which the key is issued
 * @param validUntil the last day of the key, at most 92 days ahead; the window's last day unless said
 * @returns without repetition, coarse ones first; how many is measured in the tests
 * @throws CareletError `invalid` for a window that ends before it begins, or a key that outlasts a quarter
 *
 * @example
 * ```ts
 * import { timeCover } from '@carelet/care/rules/records';
 * timeCover('2026-08-15', '2026-11-04', '2026-11-03');
 * // ['always', '2026-09', '2026-10', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04']
 * ```
 */
export function timeCover(from: Period, to: Period, today: Period, validUntil: Period = to < today ? today : to): Period[] {
  mustBeWindow(from, to, today, validUntil);
  if (validUntil < today || validUntil > addDays(today, longestKey)) throw noCover('a key lasts at most a quarter');
  return cover(from, to, today, validUntil, addDays(today, 1 - daysWrapped));
}

/** A grant lasts at most this many days: a year and a month, as far ahead as scopes are published (keys.md §4). */
export const longestGrant = 396;

/** A day more than a grant may last, seconds: a day that began somewhere is over everywhere. */
export const longestGrantSeconds = (longestGrant + 1) * 86_400;

/**
 * The scopes of a consent to a named doctor: as `timeCover`, but of a closed month that the window cuts every day, since the
 * patient's own client wraps what nobody wrapped before.
 *
 * @throws CareletError `invalid` for a window that ends before it begins, or a grant that lasts longer than `longestGrant`
 */
export function consentCover(from: Period, until: Period, today: Period): Period[] {
  mustBeWindow(from, until, today);
  if (until < today || until > addDays(today, longestGrant))
    throw noCover('consent ends today at the earliest, and in thirteen months at the latest');
  return cover(from, until, today, until, from);
}

const noCover = (because: string) => new CareletError('invalid', 'cover time', { because });

function mustBeWindow(from: Period, to: Period, ...others: Period[]): void {
  if ([from, to, ...others].some((day) => spanOf(day) !== 'day')) throw noCover('a window is given in days');
  if (from > to) throw noCover('the window ends before it begins');
}

function cover(from: Period, to: Period, today: Period, validUntil: Period, firstDay: Period): Period[] {
  const last = validUntil < to ? validUntil : to;
  const periods: Period[] = ['always'];
  for (const decade of children('always')) descend(decade);
  return periods.sort(coarseFirst);

  function descend(period: Period): void {
    const days = daysOf(period);
    if (days.last < from || days.first > last) return;
    const span = spanOf(period)!;
    if (span === 'day') {
      if (period >= firstDay) periods.push(period);
      return;
    }
    const inside = days.first >= from && days.last <= last;
    if (inside && days.last < today) {
      periods.push(period);
      return;
    }
    // Over before the key is: it will have a wrap, but its parts are read meanwhile. For a decade its years are enough.
    if (inside && days.last < validUntil && span !== 'decade') periods.push(period);
    for (const child of children(period)) descend(child);
  }
}

const coarseFirst = (a: Period, b: Period): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
const rank = (period: Period): number => (period === 'always' ? 0 : period.length);
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
const two = (n: number): string => String(n).padStart(2, '0');
const range = (n: number, f: (i: number) => Period): readonly Period[] => Array.from({ length: n }, (_, i) => f(i));
