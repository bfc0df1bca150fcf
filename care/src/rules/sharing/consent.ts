/**
 * Consent: whom a patient lets read what, until when, in nouns, in words, and as FHIR says it.
 *
 * A consent names a doctor, a carer or a team and categories of records; what is especially sensitive is never meant unless it is named.
 * It compiles to scopes: for each category and each period of its window, one that the reader's key reaches.
 *
 * @module
 */
import {
  CareletError,
  type Category,
  type Confidentiality,
  confidentialities,
  type Kind,
  kinds,
  type Part,
  type Period,
  parts,
  type Sensitivity,
  sensitivities,
} from '../../model/index.ts';
import { consentCover } from '../records/calendar.ts';

/**
 * As what somebody is let read: a doctor of the town, somebody who cares for the patient and has a patient's card herself, or a team,
 * everybody who works in a ward or a clinic, today and later.
 */
export type Recipient = 'doctor' | 'carer' | 'team';

/** What a patient shares. */
export type Consent = {
  readonly parts: readonly Part[];
  readonly kinds: readonly Kind[];
  readonly confidentiality: readonly Confidentiality[];
  readonly sensitivity: readonly Sensitivity[];
  /** First day of the records meant, `YYYY-MM-DD`, or from the beginning. */
  readonly from: Period | 'beginning';
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: Period;
};

/** What one usually shares: medical content, nothing restricted, nothing especially sensitive. */
export const usualConsent = { parts: ['MI'], confidentiality: ['N'], sensitivity: ['none'] } as const satisfies Partial<Consent>;

/** The oldest day a record is expected to name. */
const beginning = '1900-01-01';

/**
 * Checks a consent.
 *
 * @throws {CareletError} `invalid` saying what is wrong
 */
export function checkConsent(consent: Consent, today: Period): void {
  const refuse = (because: string) => new CareletError('invalid', 'share records', { because });
  const known = [
    [consent.parts, parts, 'part of a record'],
    [consent.kinds, kinds, 'kind of record'],
    [consent.confidentiality, confidentialities, 'confidentiality'],
    [consent.sensitivity, sensitivities, 'sensitive group'],
  ] as const;
  for (const [named, all, what] of known) {
    if (named.length === 0) throw refuse(`it names no ${what}`);
    const strange = named.find((word) => !(all as readonly string[]).includes(word));
    if (strange !== undefined) throw refuse(`"${strange}" is no ${what}; there are ${all.join(', ')}`);
  }
  try {
    periodsOf(consent, today);
  } catch (thrown) {
    throw thrown instanceof CareletError ? refuse(thrown.because) : thrown;
  }
}

/** Whether records of a part and a category are meant. Identity and quasi-identity hang on trees of their own kind, whatever they are about. */
export function isMeant({ parts, kinds, confidentiality, sensitivity }: Consent, part: Part, { kind, conf, sens }: Category): boolean {
  const ofKind = part === 'MI' ? kinds.includes(kind) : kind === 'identity';
  return parts.includes(part) && ofKind && confidentiality.includes(conf) && sensitivity.includes(sens);
}

/** The periods whose scopes it reaches, coarse ones first. */
export const periodsOf = ({ from, until }: Consent, today: Period): Period[] =>
  consentCover(from === 'beginning' ? beginning : from, until, today);

const systems = {
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  act: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  ordinary: 'urn:carelet:sensitivity',
  kind: 'urn:carelet:kind',
  part: 'urn:carelet:part',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  role: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
} as const;

const caregiver = 'CAREGIVER';
/** What a team is in FHIR: a ward is an organisation within another. */
const organisation = 'Organization';

/** What a Consent says beside what is meant. */
export type ConsentWords = {
  readonly grant: string;
  /** Card numbers, in hex. */
  readonly patient: string;
  readonly doctor: string;
  readonly doctorName: string;
  /** As what `doctor` is let read; as a doctor unless told. */
  readonly as?: Recipient | undefined;
  /** The number of the organisation a team is of. */
  readonly of?: string | undefined;
  readonly given: string;
};

