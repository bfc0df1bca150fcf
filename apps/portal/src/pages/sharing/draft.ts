/**
 * What is being filled in on the share sheet, one step after the other, and what keeps it from going on.
 *
 * @module
 */
import type { SensitiveGroup, ShareDoctor, ShareWish } from '../../house/sharing.ts';
import { type Group, kindsOf } from './what.ts';

export const steps = ['who', 'what', 'until', 'check'] as const;
export type Step = (typeof steps)[number];

export const beginnings = ['beginning', 'year', 'today', 'day'] as const;
export const lengths = ['week', 'month', 'quarter', 'year', 'day'] as const;

export type Draft = {
  readonly doctor: Pick<ShareDoctor, 'id' | 'name'> | null;
  readonly groups: readonly Group[];
  readonly sensitive: readonly SensitiveGroup[];
  readonly from: (typeof beginnings)[number];
  /** First day of the records, where `from` is a day. */
  readonly fromDay: string;
  readonly until: (typeof lengths)[number] | null;
  /** Last day, where `until` is a day. */
  readonly untilDay: string;
};

export const emptyDraft: Draft = { doctor: null, groups: [], sensitive: [], from: 'beginning', fromDay: '', until: null, untilDay: '' };

/** Days a consent may last: a year and a month. */
export const longest = 396;

const daysOf = { week: 7, month: 30, quarter: 91, year: 365 } as const;

/** A day as consents write it, `2026-11-20`, `days` from `now` on, in UTC as the cloud counts. */
export const dayAhead = (now: number, days: number): string => new Date(now + days * 86_400_000).toISOString().slice(0, 10);

/** The last day of a length one can choose. */
export const lastDayOf = (length: keyof typeof daysOf, now: number): string => dayAhead(now, daysOf[length]);

const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));

/** The first day of the records meant, or `beginning`; `null` for a day that is none, or not yet. */
export function fromOf({ from, fromDay }: Draft, now: number): string | null {
  switch (from) {
    case 'beginning':
      return 'beginning';
    case 'year':
      return dayAhead(now, -365);
    case 'today':
      return dayAhead(now, 0);
    case 'day':
      return isDay(fromDay) && fromDay >= '1900-01-01' && fromDay <= dayAhead(now, 0) ? fromDay : null;
  }
}

/** The last day on which it holds; `null` while none is chosen, or for a day that is past or too far ahead. */
export function untilOf({ until, untilDay }: Draft, now: number): string | null {
  if (until === null) return null;
  if (until !== 'day') return lastDayOf(until, now);
  return isDay(untilDay) && untilDay >= dayAhead(now, 0) && untilDay <= dayAhead(now, longest) ? untilDay : null;
}

/** The first step that is not filled in. */
export function missingIn(draft: Draft, now: number): Exclude<Step, 'check'> | null {
  if (!draft.doctor) return 'who';
  if (draft.groups.length === 0 || fromOf(draft, now) === null) return 'what';
  return untilOf(draft, now) === null ? 'until' : null;
}

/**
 * The step an address asks for: `?step=until`; never past one that is not filled in, and `null` where it asks for none.
 *
 * @example
 * ```ts no-run
 * stepOf('check', emptyDraft, Date.now()); // 'who'
 * ```
 */
export function stepOf(asked: unknown, draft: Draft, now: number): Step | null {
  const step = steps.find((one) => one === asked);
  if (!step) return null;
  const missing = missingIn(draft, now);
  return missing !== null && steps.indexOf(missing) < steps.indexOf(step) ? missing : step;
}

/** What the house is asked for; `null` while something is missing. */
export function wishOf(draft: Draft, now: number): ShareWish | null {
  const from = fromOf(draft, now);
  const until = untilOf(draft, now);
  if (missingIn(draft, now) !== null || !draft.doctor || from === null || until === null) return null;
  return { doctor: draft.doctor.id, kinds: kindsOf(draft.groups), sensitive: draft.sensitive, from, until };
}

/** Whether anything was filled in. */
export const isBegun = ({ doctor, groups }: Draft): boolean => doctor !== null || groups.length > 0;
