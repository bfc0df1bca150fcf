/**
 * A world played through a town: what happens in it is done by those who would do it, and after each event every doctor opens what
 * opens to her.
 *
 * @module
 */
import type { Json } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { fromFhirConsent, usualConsent } from '@carelet/care/rules/sharing/consent';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve, endReplaced, type Holders, reject } from '@carelet/client/enrolment';
import type { GivenGrant, Keyring, WriterChart } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { recordsOf } from '@carelet/client/records/fhir';
import { reader } from '@carelet/client/records/reader';
import { allow, deny } from '@carelet/client/sharing/deny';
import { renewConsents } from '@carelet/client/sharing/renew';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { hivTest, type Place, patient, pulse, refusal, result, type Stage } from '../fixture.testing.ts';
import {
  type DoctorName,
  doctorNames,
  type Event,
  isOfRoles,
  type Known,
  mayRead,
  type PatientName,
  type Role,
  type Shared,
  usualRole,
  type Written,
} from './world.testing.ts';

/** Where worlds are played: a clinic, a mediator, the doctors. */
export type Scene = {
  readonly stage: Stage;
  readonly clinic: Place;
  readonly mediator: Place;
  readonly doctors: Readonly<Record<DoctorName, Keyring>>;
  readonly role: Role;
  /** The cloud as somebody may use it. */
  readonly cloudAs: (who: Keyring) => Promise<Cloud>;
  readonly cloudletOf: Stage['cloudletOf'];
};

/** A doctor who opened something else than the sentence says. */
export class Exception extends Error {}

/** Two doctors whose roles open nothing of what worlds tell: whatever they read, somebody let them. */
export async function byConsent(stage: Stage): Promise<Omit<Scene['doctors'], 'by role'>> {
  const elsewhere = { at: await stage.place('harbour'), parts: ['MI'], kinds: ['immunizations'] } as const;
  return { 'by consent': await stage.doctor('Dr Diaz', elsewhere), 'by consent too': await stage.doctor('Dr Osei', elsewhere) };
}

/** A scene in which a doctor's role begins now. */
export async function sceneOn(stage: Stage, days: Pick<Role, 'from' | 'until'>, others: Omit<Scene['doctors'], 'by role'>): Promise<Scene> {
  const [clinic, mediator] = [await stage.place('northgate'), await stage.place('harbour')];
  const role = { ...usualRole, ...days };
  const doctors = { ...others, 'by role': await doctorOf(stage, clinic, role) };
  return { stage, clinic, mediator, doctors, role, cloudAs: async (who) => stage.cloudAs(who), cloudletOf: stage.cloudletOf };
}

const doctorOf = (stage: Stage, at: Place, role: Role): Promise<Keyring> => stage.doctor('Dr Chen', { at, ...policyOf(role) });

const policyOf = ({ kinds, sensitive, named, from, until }: Role): Pick<Policy, 'parts' | 'kinds' | 'sensitivity' | 'from' | 'until'> => ({
  parts: ['MI'],
  kinds,
  sensitivity: sensitive && named !== null ? ['none', 'HIV'] : ['none'],
  from,
  until,
});

/** A patient of a world: her keyring and her chart, from when she first comes. */
type Guest = { readonly reference: string; readonly options: SharingOptions; readonly chart: WriterChart };

/**
 * Plays a world; gives how many decisions were looked at: may this doctor open this record now.
 *
 * @param reference how the clinic calls its patients
 * @param told what is said of the role in the beginning, in the place of what is so
 * @throws {Exception} saying who opened too much or too little, after which event
 */
