/**
 * A world played through a town: what happens in it is done by those who would do it, and after each event every doctor opens what
 * opens to her.
 *
 * @module
 */
import type { Json } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { fromFhirConsent, usualConsent } from '@carelet/care/rules/sharing/consent';
import type { GivenGrant, Keyring, WriterChart } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { recordsOf } from '@carelet/client/records/fhir';
import { reader } from '@carelet/client/records/reader';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { hivTest, type Place, patient, pulse, result, type Stage } from '../fixture.testing.ts';
import { type DoctorName, doctorNames, type Event, type Known, mayRead, type Role, type Shared, type Written } from './world.testing.ts';

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
export async function sceneOn(stage: Stage, role: Role, others: Omit<Scene['doctors'], 'by role'>): Promise<Scene> {
  const [clinic, mediator] = [await stage.place('northgate'), await stage.place('harbour')];
  const byRole = await stage.doctor('Dr Chen', { at: clinic, parts: ['MI'], kinds: ['laboratory'], ...role });
  const doctors = { ...others, 'by role': byRole };
  return { stage, clinic, mediator, doctors, role, cloudAs: async (who) => stage.cloudAs(who), cloudletOf: stage.cloudletOf };
}

/**
 * Plays a world; gives how many decisions were looked at: may this doctor open this record now.
 *
 * @param reference how the clinic calls its patient
 * @throws {Exception} saying who opened too much or too little, after which event
 */
export async function play(scene: Scene, reference: string, events: readonly Event[]): Promise<number> {
  const { stage, clinic, mediator, doctors, role, cloudAs, cloudletOf } = scene;
  const ada = stage.patient(reference);
  const known: Known = { records: [], grants: [] };
  const options: SharingOptions = {
    keyring: ada,
    save: async () => {},
    cloud: await cloudAs(ada),
    mathematics: mathematicsHere,
    cloudletOf: (organisation) => cloudletOf(ada, organisation),
    clock: stage.clock,
  };
  const clinicsCloud = await cloudAs(clinic.keyring);
  await stage.take(clinic, [patient(reference)], clinicsCloud);
  const chart = chartOf(clinic, reference);
  await stage.link(clinic, chart, ada);
  for (const doctor of Object.values(doctors)) doctor.opened = {};
  let decisions = 0;
  for (const [i, one] of events.entries()) {
    await happens(one);
    // Patients come and go, and what passes is a matter of seconds.
    stage.clock.to(new Date(stage.clock() + 1000).toISOString());
    const today = dayOf(stage.clock());
    for (const name of doctorNames) {
      const may = known.records.filter((record) => mayRead(name, record, known, today, role)).map(({ id }) => id);
      decisions += known.records.length;
      const [expected, opened] = [may.sort().join(' '), (await opens(doctors[name])).join(' ')];
      if (expected === opened) continue;
      throw new Exception(`the doctor ${name} opens [${opened}] and should open [${expected}], after event ${i + 1} of ${today}`);
    }
  }
  return decisions;

  async function happens(one: Event): Promise<void> {
    const today = dayOf(stage.clock());
    switch (one.what) {
      case 'write': {
        const fresh = one.records.map(({ ago: days, ...record }, i) => ({
          ...record,
          day: days === null ? null : addDays(today, -days),
          id: `r${known.records.length + i}`,
        }));
        known.records.push(...fresh);
        await stage.take(
          clinic,
          fresh.map((record) => resourceOf(reference, record)),
          clinicsCloud,
        );
        return;
      }
      case 'share': {
        const [from, until] = [one.since === null ? 'beginning' : addDays(today, -one.since), addDays(today, one.days)];
        const sensitivity = one.sensitive ? (['none', 'HIV'] as const) : (['none'] as const);
        const consent = { ...usualConsent, kinds: one.kinds, sensitivity, from, until };
        const { card, title } = doctors[one.doctor];
        await share(options, { doctor: card.id, doctorName: title, consent, mediator: mediator.keyring.card.id });
        known.grants.push({ ...one, from, until, holds: true });
        return;
      }
      case 'take back': {
        const held = known.grants.filter(({ holds, until }) => holds && until >= today);
        const chosen = held[one.which % Math.max(1, held.length)];
        if (!chosen) return;
        const words = inWords(chosen);
        // What was said twice is taken back once. By then it may be another of the same words, made anew since something else was taken back.
        for (const grant of held) if (inWords(grant) === words) grant.holds = false;
        const now = ada.sharing.grants.find((one) => one.holds.cloud && one.holds.mediator && wordsOf(one) === words);
        await unshare(options, now!.grant);
        await renewConsents(options);
        return;
      }
      case 'a day passes':
        stage.clock.to(new Date(stage.clock() + 86_400_000).toISOString());
        return;
      case 'she signs in':
        await renewConsents(options);
    }
  }

  /** The records of the chart that a doctor's keys open, by id. */
  async function opens(who: Keyring): Promise<string[]> {
    const read = reader({
      keyring: who,
      cloud: await cloudAs(who),
      cloudletOf: (organisation) => cloudletOf(who, organisation),
      mathematics: mathematicsHere,
      clock: stage.clock,
    });
    const seen = (await read.charts()).find(({ pat }) => equalPublic(pat, chart.pat));
    if (!seen) return [];
    return recordsOf(await read.open(seen))
      .flatMap(({ entries }) => entries.map(({ resource }) => String(resource.id)))
      .sort();
  }

  /** A grant as a world tells it. */
  function wordsOf({ consent, doctor }: GivenGrant): string {
    const { kinds, sensitivity, from, until } = fromFhirConsent(JSON.parse(consent))!;
    const name = doctorNames.find((one) => equalPublic(doctors[one].card.id, doctor));
    return inWords({ doctor: name!, until, kinds, sensitive: sensitivity.includes('HIV'), from });
  }
}

const inWords = ({ doctor, until, kinds, sensitive, from }: Shared): string => [doctor, until, kinds, sensitive, from].join('|');

export const chartOf = ({ keyring }: Place, reference: string): WriterChart =>
  keyring.charts.find(({ references }) => references.includes(`urn:uuid:${reference}`))!;

const resourceOf = (reference: string, { kind, sens, day: of, id }: Written & { id: string }): Json =>
  kind === 'vital-signs'
    ? pulse(reference, id, of ?? undefined)
    : result(reference, id, of ?? undefined, sens === 'HIV' ? hivTest : undefined);
