/**
 * What an administrator does: who registered, what they may open, who signs it.
 *
 * [Note: The very same policy]
 * A policy counts once two offices signed the same characters. So whoever signs second begins with what the first
 * signed, with what no form asks of it, and her page says all of it. What she signs is what her page says, whatever
 * lies at the authority by then: a first signer must not be able to have more signed than is read. She is shown the
 * words we make of a policy and the fingerprint we make of a card, never those of the authority.
 *
 * [Note: The very same keys]
 * Between the fingerprint that is compared and the signature the list is fetched again, and an authority might show
 * another card by then. A number is a hash of its first card's keys, so whoever signs for the number she was shown
 * signs for the keys she compared; a card whose keys are not its number's has no fingerprint to compare.
 *
 * @module
 */
import { CareletError, confidentialities, kinds, parts, sensitivities } from '@carelet/care/model';
import { addDays, dayOf, longestKey } from '@carelet/care/rules/records/calendar';
import { isTeam } from '@carelet/care/rules/sharing/attributes';
import { below, inWords, type Policy, partWords, policyText } from '@carelet/care/rules/sharing/policy';
import { policyChange } from '@carelet/care/rules/sharing/policy-change';
import { linesBeside, templateFor, templates } from '@carelet/care/rules/sharing/templates';
import { approve, domainOf, endReplaced, type Holders, registeredCard, reject } from '@carelet/client/enrolment';
import { connectCloudlet } from '@carelet/client/login';
import { trulyAsked } from '@carelet/client/sharing/own-roles';
import { equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import type { Card } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import type {
  BesideTemplate,
  Beyond,
  ChoiceInWords,
  DoctorLine,
  DoctorState,
  Heard,
  PolicyChoice,
  RuleChange,
  SignedPolicy,
  Usual,
  Whom,
} from '../house/admin.ts';
import { opensIdentity, policyOfChoice } from './choice.ts';
import type { Person } from './person.ts';

/**
 * Everyone who registered, with what was signed for them.
 *
 * @param now UTC milliseconds
 */
export async function doctorLines({ authority, keyring }: Person, now: number): Promise<DoctorLine[]> {
  const { doctors, needed, offices } = await authority.enrolment.doctors({});
  const own = hex(keyring.card.id);
  const line = (doctor: (typeof doctors)[number], card: Card | null): DoctorLine => ({
    id: hex(doctor.doctor),
    name: doctor.name,
    certificate: doctor.certificate,
    specialty: doctor.specialty,
    organisation: doctor.organisation,
    state: doctor.state,
    fingerprint: fingerprintOf(card),
    registered: Date.parse(doctor.registered),
    reason: doctor.reason,
    // What her keys did not sign, she did not ask.
    asks: (card ? trulyAsked(card, doctor.asked) : []).map(({ organisation, specialty, at }) => ({
      organisation: domainOf(keyring.manifest, organisation)?.name ?? hex(organisation),
      specialty,
      at: at * 1000,
      usual: usualOf(specialty),
    })),
    usual: usualOf(doctor.specialty),
    policies: doctor.policies.map(({ policy, approvals, signers, issued, answers }): SignedPolicy => {
      const organisation = nameOf(keyring.manifest, policy);
      return {
        organisation,
        words: inWords(inOrder(policy)),
        plainly: plainly(inOrder(policy)),
        policy: inOrder(policy),
        template: besideTemplate(policy, doctor.specialty),
        choice: choiceOf(inOrder(policy), organisation),
        until: policy.until,
        approvals: approvals.map((name, i) => (signers[i] ? `${name}, ${signers[i].organisation}` : name)),
        mine: signers.some(({ administrator }) => administrator === own),
        needed,
        issued: issued === null ? null : issued * 1000,
        answers,
        offices,
      };
    }),
  });
  return doctors.map((doctor) => line(doctor, registeredCard(doctor, now / 1000)));
}

/** What a choice would open, before anybody signs it, and how it differs from rules that were signed. */
export function choiceInWords(
  manifest: Manifest,
  { choice, specialty, beside }: { choice: PolicyChoice; specialty: string; beside: readonly Pick<SignedPolicy, 'policy'>[] },
  now: number,
): ChoiceInWords {
  const policy = policyOf(manifest, choice, now);
  const { kinds: opened, parts: named, confidentiality, sensitivity, patients, unit, from, named: charts = [] } = policy;
  const others = kinds.filter((kind) => kind !== 'identity' && !opened.includes(kind));
  const groups = sensitivities.filter((group) => group !== 'none');
  const beyond = (['R', 'V'] as const).filter((level) => confidentiality.includes(level));
  return {
    words: inWords(policy),
    opens: [
      ...(named.includes('MI') ? opened.map(said) : []),
      ...who.filter(([part]) => named.includes(part)).map(([, words]) => words),
      ...beyond.map((level) => marked[level]),
      ...groups.filter((group) => sensitivity.includes(group)),
    ],
    withholds: [
      ...who.filter(([part]) => !named.includes(part)).map(([, words]) => words),
      ...(named.includes('MI') ? others.map(said) : [partWords.MI]),
      ...confidentialities.filter((level) => level !== 'V' && !confidentiality.includes(level)).map((level) => marked[level]),
      ...(confidentiality.includes('R') && !confidentiality.includes('V') ? [marked.V] : []),
      ...(sensitivity.includes('none') ? [] : ['ordinary records']),
      ...(groups.some((group) => sensitivity.includes(group))
        ? groups.filter((group) => !sensitivity.includes(group))
        : ['especially sensitive records']),
    ],
    limits: { whom: whomOf(patients), from, unit: below(unit), named: charts.length },
    changes: beside.map((one) => changeTold(manifest, one.policy, policy)),
    template: besideTemplate(policy, specialty),
  };
}

function besideTemplate(policy: Policy, specialty: string): BesideTemplate {
  const template = templateFor(specialty);
  return { specialty: template === 'general' ? null : specialty, lines: linesBeside(policy, template).length };
}

/** What a form begins with for a doctor of a specialty. */
function usualOf(specialty: string): Usual {
  const template = templates[templateFor(specialty)];
  return { kinds: template.kinds, identity: opensIdentity(template.parts) };
}

/** How a policy differs from another, as pages say it in their own language: pseudonyms are counted, organisations called by their names. */
function changeTold(manifest: Manifest, before: Policy, now: Policy): RuleChange {
  const { more, less, patients, unit, from, until } = policyChange(before, now);
  const told = ({
    kinds: opened,
    parts: some,
    confidentiality,
    sensitivity,
    patients: charts,
    named,
    breakGlass,
  }: typeof more): Beyond => ({
    said: [
      ...opened.map(said),
      ...some.map((part) => partWords[part]),
      ...confidentiality.map((level) => marked[level]),
      ...sensitivity.map((group) => (group === 'none' ? 'ordinary records' : group)),
    ],
    whom: countOf(charts),
    named: named.length,
    breakGlass,
  });
  const place = { before: nameOf(manifest, before), now: nameOf(manifest, now) };
  const [units, elsewhere] = [{ before: below(before.unit), now: below(now.unit) }, place.before !== place.now];
  return {
    same: policyText(before) === policyText(now),
    more: told(more),
    less: told(less),
    ...(patients && { whom: { before: whomOf(patients.before), now: whomOf(patients.now) } }),
    ...(elsewhere && { place }),
    ...(unit && units.before !== units.now && { unit: units }),
    ...(from && { from }),
    ...(until && { until }),
  };
}

const whomOf = (patients: Policy['patients']): Whom => (patients === 'everyone' ? patients : countOf(patients));

function countOf(pseudonyms: readonly string[]): Exclude<Whom, 'everyone'> {
  const teams = pseudonyms.filter(isTeam).length;
  return { patients: pseudonyms.length - teams, teams };
}

/** How records are marked, as `inWords` of a choice says it. */
const marked = { N: 'normal records', R: 'restricted records', V: 'very restricted records' } as const;

/**
 * Signs for a doctor the policy that a choice stands for.
 *
 * @throws {CareletError} `missing` for a doctor or an organisation nobody knows, `invalid` for a choice that opens
 * nothing, `tampered` when the authority shows a card that is not hers
 */
export async function approveChoice(
  person: Person,
  id: string,
  choice: PolicyChoice,
  clock: () => number,
): Promise<{ readonly state: DoctorState; readonly approvals: number; readonly needed: number }> {
  const { authority, keyring } = person;
  const now = clock();
  const { doctors } = await authority.enrolment.doctors({});
  const doctor = doctors.find((one) => hex(one.doctor) === id);
  if (!doctor) throw new CareletError('missing', 'approve doctor', { because: 'nobody registered under this card number' });
  const policy = policyOf(keyring.manifest, choice, now);
  const card = registeredCard(doctor, now / 1000);
  if (!card) throw new CareletError('tampered', 'approve doctor', { because: 'the card at the authority is not hers' });
  const { state, approvals, needed, replaces } = await approve(authority, keyring, card, policy, now / 1000);
  const organisation = unhex(policy.unit.slice(0, 32));
  if (replaces !== null) {
    await endReplaced(person, holdersFor(person, clock), { doctor: card.id, organisation, issued: replaces }, Math.floor(now / 1000));
  }
  return { state: state as DoctorState, approvals, needed };
}

/** Turns a doctor down; she is told why, and her keys end wherever parts of them lie. */
export async function rejectDoctor(person: Person, id: string, reason: string, clock: () => number): Promise<Heard> {
  const holders = holdersFor(person, clock);
  const { cloud, cloudlets } = await reject(person, holders, unhex(id), reason);
  return { cloud, clinics: cloudlets, of: holders.cloudlets.length };
}

/** Where parts of doctors' keys lie in this town. */
const holdersFor = ({ keyring, cloud, map }: Person, clock: () => number): Holders => ({
  cloud,
  cloudlets: map.cloudlets.map(({ where }) => connectCloudlet(where, keyring, clock)),
});

/**
 * The policy of a choice, for a quarter at most.
 *
 * @throws {CareletError} `missing` for an organisation the town manifest does not name, `invalid` for a kind or a day
 * that is none, and for a choice that began with a rule of another organisation
 */
export function policyOf(manifest: Manifest, choice: PolicyChoice, now: number): Policy {
  const { organisation, kinds: wanted, until, as } = choice;
  const domain = manifest.domains.find(({ name }) => name === organisation);
  if (!domain) throw new CareletError('missing', 'make policy', { because: 'no organisation of the town has this name' });
  const refuse = (because: string) => new CareletError('invalid', 'make policy', { because });
  const whole = hex(domain.organisation);
  if (as && as.unit !== whole && !as.unit.startsWith(`${whole}/`)) throw refuse('the rule it began with is of another organisation');
  const chosen = kinds.filter((kind) => wanted.includes(kind));
  if (chosen.length === 0 || chosen.length !== new Set(wanted).size) throw refuse('it names no kind of record, or one that is none');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until))) throw refuse('its last day is no day');
  const latest = addDays(dayOf(now), longestKey);
  return policyOfChoice(until > latest ? { ...choice, until: latest } : choice, whole);
}

