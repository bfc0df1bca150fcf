/**
 * Random worlds: what happens in one, and what is known of it in a plain sentence.
 *
 * @module
 */
import type { Kind, Sensitivity } from '@carelet/care/model';
import { daysWrapped } from '@carelet/care/rules/records/calendar';
import fc from 'fast-check';

export const doctorNames = ['by consent', 'by consent too', 'by role'] as const;
export type DoctorName = (typeof doctorNames)[number];

export const patientNames = ['Ada', 'Ben'] as const;
export type PatientName = (typeof patientNames)[number];
/** Whose record, or whose word, it is. */
type Of = { readonly patient: PatientName };

export type Written = Of & {
  readonly kind: 'vital-signs' | 'laboratory';
  readonly sens: Extract<Sensitivity, 'none' | 'HIV'>;
  /** `YYYY-MM-DD`, or none. */
  readonly day: string | null;
};
export type Shared = Of & {
  readonly doctor: DoctorName;
  readonly kinds: readonly Kind[];
  readonly sensitive: boolean;
  readonly from: string;
  readonly until: string;
};
export type Event =
  | ({ readonly what: 'write'; readonly records: readonly (Omit<Written, 'day' | 'patient'> & { readonly ago: number | null })[] } & Of)
  | ({ readonly what: 'share'; readonly since: number | null; readonly days: number } & Omit<Shared, 'from' | 'until'>)
  | { readonly what: 'take back'; readonly which: number }
  /** Not this doctor, and taking that back. */
  | ({ readonly what: 'deny' | 'allow'; readonly doctor: DoctorName } & Of)
  /** Two administrators approve another policy for the doctor who reads by role; she takes the key for it. */
  | ({ readonly what: 'the role becomes'; readonly since: number | null; readonly days: number } & Omit<Role, 'from' | 'until'>)
  | { readonly what: 'the role ends' | 'a day passes' | 'patients sign in' };

/** Of a world in which this happens, the doctor who reads by role is nobody another world knows. */
export const isOfRoles = ({ what }: Event): boolean => what === 'the role becomes' || what === 'the role ends';

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
  // Ada mostly: a world of two patients takes twice as long, and what may go wrong between two goes wrong soon.
  const patient = fc.constantFrom<PatientName>('Ada', 'Ada', 'Ada', 'Ada', 'Ada', 'Ben');
  const event: fc.Arbitrary<Event> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ what: fc.constant('write' as const), patient, records: fc.array(written, { minLength: 1, maxLength: 3 }) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        what: fc.constant('share' as const),
        patient,
        doctor: fc.constantFrom(...doctorNames),
        kinds: fc.subarray<Kind>(['vital-signs', 'laboratory'], { minLength: 1 }),
        sensitive: fc.boolean(),
        since: fc.constantFrom(...since),
        days: fc.constantFrom(...days),
      }),
    },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('take back' as const), which: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('a day passes' as const, 'patients sign in' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constantFrom('deny' as const, 'deny' as const, 'allow' as const),
        patient,
        doctor: fc.constantFrom(...doctorNames),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant('the role becomes' as const),
        named: fc.constantFrom(null, null, 'Ada' as const),
        kinds: fc.subarray<Kind>(['vital-signs', 'laboratory'], { minLength: 1 }),
        sensitive: fc.boolean(),
        // A role that begins before the days that have locks of their own begins with a whole month: that is told in calendar.test.ts.
        since: fc.constantFrom(...since.filter((ago) => ago === null || ago < daysWrapped)),
        days: fc.constantFrom(...days),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('the role ends' as const) }) },
  );
  return fc.array(event, { minLength: fewest, maxLength: most });
}

/** What is known of a world in plain words. */
export type Known = {
  readonly records: (Written & { readonly id: string })[];
  readonly grants: (Shared & { holds: boolean })[];
  denied: readonly (Of & { readonly doctor: DoctorName })[];
  /** What the doctor opens who reads by role, of everyone; `null` once she was turned down. */
  role: Role | null;
};

/** Which kinds, with what is especially sensitive or without, of which days, and until when. */
type Reach = Pick<Shared, 'kinds' | 'sensitive' | 'from' | 'until'>;

/** What a role opens: of everyone, or of one patient who is named. What is especially sensitive is opened of those who are named alone. */
export type Role = Reach & { readonly named: PatientName | null };

/** What worlds begin with. */
export const usualRole = { kinds: ['laboratory'], sensitive: false, named: null } as const;

/**
 * The sentence: nobody reads whom the patient denies; else by her role a doctor reads what it says of its days, until it ends or she is turned
 * down, and by consent what was meant, until it ends or is taken back.
 */
export const mayRead = (doctor: DoctorName, record: Written, { grants, denied, role }: Known, today: string): boolean => {
  const { patient } = record;
  if (denied.some((one) => one.patient === patient && one.doctor === doctor)) return false;
  const isHers = doctor === 'by role' && role !== null && (role.named === null || role.named === patient);
  if (isHers && reaches({ ...role, sensitive: role.sensitive && role.named !== null }, record, today)) return true;
  return grants.some((one) => one.holds && one.doctor === doctor && one.patient === patient && reaches(one, record, today));
};

const reaches = ({ kinds, sensitive, from, until }: Reach, { kind, sens, day: of }: Written, today: string): boolean =>
  until >= today &&
  kinds.includes(kind) &&
  (sens === 'none' || sensitive) &&
  (of === null || ((from === 'beginning' || of >= from) && of <= until));

/** A world as one would tell it, for whoever has to find out what went wrong in it. */
export function told(events: readonly Event[]): string {
  return events.map((event, i) => `${i + 1}. ${tell(event)}`).join('\n');
}

function tell(event: Event): string {
  switch (event.what) {
    case 'write':
      return `written of ${event.patient}: ${event.records
        .map(
          ({ kind, sens, ago }) =>
            `${sens === 'HIV' ? 'an HIV result' : kind === 'laboratory' ? 'a laboratory result' : 'a heart rate'} ${ago === null ? 'without a date' : ago === 0 ? 'of today' : `of ${ago} days ago`}`,
        )
        .join(', ')}`;
    case 'share':
      return `${event.patient} shares with the doctor ${event.doctor}: ${tellWhat(event)}`;
    case 'take back':
      return `taken back: number ${event.which} of what holds, counted round`;
    case 'deny':
      return `${event.patient}: not the doctor ${event.doctor}`;
    case 'allow':
      return `${event.patient}: the doctor ${event.doctor} again`;
    case 'the role becomes':
      return `the role becomes: of ${event.named ?? 'everyone'} ${tellWhat(event)}`;
    default:
      return event.what;
  }
}

const tellWhat = ({ kinds, sensitive, since, days }: Extract<Event, { what: 'share' | 'the role becomes' }>): string =>
  `${kinds.join(' and ')}${sensitive ? ' with HIV' : ''}, ${since === null ? 'from the beginning' : `since ${since} days ago`}, for ${days} more days`;
