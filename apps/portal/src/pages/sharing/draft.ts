/**
 * What is being filled in on the share sheet, one step after the other, and what keeps it from going on.
 *
 * @module
 */
import type { Kind } from '@carelet/care/model';
import type { RequestToMe } from '../../house/requests.ts';
import type { Given, PrivateGroup, ShareDoctor, SharedWhat, ShareWish } from '../../house/sharing.ts';
import { type Group, groups, kindsIn, kindsOf } from './what.ts';

export const steps = ['who', 'what', 'until', 'check'] as const;
export type Step = (typeof steps)[number];

export const beginnings = ['beginning', 'year', 'today', 'day'] as const;
export const lengths = ['week', 'month', 'quarter', 'year', 'day'] as const;

export type Draft = {
  /** Whoever may see it: a doctor, a team, or a carer whose code was right. */
  readonly doctor: (Pick<ShareDoctor, 'id' | 'name'> & { readonly carer?: boolean; readonly team?: boolean }) | null;
  readonly groups: readonly Group[];
  /** Kinds of these groups that are not meant: a doctor asked for the others alone. */
  readonly left: readonly Kind[];
  readonly sensitive: readonly PrivateGroup[];
  readonly from: (typeof beginnings)[number];
  /** First day of the records, where `from` is a day. */
  readonly fromDay: string;
  readonly until: (typeof lengths)[number] | null;
  /** Last day, where `until` is a day. */
  readonly untilDay: string;
  /** The request that is decided so; of this doctor, or there is none. */
  readonly answering: RequestToMe | null;
  /** What this person sees so far, in whose place it stands. */
  readonly instead: Replaced | null;
};

/** What is shared with somebody, and is to be something else. */
export type Replaced = Pick<Given, 'doctor' | 'grants'> & { readonly what: SharedWhat };

export const emptyDraft: Draft = {
  ...{ doctor: null, groups: [], left: [], sensitive: [], from: 'beginning', fromDay: '', until: null, untilDay: '' },
  ...{ answering: null, instead: null },
};

/** What somebody sees so far, filled in to be changed. */
export function draftOfGiven({ doctor, grants, what }: Replaced): Draft {
  const { kinds, sensitive, from, until } = what;
  const shared = groups.filter((group) => kindsIn[group].some((kind) => kinds.includes(kind)));
  return {
    ...emptyDraft,
    ...{ doctor, groups: shared, sensitive, until: 'day', untilDay: until },
    ...(from === 'beginning' ? { from } : { from: 'day', fromDay: from }),
    left: kindsOf(shared).filter((kind) => !kinds.includes(kind)),
    instead: { doctor, grants, what },
  };
}

/** What a doctor asks, filled in: no more than she named. */
export function draftOf(request: RequestToMe): Draft {
  const { doctor, kinds, sensitive, until } = request;
  const asked = groups.filter((group) => kindsIn[group].some((kind) => kinds.includes(kind)));
  return {
    ...emptyDraft,
    ...{ doctor: { id: doctor.id, name: doctor.name }, groups: asked, sensitive, until: 'day', untilDay: until },
    left: kindsOf(asked).filter((kind) => !kinds.includes(kind)),
    answering: request,
  };
}

/** With something more filled in: a group that is chosen anew is meant whole, and another doctor asked for nothing and sees nothing yet. */
export function filledIn(draft: Draft, some: Partial<Draft>): Draft {
  const next = { ...draft, ...some };
  const still = kindsOf(next.groups.filter((group) => draft.groups.includes(group)));
  return {
    ...next,
    left: next.left.filter((kind) => still.includes(kind)),
    answering: next.answering?.doctor.id === next.doctor?.id ? next.answering : null,
    instead: next.instead?.doctor.id === next.doctor?.id ? next.instead : null,
  };
}

/** The kinds that are meant, in the order of the sheet. */
export const kindsMeant = ({ groups: some, left }: Pick<Draft, 'groups' | 'left'>): Kind[] =>
  kindsOf(some).filter((kind) => !left.includes(kind));

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
  const { doctor, sensitive, answering, instead } = draft;
  return {
    ...{ doctor: doctor.id, kinds: kindsMeant(draft), sensitive, from, until },
    ...(answering && { answering: { chart: answering.chart, request: answering.request } }),
    ...(instead && { instead: instead.grants }),
  };
}

/** Whether anything was filled in. */
export const isBegun = ({ doctor, groups }: Draft): boolean => doctor !== null || groups.length > 0;