/** The same policy, its lists in the order people know; what is signed is sorted by letters. */
export const inOrder = (policy: Policy): Policy => ({
  ...policy,
  kinds: kinds.filter((kind) => policy.kinds.includes(kind)),
  parts: parts.filter((part) => policy.parts.includes(part)),
});

/** What somebody may open by a policy of ordinary content from the beginning on. */
export function plainly({
  parts: named,
  kinds: opened,
  confidentiality,
  sensitivity,
  patients,
  unit,
  from,
  breakGlass,
  named: charts = [],
}: Policy): SignedPolicy['plainly'] {
  // Charts that name her, and a unit that is meant alone, are told in the words that were signed.
  const ordinary =
    charts.length === 0 &&
    !unit.includes('/') &&
    confidentiality.join() === 'N' &&
    sensitivity.join() === 'none' &&
    from === 'beginning' &&
    named.includes('MI');
  if (!ordinary) return null;
  const opens = [...opened.map(said), ...who.filter(([part]) => named.includes(part)).map(([, words]) => words)];
  return { opens, patients: patients === 'everyone' ? null : patients.length, breakGlass: breakGlass === true };
}

/** A kind as `inWords` says it, and who somebody is: the page has its own words for these. */
const said = (kind: string): string => kind.replaceAll('-', ' ');
const who = [
  ['EID', partWords.EID],
  ['QID', partWords.QID],
] as const;

const choiceOf = (policy: Policy, organisation: string): PolicyChoice => ({
  organisation,
  kinds: policy.kinds,
  identity: opensIdentity(policy.parts),
  until: policy.until,
  breakGlass: policy.breakGlass === true,
  as: policy,
});

/** The organisation a policy is about, by the town manifest and nobody else's word. */
const nameOf = (manifest: Manifest, { unit }: Policy): string =>
  manifest.domains.find(({ organisation }) => equalPublic(organisation, unhex(unit.slice(0, 32))))?.name ?? unit;

/** Nothing to compare where nothing is believed. */
const fingerprintOf = (card: Card | null): string => (card ? fingerprint(card) : '');
