/**
 * Settling the demo town: enrol its people and places, import their lives, link the patients, issue keys.
 *
 * Every step can run again and does nothing when it is done, so an interrupted settling goes on.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { cloudletsOf } from '@carelet/client/cloudlets';
import {
  approve,
  claim,
  enrolOrganisation,
  invite,
  numberToRegister,
  register,
  renewManifest,
  takeWriterKeys,
} from '@carelet/client/enrolment';
import type { KeyringFile } from '@carelet/client/keyring/file';
import { createLockedFile } from '@carelet/client/keyring/locked-file';
import { numbersOf } from '@carelet/client/keyring/numbers';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { importRecords } from '@carelet/client/records/import';
import { linkPatient } from '@carelet/client/records/link';
import { writer } from '@carelet/client/records/writer';
import { pairDevice } from '@carelet/client/session/pair';
import { renewDevices } from '@carelet/client/session/renew';
import { encodeWearable } from '@carelet/client/session/wearable';
import { offerHalf } from '@carelet/client/sharing/received';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { foundTeam } from '@carelet/client/sharing/teams/organisation';
import { hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import {
  type DoctorSlug,
  doctors,
  fullName,
  type OrganisationSlug,
  officeName,
  officials,
  organisations,
  type PatientSlug,
  patients,
} from './cast.ts';
import { lives, print } from './days/index.ts';
import { demoEffort, type Keyrings } from './keyrings.ts';
import { rolesOf } from './roles.ts';
import { cloudletPlaces, type Town } from './town.ts';

/** Who wears what, and which clinic's cloudlet it speaks with. */
export const wearables = [
  { owner: 'ada', clinic: 'harbour' },
  { owner: 'layla', clinic: 'millbrook' },
] as const;

export type SettleOptions = {
  readonly town: Town;
  readonly keyrings: Keyrings;
  readonly mathematics: Mathematics;
  readonly clock: () => number;
  /** Everyone's seed, so that two towns of one seed and day hold the same medicine. */
  readonly seed: string;
  readonly tell: (line: string) => void;
  /** Some of the cast; all of it unless told. A doctor's role at a place that is left out, or for patients who are, falls away. */
  readonly only?: Settlers;
};

/** A part of the cast, for the tour, the tests and the benchmarks. */
export type Settlers = {
  readonly organisations: readonly OrganisationSlug[];
  readonly patients: readonly PatientSlug[];
  readonly doctors: readonly DoctorSlug[];
};

const everyone: Settlers = {
  organisations: organisations.map(({ slug }) => slug),
  patients: patients.map(({ slug }) => slug),
  doctors: doctors.map(({ slug }) => slug),
};

/** A file says that the town settled whole. */
const marker = (town: Town): string => join(town.folder, 'settled');

export const settled = async (town: Town): Promise<boolean> => existsSync(marker(town));

/** Keeps the demo wearables' days open to their doctors for another week: what their owners' clients would do. */
export async function renewWearables({ town, keyrings, mathematics, clock }: Omit<SettleOptions, 'seed' | 'tell'>): Promise<void> {
  for (const { owner } of wearables) {
    const { keyring } = await keyrings.of('patient', owner, owner);
    await renewDevices({
      keyring,
      cloud: connectCloud(town.addresses.cloud, keyring, clock),
      mathematics,
      cloudletOf: cloudletsOf(cloudletPlaces(town.addresses), keyring, clock),
      clock,
    });
  }
}

