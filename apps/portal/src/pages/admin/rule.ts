/**
 * The rule an administrator proposes for a doctor: what it begins with, until when, and beside which rules that were signed
 * it is laid.
 *
 * @module
 */
import type { Kind } from '@carelet/care/model';
import type { DoctorLine, PolicyChoice, RuleChange, SignedPolicy } from '../../house/admin.ts';

/** Kinds an administrator may tick, in the order of a chart. Who somebody is goes by the question about names. */
const named = {
  'vital-signs': true,
  waveforms: true,
  laboratory: true,
  imaging: true,
  conditions: true,
  allergies: true,
  medications: true,
  immunizations: true,
  procedures: true,
  encounters: true,
  notes: true,
  plans: true,
  'social-history': true,
  survey: true,
  devices: true,
  billing: true,
  directory: true,
  other: true,
} satisfies Record<Exclude<Kind, 'identity'>, true>;

export type TickedKind = keyof typeof named;
export const tickedKinds = Object.keys(named) as readonly TickedKind[];

/** A choice with one kind ticked or not; whatever else was signed with it stays as it was. */
export const tick = (choice: PolicyChoice, kind: TickedKind, on: boolean): PolicyChoice => ({
  ...choice,
  kinds: on ? [...choice.kinds.filter((one) => one !== kind), kind] : choice.kinds.filter((one) => one !== kind),
});

/** Days a rule may last by the form; then it is renewed. */
export const longest = 90;
/** Days the authority accepts: a rule that somebody signed elsewhere may be a little longer. */
export const accepted = 92;

/** A day as forms and rules write it, `2026-11-20`, `days` from `now` on, in UTC as the authority counts. */
export const dayAhead = (now: number, days: number): string => new Date(now + days * 86_400_000).toISOString().slice(0, 10);

/** Whether a day can be signed: it is one, not past, and not too far ahead. */
export function fitsUntil(until: string, now: number): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(until) && !Number.isNaN(Date.parse(until)) && until >= dayAhead(now, 0) && until <= dayAhead(now, accepted)
  );
}

/** What keeps a choice from being signed. */
export type Fault = 'kinds' | 'until' | 'organisation' | null;

export const faultOf = ({ kinds, until, organisation }: PolicyChoice, now: number): Fault =>
  kinds.length === 0 ? 'kinds' : !fitsUntil(until, now) ? 'until' : organisation === '' ? 'organisation' : null;

/**
 * The offices that signed: only signatures of different ones count. Signers are told as `Joan Pike, Harbour Clinic`.
 */
export const officesOf = ({ approvals }: Pick<SignedPolicy, 'approvals'>): readonly string[] => [
  ...new Set(approvals.map((signer) => signer.replace(/^.*?, /, ''))),
];

/** One's own office, when somebody else signed for it: a second signature of one office adds nothing. */
export const colleaguesIn = (policy: Pick<SignedPolicy, 'approvals' | 'mine'>, own: readonly string[]): string | undefined =>
  policy.mine ? undefined : own.find((office) => officesOf(policy).includes(office));

/** Whether enough offices signed it. */
export const counts = (policy: Pick<SignedPolicy, 'approvals' | 'needed'>): boolean => officesOf(policy).length >= policy.needed;

/**
 * Where a rule may be signed for somebody: where there are records, and where somebody signed already. She goes by a number of its own at
 * each organisation, so once enough signed for one it is that one's.
 */
export function organisationsOf({ policies }: Pick<DoctorLine, 'policies'>, enrolled: readonly string[]): string[] {
  const settled = policies.filter(counts);
  return [
    ...new Set([
      ...(settled.length > 0 ? [] : enrolled),
      ...(settled.length > 0 ? settled : policies).map(({ organisation }) => organisation),
    ]),
  ];
}

/** Whether somebody waits for an administrator: one who is new, or one who was let in and asks for another role. */
export const waits = ({ state, asks }: Pick<DoctorLine, 'state' | 'asks'>): boolean =>
  state === 'pending' || (state === 'approved' && asks.length > 0);

/** What the form begins with: the very rule somebody else signed, else one's own, else the one that counts, else what the specialty usually needs. */
export function firstChoice(doctor: DoctorLine, organisation: string, now: number): PolicyChoice {
  const signed = signedFor(doctor, organisation, now);
  if (signed) return signed.choice;
  return {
    organisation,
    ...roleAt(doctor, organisation).usual,
    until: dayAhead(now, longest),
    breakGlass: false,
  };
}

/** As what somebody works at an organisation: what she asks for there, else what she registered as, and what that usually needs. */
export const roleAt = (doctor: DoctorLine, organisation: string): Pick<DoctorLine, 'specialty' | 'usual'> =>
  doctor.asks.find((one) => one.organisation === organisation) ?? doctor;

/**
 * The rule to begin with at an organisation, of those that have not ended: one that waits for signatures, somebody else's first and the one
 * nearest to being complete, and where none waits the one that counts.
 */
export function signedFor({ policies }: Pick<DoctorLine, 'policies'>, organisation: string, now: number): SignedPolicy | undefined {
  return policies
    .filter((policy) => policy.organisation === organisation && fitsUntil(policy.choice.until, now))
    .toSorted(
      (a, b) => Number(counts(a)) - Number(counts(b)) || Number(a.mine) - Number(b.mine) || officesOf(b).length - officesOf(a).length,
    )[0];
}

/** What a choice is compared with: the rule it would take the place of, one that waits for the same to be signed, one that waits elsewhere. */
export type Compared = {
  readonly as: 'replaced' | 'ended' | 'waiting' | 'elsewhere';
  readonly rule: SignedPolicy;
};

/**
 * The rules a choice is compared with, the one it would join first: what waits at its organisation, or where nothing does what waits at another
 * one, and what counts there or did until it ended.
 */
export function comparedWith(doctor: Pick<DoctorLine, 'policies'>, organisation: string, now: number): Compared[] {
  const there = doctor.policies.filter((policy) => policy.organisation === organisation);
  const signed = signedFor(doctor, organisation, now);
  const waiting = signed && !counts(signed) ? signed : undefined;
  const begun = doctor.policies.filter((policy) => !counts(policy) && policy.organisation !== organisation);
  const elsewhere = there.length === 0 ? begun.find((policy) => fitsUntil(policy.choice.until, now)) : undefined;
  const counting = there.find(counts);
  return [
    ...(waiting ? [{ as: 'waiting' as const, rule: waiting }] : []),
    ...(elsewhere ? [{ as: 'elsewhere' as const, rule: elsewhere }] : []),
    ...(counting ? [{ as: counting.until < dayAhead(now, 0) ? ('ended' as const) : ('replaced' as const), rule: counting }] : []),
  ];
}

/** Where the form stands first: where somebody signed already, else where she asks for a role, else where she works, else where one's own office is. */
export function firstOrganisation(doctor: DoctorLine, organisations: readonly string[], own: readonly string[]): string {
  const begun = doctor.policies.find((policy) => !policy.mine && !counts(policy))?.organisation;
  const wanted = [begun, ...doctor.asks.map(({ organisation }) => organisation), doctor.organisation, ...own].find(
    (name) => name !== undefined && organisations.includes(name),
  );
  return wanted ?? organisations[0] ?? '';
}

/** The signed policy that says exactly what a choice does, if there is one; `changes` are told of the policies in their order. */
export const same = ({ policies }: Pick<DoctorLine, 'policies'>, changes: readonly RuleChange[]): SignedPolicy | undefined =>
  policies.find((_, at) => changes[at]?.same);
