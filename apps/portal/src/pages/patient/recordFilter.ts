/**
 * Which records are listed, as the address says it: `?kind=results&time=month&place=6f…`.
 *
 * @module
 */
import type { ItemFilter } from '../../house/house.ts';
import type { Item } from '../../house/items.ts';
import { type Section, sectionOf, sections } from '../record/sections.ts';

export const times = ['week', 'month', 'year', 'all'] as const;
export type Time = (typeof times)[number];

export type RecordFilter = {
  readonly kind: Section | 'all';
  readonly time: Time;
  /** Hex of an organisation's card, or everywhere. */
  readonly place: string | null;
};

const daysOf: Readonly<Record<Time, number | null>> = { week: 7, month: 30, year: 365, all: null };

/**
 * What an address asks for; what it says wrongly is as if it said nothing.
 *
 * @example
 * ```ts no-run
 * filterIn({ kind: 'results' }); // { kind: 'results', time: 'all', place: null }
 * ```
 */
export function filterIn(search: Readonly<Record<string, unknown>>): RecordFilter {
  const { kind, time, place } = search;
  return {
    kind: sections.find((one) => one === kind) ?? 'all',
    time: times.find((one) => one === time) ?? 'all',
    place: typeof place === 'string' && /^[0-9a-f]{2,128}$/.test(place) ? place : null,
  };
}

/** The filter as an address says it; what is left at its beginning is left out. */
export function searchOf({ kind, time, place }: RecordFilter): { kind?: string; time?: string; place?: string } {
  return {
    ...(kind === 'all' ? {} : { kind }),
    ...(time === 'all' ? {} : { time }),
    ...(place === null ? {} : { place }),
  };
}

/**
 * What the house is asked for. Kinds are told apart on the page, so that all can be counted.
 *
 * @param now UTC milliseconds; days are those of this device
 */
export function askedOf({ time, place }: RecordFilter, now: number): ItemFilter {
  const days = daysOf[time];
  return { ...(days === null ? {} : { from: daysBefore(now, days - 1) }), ...(place === null ? {} : { place }) };
}

/** Midnight, some days ago; a day may have 23 or 25 hours. */
function daysBefore(now: number, days: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime();
}

/** How many there are of each kind, and of all. */
export function countsOf(items: readonly Item[]): Readonly<Record<Section | 'all', number>> {
  const counts = Object.fromEntries(['all', ...sections].map((kind) => [kind, 0])) as Record<Section | 'all', number>;
  for (const { kind } of items) counts[sectionOf(kind)]++;
  counts.all = items.length;
  return counts;
}