export async function play(scene: Scene, reference: string, events: readonly Event[], told: Partial<Role> = {}): Promise<number> {
  const { stage, clinic, mediator, cloudAs, cloudletOf } = scene;
  // Whoever ends up with another role is met once.
  const doctors = events.some(isOfRoles) ? { ...scene.doctors, 'by role': await doctorOf(stage, clinic, scene.role) } : scene.doctors;
  const known: Known = { records: [], grants: [], denied: [], role: { ...scene.role, ...told } };
  const clinicsCloud = await cloudAs(clinic.keyring);
  const guests = new Map<PatientName, Guest>();
  for (const doctor of Object.values(doctors)) doctor.opened = {};
  let decisions = 0;
  for (const [i, one] of events.entries()) {
    await happens(one);
    // Patients come and go, and what passes is a matter of seconds.
    stage.clock.to(new Date(stage.clock() + 1000).toISOString());
    const today = dayOf(stage.clock());
    for (const name of doctorNames) {
      const may = known.records.filter((record) => mayRead(name, record, known, today)).map(({ id }) => id);
      decisions += known.records.length;
      const [expected, opened] = [may.sort().join(' '), (await opens(doctors[name])).join(' ')];
      if (expected === opened) continue;
      throw new Exception(`the doctor ${name} opens [${opened}] and should open [${expected}], after event ${i + 1} of ${today}`);
    }
  }
  return decisions;

  /** Whoever is spoken of the first time comes to the clinic. */
  async function guestOf(name: PatientName): Promise<Guest> {
    const there = guests.get(name);
    if (there) return there;
    const keyring = stage.patient(`${reference}-${name}`);
    await stage.take(clinic, [patient(`${reference}-${name}`)], clinicsCloud);
    const chart = chartOf(clinic, `${reference}-${name}`);
    await stage.link(clinic, chart, keyring);
    const options: SharingOptions = {
      keyring,
      save: async () => {},
      cloud: await cloudAs(keyring),
      mathematics: mathematicsHere,
      cloudletOf: (organisation) => cloudletOf(keyring, organisation),
      clock: stage.clock,
    };
    const guest = { reference: `${reference}-${name}`, options, chart };
    guests.set(name, guest);
    return guest;
  }

  async function happens(one: Event): Promise<void> {
    const today = dayOf(stage.clock());
    switch (one.what) {
      case 'write': {
        const guest = await guestOf(one.patient);
        const fresh = one.records.map(({ ago: days, ...record }, i) => ({
          ...record,
          patient: one.patient,
          day: days === null ? null : addDays(today, -days),
          id: `r${known.records.length + i}`,
        }));
        known.records.push(...fresh);
        await stage.take(
          clinic,
          fresh.map((record) => resourceOf(guest.reference, record)),
          clinicsCloud,
        );
        return;
      }
      case 'share': {
        const { options } = await guestOf(one.patient);
        const meant = meantBy(one, today);
        const consent = { ...usualConsent, ...meant, sensitivity: meant.sensitive ? (['none', 'HIV'] as const) : (['none'] as const) };
        const { card, title } = doctors[one.doctor];
        const given = () => share(options, { doctor: card.id, doctorName: title, consent, mediator: mediator.keyring.card.id });
        if (known.denied.some(({ patient: who, doctor }) => who === one.patient && doctor === one.doctor)) {
          const came = await refusal(given());
          if (came !== 'conflict') throw new Exception(`sharing with the doctor ${one.doctor}, who is denied, came to ${came}`);
          return;
        }
        await given();
        known.grants.push({ patient: one.patient, doctor: one.doctor, ...meant, holds: true });
        return;
      }
      case 'take back': {
        const held = known.grants.filter(({ holds, until }) => holds && until >= today);
        const chosen = held[one.which % Math.max(1, held.length)];
        if (!chosen) return;
        const words = inWords(chosen);
        // What was said twice is taken back once. By then it may be another of the same words, made anew since something else was taken back.
        for (const grant of held) if (inWords(grant) === words) grant.holds = false;
        const { options } = await guestOf(chosen.patient);
        const { grants } = options.keyring.sharing;
        const now = grants.find((one) => one.holds.cloud && one.holds.mediator && wordsOf(chosen.patient, one) === words);
        await unshare(options, now!.grant);
        await renewConsents(options);
        return;
      }
      case 'deny': {
        const { options } = await guestOf(one.patient);
        await deny(options, doctors[one.doctor].card.id);
        await renewConsents(options);
        const { patient: who, doctor } = one;
        known.denied = [...known.denied, { patient: who, doctor }];
        for (const grant of known.grants) if (grant.patient === who && grant.doctor === doctor) grant.holds = false;
        return;
      }
      case 'allow': {
        const { options } = await guestOf(one.patient);
        await allow(options, doctors[one.doctor].card.id);
        known.denied = known.denied.filter(({ patient: who, doctor }) => who !== one.patient || doctor !== one.doctor);
        return;
      }
      case 'the role becomes': {
        if (known.role === null) return;
        const role = { ...meantBy(one, today), named: one.named };
        await replaced(role);
        known.role = role;
        return;
      }
      case 'the role ends': {
        if (known.role === null) return;
        const [sam] = await stage.administrators();
        await reject(office(sam), await holdersFor(sam), doctors['by role'].card.id, 'she works elsewhere');
        known.role = null;
        return;
      }
      case 'a day passes':
        stage.clock.to(new Date(stage.clock() + 86_400_000).toISOString());
        return;
      case 'patients sign in':
        for (const { options } of guests.values()) await renewConsents(options);
    }
  }

  async function replaced(role: Role): Promise<void> {
    const doctor = doctors['by role'];
    const organisation = clinic.keyring.card.id;
    const patients = role.named === null ? ('everyone' as const) : [hex((await guestOf(role.named)).chart.pat)];
    const policy: Policy = { ...policyOf(role), confidentiality: ['N'], patients, unit: hex(organisation) };
    const approvers = await stage.administrators();
    for (const approver of approvers) {
      const { replaces } = await approve(stage.authorityAs(approver), approver, doctor.card, policy, stage.clock() / 1000);
      if (replaces === null) continue;
      const key = { doctor: doctor.card.id, organisation, issued: replaces };
      await endReplaced(office(approver), await holdersFor(approver), key, Math.floor(stage.clock() / 1000));
    }
    await takeDoctorKeys(stage.issuing(doctor), doctor, mathematicsHere);
  }

  function office(who: Keyring) {
    return { authority: stage.authorityAs(who), keyring: who };
  }

  async function holdersFor(who: Keyring): Promise<Holders> {
    return { cloud: await cloudAs(who), cloudlets: [stage.cloudletAs(who)] };
  }

  /** The records that a doctor's keys open, by id. */
  async function opens(who: Keyring): Promise<string[]> {
    const read = reader({
      keyring: who,
      cloud: await cloudAs(who),
      cloudletOf: (organisation) => cloudletOf(who, organisation),
      mathematics: mathematicsHere,
      clock: stage.clock,
    });
    const ids: string[] = [];
    const seen = await read.charts();
    for (const { chart } of guests.values()) {
      const here = seen.find(({ pat }) => equalPublic(pat, chart.pat));
      if (!here) continue;
      ids.push(...recordsOf(await read.open(here)).flatMap(({ entries }) => entries.map(({ resource }) => String(resource.id))));
    }
    return ids.sort();
  }

  /** A grant as a world tells it. */
  function wordsOf(of: PatientName, { consent, doctor }: GivenGrant): string {
    const { kinds, sensitivity, from, until } = fromFhirConsent(JSON.parse(consent))!;
    const name = doctorNames.find((one) => equalPublic(doctors[one].card.id, doctor));
    return inWords({ patient: of, doctor: name!, until, kinds, sensitive: sensitivity.includes('HIV'), from });
  }
}

/** Of which days something is, and until when, seen from today. */
const meantBy = (
  { kinds, sensitive, since, days }: Extract<Event, { what: 'share' | 'the role becomes' }>,
  today: string,
): Omit<Role, 'named'> => ({
  kinds,
  sensitive,
  from: since === null ? 'beginning' : addDays(today, -since),
  until: addDays(today, days),
});

const inWords = ({ patient: of, doctor, until, kinds, sensitive, from }: Shared): string =>
  [of, doctor, until, kinds, sensitive, from].join('|');

export const chartOf = ({ keyring }: Place, reference: string): WriterChart =>
  keyring.charts.find(({ references }) => references.includes(`urn:uuid:${reference}`))!;

const resourceOf = (reference: string, { kind, sens, day: of, id }: Written & { id: string }): Json =>
  kind === 'vital-signs'
    ? pulse(reference, id, of ?? undefined)
    : result(reference, id, of ?? undefined, sens === 'HIV' ? hivTest : undefined);