/** The consent as an HL7 FHIR R4 Consent: what is kept for people and other programs. */
export function toFhirConsent(
  { parts, kinds, confidentiality, sensitivity, from, until }: Consent,
  { grant, patient, doctor, doctorName, as = 'doctor', of, given }: ConsentWords,
) {
  const label = (system: string, code: string) => ({ system, code });
  return {
    resourceType: 'Consent',
    id: grant,
    status: 'active',
    scope: { coding: [label('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy')] },
    category: [{ coding: [label(systems.act, 'INFA')] }],
    patient: { identifier: card(patient) },
    dateTime: given,
    policyRule: { coding: [label(systems.act, 'OPTIN')] },
    provision: {
      type: 'permit',
      period: { end: until },
      ...(from !== 'beginning' && { dataPeriod: { start: from } }),
      actor: [
        {
          role: { coding: [label(systems.participation, 'IRCP'), ...(as === 'carer' ? [label(systems.role, caregiver)] : [])] },
          reference: {
            ...(as === 'team' && { type: organisation }),
            identifier: { ...card(doctor), ...(of !== undefined && { assigner: { identifier: card(of) } }) },
            display: doctorName,
          },
        },
      ],
      action: [{ coding: [label('http://terminology.hl7.org/CodeSystem/consentaction', 'access')] }],
      securityLabel: [
        ...confidentiality.map((code) => label(systems.confidentiality, code)),
        ...sensitivity.map((code) => label(code === 'none' ? systems.ordinary : systems.act, code)),
      ],
      class: [...kinds.map((code) => label(systems.kind, code)), ...parts.map((code) => label(systems.part, code))],
    },
  };
}

const card = (value: string) => ({ system: 'urn:carelet:card', value });

/** Reads back what `toFhirConsent` wrote; `null` for a Consent that says something else. */
export function fromFhirConsent(resource: unknown): Consent | null {
  const provision = (resource as Partial<ReturnType<typeof toFhirConsent>> | null)?.provision;
  if (!provision || !Array.isArray(provision.class) || !Array.isArray(provision.securityLabel)) return null;
  const words = <Word extends string>(
    labels: readonly { system?: unknown; code?: unknown }[],
    known: readonly Word[],
    system: string,
  ): Word[] => labels.flatMap((one) => (one?.system === system ? (known.find((word) => word === one.code) ?? []) : []));
  const labels = provision.securityLabel;
  const until = provision.period?.end;
  const from = provision.dataPeriod?.start ?? 'beginning';
  if (typeof until !== 'string' || typeof from !== 'string') return null;
  return {
    parts: words(provision.class, parts, systems.part),
    kinds: words(provision.class, kinds, systems.kind),
    confidentiality: words(labels, confidentialities, systems.confidentiality),
    sensitivity: [...words(labels, ['none'], systems.ordinary), ...words(labels, sensitivities, systems.act)],
    from,
    until,
  };
}

/** As what somebody is let read by what `toFhirConsent` wrote; `null` for what says nothing of it. */
export function recipientOf(resource: unknown): Recipient | null {
  const actor = (resource as Partial<ReturnType<typeof toFhirConsent>> | null)?.provision?.actor?.[0];
  const coding = actor?.role?.coding;
  if (!Array.isArray(coding)) return null;
  if (actor?.reference?.type === organisation) return 'team';
  return coding.some(({ system, code }) => system === systems.role && code === caregiver) ? 'carer' : 'doctor';
}

/** The number of the organisation that a team is of by what `toFhirConsent` wrote, 32 hex digits; `null` where it names none. */
export function teamsOrganisation(resource: unknown): string | null {
  const actor = (resource as Partial<ReturnType<typeof toFhirConsent>> | null)?.provision?.actor?.[0];
  const value = recipientOf(resource) === 'team' ? actor?.reference.identifier?.assigner?.identifier?.value : null;
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value) ? value : null;
}