export async function settle({ town, keyrings, mathematics, clock, seed, tell, only = everyone }: SettleOptions): Promise<void> {
  type Known = Pick<KeyringFile, 'keyring'>;
  const authorityAs = (file: Known | null) => connectAuthority(town.addresses.authority, file?.keyring ?? null, clock);
  const cloudAs = (file: Known) => connectCloud(town.addresses.cloud, file.keyring, clock);

  tell('enrolling hospitals, clinics and administrators');
  const approvers: KeyringFile[] = [];
  const invitation = await town.authority.firstInvitation();
  for (const official of officials) {
    const file = await keyrings.of('administrator', official.slug, fullName(official.name));
    if (file.keyring.card.vouchers.length === 0) {
      const [first] = approvers;
      const code = first ? (await invite(authorityAs(first), first.keyring)).code : invitation!;
      await claim(authorityAs(null), file.keyring, code, officeName(official));
      await file.save();
    }
    approvers.push(file);
  }
  const places = new Map<string, KeyringFile>();
  for (const organisation of organisations) {
    if (!only.organisations.includes(organisation.slug)) continue;
    const file = await keyrings.of('organisation', organisation.slug, organisation.name);
    if (!file.keyring.writer) {
      const administrator = { authority: authorityAs(approvers[0]!), keyring: approvers[0]!.keyring };
      await enrolOrganisation(administrator, () => authorityAs(file), file.keyring);
      await file.save();
    } else await takeWriterKeys(authorityAs(file), file.keyring);
    places.set(organisation.slug, file);
    const { card, secrets, writer: keys } = file.keyring;
    await town.cloudlets.get(organisation.slug)?.install({ card, edSk: secrets.edSk, ...keys! });
  }

  let records = 0;
  for (const { patient, organisation, bundle } of lives({ seed, to: new Date(clock()) })) {
    if (!only.patients.includes(patient) || !only.organisations.includes(organisation)) continue;
    const place = places.get(organisation)!;
    const cloud = cloudAs(place);
    const text = utf8(print(bundle));
    const summary = await importRecords(
      [
        {
          name: `${patient} at ${organisation}`,
          async *read() {
            yield text;
          },
        },
      ],
      {
        writer: writer({ keyring: place.keyring, save: () => place.save(), cloud, mathematics, clock }),
      },
    );
    records += summary.stored;
    tell(`locking the demo records: ${records}`);
    await place.save();

    const person = patients.find(({ slug }) => slug === patient)!;
    const file = await keyrings.of('patient', patient, fullName(person.name));
    const address = bundle.entry.find(({ resource }) => resource.resourceType === 'Patient')?.fullUrl;
    const chart = place.keyring.charts.find(({ references, cradle }) => cradle && address !== undefined && references.includes(address));
    if (chart) await linkPatient({ keyring: place.keyring, save: () => place.save(), cloud }, chart, file.keyring.card);
  }

  for (const { owner, clinic } of wearables) {
    if (!only.patients.includes(owner) || !only.organisations.includes(clinic)) continue;
    const path = join(keyrings.folder, '..', 'wearables', `${owner}-watch.wearable`);
    if (existsSync(path)) continue;
    tell(`pairing ${owner}'s watch`);
    const person = await keyrings.of('patient', owner, owner);
    const cloudletAs = (file: KeyringFile) => connectCloudlet(town.cloudlets.get(clinic)!.url, file.keyring, clock);
    const { code } = await cloudletAs(places.get(clinic)!).sessions.pair();
    await renewManifest(authorityAs(person), person.keyring);
    const wearable = await pairDevice(
      { keyring: person.keyring, cloud: cloudAs(person), cloudlet: cloudletAs(person), mathematics, clock },
      { name: `${owner}-watch`, code, address: town.cloudlets.get(clinic)!.url },
    );
    await createLockedFile(path, encodeWearable(wearable), keyrings.passphrase, demoEffort);
    await person.save();
  }

  tell('naming the teams of each place');
  const teams = new Map<string, string>();
  for (const [slug, { keyring, save }] of places) {
    if (!doctors.some(({ organisation, slug: doctor }) => organisation === slug && only.doctors.includes(doctor))) continue;
    const authority = connectAuthority(town.addresses.authority, keyring, clock);
    const cloud = connectCloud(town.addresses.cloud, keyring, clock);
    const { pseudonym } = await foundTeam({ keyring, save, cloud, authority, mathematics, clock }, { name: 'Everyone' });
    teams.set(slug, hex(pseudonym));
  }

  tell('approving doctors and issuing their keys');
  for (const doctor of doctors) {
    if (!only.doctors.includes(doctor.slug)) continue;
    const file = await keyrings.of('doctor', doctor.slug, fullName(doctor.name));
    await renewManifest(authorityAs(file), file.keyring);
    /** The number by which she works at a place. */
    const registered = async (slug: OrganisationSlug) => {
      const organisation = organisations.find((one) => one.slug === slug)!.name;
      const number = numberToRegister(file.keyring, organisation);
      await file.save();
      const asked = { certificate: doctor.certificate.number, specialty: doctor.specialty.word, organisation };
      await register(authorityAs(null), number, asked);
      return number;
    };
    await registered(doctor.organisation);
    if (doctor.standing !== 'approved' || file.keyring.doctorKeys.length > 0) continue;
    for (const role of rolesOf(doctor.slug)) {
      const place = places.get(role.organisation)?.keyring;
      const those = place && role.patients !== 'everyone' ? await patsOf(place, role.patients) : null;
      if (!place || those?.length === 0) continue;
      // Where she works she is one of everyone, whomever she treats.
      const team = role.organisation === doctor.organisation ? teams.get(role.organisation) : undefined;
      const policy: Policy = {
        ...role.policy,
        patients: those ? [...those, ...(team ? [team] : [])] : 'everyone',
        unit: hex(place.card.id),
        from: 'beginning',
        until: addDays(dayOf(clock()), 90),
      };
      const { card } = await registered(role.organisation);
      for (const approver of approvers.slice(1)) await approve(authorityAs(approver), approver.keyring, card, policy, clock() / 1000);
    }
    for (const keyring of numbersOf(file.keyring)) {
      const [authority, cloud] = [authorityAs({ keyring }), cloudAs({ keyring })];
      const cloudletOf = cloudletsOf(cloudletPlaces(town.addresses), keyring, clock);
      await takeDoctorKeys({ authority, cloud, cloudletOf }, keyring, mathematics);
      await offerHalf({ keyring, save: () => file.save(), cloud, mathematics });
    }
    await file.save();
  }

  await writeFile(marker(town), '');

  async function patsOf(place: KeyringFile['keyring'], slugs: readonly string[]): Promise<string[]> {
    const cards = await Promise.all(slugs.map(async (slug) => hex((await keyrings.of('patient', slug, slug)).keyring.card.id)));
    return place.charts.filter(({ owner }) => cards.includes(hex(decodeCard(owner)!.id))).map(({ pat }) => hex(pat));
  }
}
