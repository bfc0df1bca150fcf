/**
 * Random worlds: what happens in one, and what is known of it in a plain sentence.
 *
 * @module
 */
import type { Kind, Sensitivity } from '@carelet/care/model';
import fc from 'fast-check';

export const doctorNames = ['by consent', 'by consent too', 'by role'] as const;
export type DoctorName = (typeof doctorNames)[number];

export type Written = {
  readonly kind: 'vital-signs' | 'laboratory';
  readonly sens: Extract<Sensitivity, 'none' | 'HIV'>;
  /** `YYYY-MM-DD`, or none. */
  readonly day: string | null;
};
export type Shared = {
  readonly doctor: DoctorName;
  readonly kinds: readonly Kind[];
  readonly sensitive: boolean;
  readonly from: string;
  readonly until: string;
};
export type Event =
  | { readonly what: 'write'; readonly records: readonly (Omit<Written, 'day'> & { readonly ago: number | null })[] }
  | ({ readonly what: 'share'; readonly since: number | null; readonly days: number } & Omit<Shared, 'from' | 'until'>)
  | { readonly what: 'take back'; readonly which: number }
  | { readonly what: 'a day passes' | 'she signs in' };

/** Of which times a world tells. */
export type Times = {
  /** How many days ago what is written was measured; `null` is undated. */
  readonly ago: readonly (number | null)[];
  /** Since how many days ago something is shared, `null` from the beginning, and for how many days from today. */
  readonly since: readonly (number | null)[];
  readonly days: readonly number[];
};

/** Worlds of so many events. */
export function worldsOf({ ago, since, days }: Times, fewest: number, most: number): fc.Arbitrary<Event[]> {
  const when = fc.constantFrom(...ago);
  const written = fc.oneof(
    fc.record({ kind: fc.constant('vital-signs' as const), sens: fc.constant('none' as const), ago: when }),
    fc.record({ kind: fc.constant('laboratory' as const), sens: fc.constantFrom('none' as const, 'HIV' as const), ago: when }),
  );
  const event: fc.Arbitrary<Event> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ what: fc.constant('write' as const), records: fc.array(written, { minLength: 1, maxLength: 3 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        what: fc.constant('share' as const),
        doctor: fc.constantFrom(...doctorNames),
        kinds: fc.subarray<Kind>(['vital-signs', 'laboratory'], { minLength: 1 }),
        sensitive: fc.boolean(),
        since: fc.constantFrom(...since),
        days: fc.constantFrom(...days),
      }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('take back' as const), which: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('a day passes' as const, 'she signs in' as const) }) },
  );
  return fc.array(event, { minLength: fewest, maxLength: most });
}

/** What is known of a world in plain words. */
export type Known = {
  readonly records: (Written & { readonly id: string })[];
  readonly grants: (Shared & { holds: boolean })[];
};

/** First and last day of the doctor's who reads by role. */
export type Role = { readonly from: string; readonly until: string };

/**
 * The sentence: by her role a doctor reads ordinary laboratory of its days, until it ends; by consent what was meant, until it ends.
 */
export const mayRead = (doctor: DoctorName, { kind, sens, day: of }: Written, { grants }: Known, today: string, role: Role): boolean =>
  (doctor === 'by role' &&
    today <= role.until &&
    kind === 'laboratory' &&
    sens === 'none' &&
    (of === null || (of >= role.from && of <= role.until))) ||
  grants.some(
    (one) =>
      one.holds &&
      one.doctor === doctor &&
      one.until >= today &&
      one.kinds.includes(kind) &&
      (sens === 'none' || one.sensitive) &&
      (of === null || ((one.from === 'beginning' || of >= one.from) && of <= one.until)),
  );

/** A world as one would tell it, for whoever has to find out what went wrong in it. */
export function told(events: readonly Event[]): string {
  return events.map((event, i) => `${i + 1}. ${tell(event)}`).join('\n');
}

function tell(event: Event): string {
  switch (event.what) {
    case 'write':
      return `written: ${event.records
        .map(
          ({ kind, sens, ago }) =>
            `${sens === 'HIV' ? 'an HIV result' : kind === 'laboratory' ? 'a laboratory result' : 'a heart rate'} ${ago === null ? 'without a date' : ago === 0 ? 'of today' : `of ${ago} days ago`}`,
        )
        .join(', ')}`;
    case 'share':
      return `shared with the doctor ${event.doctor}: ${event.kinds.join(' and ')}${event.sensitive ? ' with HIV' : ''}, ${event.since === null ? 'from the beginning' : `since ${event.since} days ago`}, for ${event.days} more days`;
    case 'take back':
      return `taken back: number ${event.which} of what holds, counted round`;
    default:
      return event.what;
  }
}