/** The consent in words, as patient and doctor read it. */
export function consentInWords({ parts, kinds: named, confidentiality, sensitivity, from, until }: Consent): string {
  const what = named.length === kinds.length ? 'all kinds of records' : list(named.map((kind) => kind.replaceAll('-', ' ')));
  const groups = sensitivity.filter((group) => group !== 'none');
  return [
    what,
    ...(parts.some((part) => part !== 'MI') ? ['with name, birth date and address'] : []),
    ...(restricted(confidentiality).length > 0 ? [`${list(restricted(confidentiality))} ones too`] : []),
    groups.length > 0 ? `and ${list(groups)}` : 'nothing especially sensitive',
    from === 'beginning' ? `until ${until}` : `from ${from} on, until ${until}`,
  ].join('; ');
}

const list = (words: readonly string[]): string =>
  words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** What a hospital marked as not for everybody, as it is said. */
type Restricted = 'restricted' | 'very restricted';

const restricted = (confidentiality: readonly Confidentiality[]): Restricted[] => [
  ...(confidentiality.includes('R') ? (['restricted'] as const) : []),
  ...(confidentiality.includes('V') ? (['very restricted'] as const) : []),
];

/** What somebody is let read, until when. */
type Reach = Pick<Consent, 'kinds' | 'confidentiality' | 'sensitivity' | 'from' | 'until'>;

/** What one consent lets read more and less than another; what both say alike is left out. */
export type ConsentChange = {
  readonly more: readonly (Kind | Sensitivity | Restricted)[];
  readonly less: readonly (Kind | Sensitivity | Restricted)[];
  readonly from?: Change;
  readonly until?: Change;
};

type Change = { readonly before: Period | 'beginning'; readonly now: Period | 'beginning' };

/**
 * How a consent differs from what holds so far.
 *
 * @example
 * ```ts
 * import { consentChange } from '@carelet/care/rules/sharing/consent';
 * const before = { kinds: ['laboratory'], confidentiality: ['N'], sensitivity: ['none'], from: 'beginning', until: '2026-12-20' } as const;
 * consentChange(before, { ...before, kinds: ['medications'] }); // { more: ['medications'], less: ['laboratory'] }
 * ```
 */
export function consentChange(before: Reach, now: Reach): ConsentChange {
  const beyond = (one: Reach, other: Reach) => [
    ...one.kinds.filter((kind) => !other.kinds.includes(kind)),
    ...one.sensitivity.filter((group) => !other.sensitivity.includes(group)),
    ...restricted(one.confidentiality.filter((level) => !other.confidentiality.includes(level))),
  ];
  return {
    more: beyond(now, before),
    less: beyond(before, now),
    ...(before.from !== now.from && { from: { before: before.from, now: now.from } }),
    ...(before.until !== now.until && { until: { before: before.until, now: now.until } }),
  };
}

/** Whether nothing differs. */
export const isSame = ({ more, less, from, until }: ConsentChange): boolean => more.length + less.length === 0 && !from && !until;

/** The change in words: `medications too; no laboratory any more; until 2026-12-31 instead of 2026-12-20`. */
export function changeInWords(change: ConsentChange): string {
  if (isSame(change)) return 'nothing changes';
  const { more, less, from, until } = change;
  const words = (some: readonly string[]) => list(some.map((word) => word.replaceAll('-', ' ')));
  const first = (day: string) => (day === 'beginning' ? 'from the beginning' : `from ${day} on`);
  return [
    ...(more.length > 0 ? [`${words(more)} too`] : []),
    ...(less.length > 0 ? [`no ${words(less)} any more`] : []),
    ...(from ? [`${first(from.now)} instead of ${first(from.before)}`] : []),
    ...(until ? [`until ${until.now} instead of ${until.before}`] : []),
  ].join('; ');
}
