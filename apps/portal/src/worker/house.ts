/**
 * The house: everything pages may ask, answered where the keys are.
 *
 * A browser runs it in a worker (`worker.ts`), the tests in their own process; it knows neither pages nor a browser.
 *
 * @module
 */

import { CareletError } from '@carelet/care/model';
import { claim, firstManifest, invite, register } from '@carelet/client/enrolment';
import { newKeyring } from '@carelet/client/keyring/keyring';
import { newLock } from '@carelet/client/keyring/passphrase';
import { connectAuthority } from '@carelet/client/login';
import { joinedReader } from '@carelet/client/records/joined';
import { type Reader, reader } from '@carelet/client/records/reader';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { House, HouseEvent } from '../house/house.ts';
import type { LimitsHouse } from '../house/limits.ts';
import type { PatientLine } from '../house/patients.ts';
import type { ReceiptsHouse } from '../house/receipts.ts';
import type { RolesHouse } from '../house/roles.ts';
import { approveChoice, choiceInWords, doctorLines, rejectDoctor } from './admin.ts';
import { type Emergencies, emergenciesOf } from './break-glass.ts';
import { type Charts, openCharts } from './charts.ts';
import { clinicDevices, endDevice, offerDevice } from './devices.ts';
import { freeName } from './free-name.ts';
import { fits, linesOf } from './items.ts';
import { latelyIn } from './lately.ts';
import { limitsAt } from './limits.ts';
import { lookAt, note, takeBack } from './looks.ts';
import { once } from './once.ts';
import { overviewOf, patientLine, triageOf } from './overview.ts';
import { keysOf, newPerson, openPerson, type Person } from './person.ts';
import { attemptOn, proofOf } from './proof.ts';
import { receiptsOf } from './receipts.ts';
import { type ReceivedGrants, receivedOf, sharedUntil } from './received.ts';
import { recordIn, recordPage } from './record.ts';
import { type Requests, requestsOf } from './requests.ts';
import { rolesOf, stepIn } from './roles.ts';
import { letRead, type Sharing, sharingOf, sharingOptions } from './sharing.ts';
import type { Surroundings, TownMap } from './surroundings.ts';
import { townStatus } from './town.ts';
import { traceOf } from './trace.ts';
import { turns } from './turns.ts';
import { type PatientView, type Views, viewing } from './view.ts';
import { vitalPage } from './vitals.ts';
import { withheldKinds } from './withheld.ts';

export type { House } from '../house/house.ts';
export { memoryStore, type Store } from './store.ts';
export type { Surroundings, TownMap } from './surroundings.ts';

/** Somebody inside, with what she sees. */
type Inside = {
  readonly person: Person;
  readonly reader: Reader;
  readonly charts: Charts;
  readonly views: Views;
  readonly received: ReceivedGrants;
  readonly sharing: Sharing;
  readonly limits: LimitsHouse;
  readonly requests: Requests;
  readonly roles: RolesHouse;
  readonly emergencies: Emergencies;
  readonly receipts: ReceiptsHouse;
  /** Ends what goes on beside. */
  readonly leave: () => void;
};

/** How long keys may take that somebody asked for and waits for, in milliseconds. */
const longestAsking = 60_000;
/** How long mediators may take to log somebody out, in milliseconds. */
const longestLogout = 1_000;
/** How often it is looked whether something shared has ended, in milliseconds. */
const endsLookedAt = 15_000;

const tenYears = 10 * 365 * 86_400;

/**
 * Opens a house; nobody is inside yet.
 *
 * @example
 * ```ts no-run
 * const house = openHouse({ map, store: memoryStore(), mathematics: mathematicsHere, clock: Date.now, zone: 'Europe/Dublin' });
 * await house.unlock(lockedFile, passphrase, false);
 * const [ada] = await house.patients();
 * ```
 */
export function openHouse(outside: Surroundings): House {
  const { store, clock, zone } = outside;
  const around: Surroundings = { ...outside, map: askedOnce(outside.map) };
  let inside: Inside | null = null;
  let told: (event: HouseEvent) => void = () => {};

  const somebody = (): Inside => {
    if (!inside) throw new CareletError('denied', 'look into the house', { because: 'nobody has unlocked a keyring' });
    return inside;
  };
  const administratorHere = (): Inside => {
    const here = somebody();
    if (here.person.door !== 'admin')
      throw new CareletError('denied', 'look after the town', { because: 'only an administrator does that' });
    return here;
  };
  const administrator = (): Person => administratorHere().person;
  const patientHere = (): Inside => {
    const here = somebody();
    if (here.person.door !== 'patient')
      throw new CareletError('denied', 'share records', { because: 'only a patient shares what is hers' });
    return here;
  };
  const doctorHere = (): Inside => {
    const here = somebody();
    if (here.person.door !== 'doctor') throw new CareletError('denied', 'ask for access', { because: 'only a doctor asks a patient' });
    return here;
  };
  const viewOf = async (patient: string): Promise<PatientView> => {
    const { charts, views } = somebody();
    return views(await charts.opened(patient));
  };
  const recordOf = async (patient: string, item: string) => {
    const view = await viewOf(patient);
    return { view, record: recordIn(view, item) };
  };

  const linesFor = async (shown: (patient: string) => boolean): Promise<PatientLine[]> => {
    const { charts, views } = somebody();
    const some = (await charts.listed()).filter(({ id }) => shown(id));
    return some.map((one) => patientLine(views(one))).sort(byName);
  };

  async function leave(): Promise<void> {
    const leaving = inside;
    inside = null;
    leaving?.leave();
    leaving?.charts.close();
    // Logged out, and what was declined sent, before the keys are gone; a mediator or a cloud that is away keeps nobody here.
    const late = new Promise((done) => setTimeout(done, longestLogout));
    if (leaving) await Promise.race([Promise.all([leaving.reader.leave(), leaving.requests.settle()]), late]);
    await leaving?.person.forget();
  }

  async function enter(person: Person): Promise<void> {
    // Only now: who mistypes a passphrase is still where she was.
    await leave();
    const { keyring } = person;
    const { mathematics } = around;
    const read = joinedReader(keyring, (number) => reader({ ...person.by(number), mathematics, clock }));
    const received = receivedOf({ person, mathematics, clock });
    const options = sharingOptions(person, mathematics, clock);
    // One after another: nobody recalls what is just being given.
    const inTurn = turns();
    const sharing = sharingOf({ person, options, inTurn, tell: (event) => told(event) });
    const limits = limitsAt({ options, inTurn, directory: sharing.directory });
    const emergencies = emergenciesOf({ person, charts: () => charts, clock });
    const listed = async () => {
      const found = await read.charts();
      await Promise.all([received.look(), emergencies.look()]);
      return found;
    };
    const charts = openCharts({
      reader: { ...read, charts: listed },
      clouds: () => (person.door === 'admin' ? [] : person.byAll().map(({ cloud }) => cloud)),
      // A patient sees what is hers, and what somebody shares with her; nobody sees an organisation's own chart of its staff as a patient.
      shows: ({ owner, writer, pat }) =>
        !equalPublic(owner, writer) &&
        (person.door !== 'patient' ||
          equalPublic(owner, keyring.card.id) ||
          received.of(hex(owner)).some((grant) => grant.pat === hex(pat))),
      tell: (event) => told(event),
      learnt: () => person.touched(),
    });
    const ends = setInterval(() => {
      if (received.ended() || emergencies.ended()) void charts.again().catch(() => {});
    }, endsLookedAt);
    inside = {
      person,
      reader: read,
      charts,
      views: viewing({
        manifest: () => keyring.manifest,
        endings: () => person.someone().endings,
        received: received.of,
        people: (patient, category) => (patient === hex(keyring.card.id) ? letRead(keyring, category, clock() / 1000) : []),
        zone,
        clock,
      }),
      received,
      sharing,
      limits,
      requests: requestsOf({ person, charts, numberFor: read.numberFor, clock }),
      roles: rolesOf({ person, clock }),
      emergencies,
      receipts: receiptsOf({ person, charts, clock }),
      leave: () => clearInterval(ends),
    };
    // Her own client keeps open what her devices will write; it does so when there is time.
    if (person.door === 'patient') {
      const here = inside;
      const renew = async () => {
        await charts.settled();
        if (inside === here) await person.witness();
        if (inside === here) await sharing.renew();
      };
      renew().catch(() => {});
    }
  }

  /** A keyring that is made here; its name is free among those that rest here. */
  async function make(kind: 'doctor' | 'administrator', title: string, passphrase: string) {
    const map = await around.map();
    const manifest = await firstManifest(connectAuthority(map.authority, null, clock), map.manifest === '' ? undefined : map.manifest);
    const taken = new Set((await store.keyrings()).map(({ name }) => name));
    const keyring = newKeyring(kind, freeName(title, taken), title.trim(), manifest, Math.floor(clock() / 1000) + tenYears);
    return { keyring, lock: await newLock(passphrase, around.effort), authority: connectAuthority(map.authority, keyring, clock) };
  }

  return {
    async resting() {
      return (await store.keyrings()).map(({ name, title, door }) => ({ name, title, door }));
    },
    async unlock(from, passphrase, keep) {
      const person = await openPerson(around, from, passphrase, keep);
      await enter(person);
      return person.someone();
    },
    lock: leave,
    async keyringFile() {
      return somebody().person.file();
    },
    async forget(name) {
      inside?.person.forgotten(name);
      await store.forget(name);
    },
    async whoami() {
      const { person, charts } = somebody();
      const before = keysOf(person.keyring);
      await person.renew(longestAsking, (step) => told({ kind: 'taking', step: stepIn(person.keyring.manifest, step) }));
      const keys = keysOf(person.keyring);
      const changed = before.length !== keys.length || keys.some((key, i) => !equalPublic(key.entitlement, before[i]!.entitlement));
      if (changed) await charts.look();
      return person.someone();
    },

    async watch(tell) {
      told = tell;
    },
    async stop(patient) {
      somebody().charts.stop(patient);
    },

    async patients() {
      const { person } = somebody();
      return linesFor((id) => person.door !== 'patient' || id === ownId(person));
    },
    async overview(patient) {
      const { person, charts, views, emergencies } = somebody();
      const here = await charts.opened(patient);
      const view = views(here);
      const emergency = emergencies.of(here);
      const keys = keysOf(person.keyring);
      const now = clock();
      return overviewOf(view, {
        before: person.looksBefore.get(patient)?.look ?? null,
        look: person.door === 'doctor' ? (person.looks.get(patient)?.look ?? null) : null,
        emergency,
        // In an emergency all kinds open; of what stays locked nothing is said.
        withheld:
          person.door === 'doctor' && (emergency?.until ?? null) === null
            ? withheldKinds(
                keys,
                view.places.map(({ id }) => id),
                now / 1000,
              ).filter((kind) => !view.received().some(({ consent }) => consent.kinds.includes(kind)))
            : [],
        own: patient === ownId(person) ? { kept: person.someone().kept } : null,
        now,
      });
    },
    async items(patient, filter) {
      return linesOf(await viewOf(patient)).filter((line) => fits(line, filter));
    },
    async item(patient, item) {
      const { view, record } = await recordOf(patient, item);
      const { person } = somebody();
      return recordPage(view, record, sharedUntil(record, view.received(), keysOf(person.keyring), clock() / 1000));
    },
    async vital(patient, vital, days) {
      return vitalPage(await viewOf(patient), vital, days, clock());
    },
    async trace(patient, item) {
      const { view, record } = await recordOf(patient, item);
      return traceOf(view, record);
    },
    async proof(patient, item) {
      const { record } = await recordOf(patient, item);
      const { person, reader: read } = somebody();
      return proofOf(read, record, { cloud: originOf(person.map), now: clock() });
    },
    async attempt(patient, item, part, how) {
      const { record } = await recordOf(patient, item);
      return attemptOn(somebody().reader, record, part, how);
    },
    async triage() {
      const { person, charts, views } = somebody();
      const settled = await charts.settled();
      return triageOf(settled.map(views), { look: (patient) => person.looks.get(patient)?.look ?? null, now: clock() });
    },
    async lookedAt(patient) {
      const view = await viewOf(patient);
      const { person } = somebody();
      const now = clock();
      note(person.looks, patient, lookAt(view, now), now);
      await person.keep();
    },
    async notLookedAt(patient) {
      const { person } = somebody();
      takeBack(person.looks, person.looksBefore, patient, clock());
      await person.keep();
    },

    directory: async () => patientHere().sharing.directory(),
    teams: async () => patientHere().sharing.teams(),
    carerCode: async () => patientHere().sharing.carerCode(),
    carer: async (code) => patientHere().sharing.carer(code),
    async sharedWithMe() {
      const { person } = patientHere();
      return linesFor((id) => id !== ownId(person));
    },
    whoReads: async () => patientHere().sharing.whoReads(),
    share: async (wish) => patientHere().sharing.share(wish),
    unshare: async (grants) => patientHere().sharing.unshare(grants),
    limits: async () => patientHere().limits.limits(),
    people: async () => patientHere().limits.people(),
    deny: async (doctor) => patientHere().limits.deny(doctor),
    allow: async (doctor) => patientHere().limits.allow(doctor),
    nameOnly: async (chart, byName) => patientHere().limits.nameOnly(chart, byName),
    receipts: async () => patientHere().receipts.receipts(),
    receiptsCopy: async () => patientHere().receipts.receiptsCopy(),

    requests: async () => patientHere().requests.requests(),
    decline: async (request) => patientHere().requests.decline(request),
    undecline: async (request) => patientHere().requests.undecline(request),
    asked: async (patient) => doctorHere().requests.asked(patient),
    askFor: async (patient, what) => doctorHere().requests.askFor(patient, what),
    withdraw: async (request) => doctorHere().requests.withdraw(request),

    roles: async () => doctorHere().roles.roles(),
    askForRole: async (organisation, specialty) => doctorHere().roles.askForRole(organisation, specialty),

    breakGlass: async (patient, what) => doctorHere().emergencies.breakGlass(patient, what),
    emergencies: async () => patientHere().emergencies.emergencies(),
    reviews: async () => administratorHere().emergencies.reviews(),
    review: async (emergency, verdict) => administratorHere().emergencies.review(emergency, verdict),

    town: async () => townStatus(await around.map(), clock()),
    lately: async () => latelyIn(await around.map(), administrator(), clock),
    doctors: async () => doctorLines(administrator(), clock()),
    async inWords(choice, specialty, beside) {
      return choiceInWords(administrator().keyring.manifest, { choice, specialty, beside }, clock());
    },
    approve: async (doctor, choice) => approveChoice(administrator(), doctor, choice, clock),
    reject: async (doctor, reason) => rejectDoctor(administrator(), doctor, reason, clock),
    devices: async () => clinicDevices(await around.map(), administrator(), clock),
    pairDevice: async (organisation) => offerDevice(await around.map(), administrator(), organisation, clock),
    endDevice: async (organisation, device) => endDevice(await around.map(), administrator(), organisation, device, clock),
    async invite() {
      const { authority, keyring } = administrator();
      return invite(authority, keyring);
    },
    async claim({ code, title, organisation, passphrase }) {
      const { keyring, lock, authority } = await make('administrator', title, passphrase);
      await claim(authority, keyring, code, organisation);
      const person = await newPerson(around, keyring, lock);
      await enter(person);
      return person.someone();
    },
    async register({ title, passphrase, ...registration }) {
      const { keyring, lock, authority } = await make('doctor', title, passphrase);
      await register(authority, keyring, registration);
      const person = await newPerson(around, keyring, lock);
      await enter(person);
      return person.someone();
    },
  };
}

/** What a patient is known by among those in her sight. */
const ownId = ({ keyring }: Person): string => hex(keyring.card.id);

/** By name; those whose name one's key does not open come last, by number. */
function byName(a: PatientLine, b: PatientLine): number {
  const [one, other] = [a.identity.name, b.identity.name];
  if (one !== null && other !== null) return one.localeCompare(other) || (a.id < b.id ? -1 : 1);
  if (one === null && other === null) return a.id < b.id ? -1 : 1;
  return one === null ? 1 : -1;
}

const originOf = ({ cloud }: TownMap): string => (typeof cloud === 'string' ? new URL(cloud).origin : 'in this process');

/** Asks once, and again after a failure. */
function askedOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer = once(ask);
  return async () => {
    try {
      return await answer();
    } catch (thrown) {
      answer = once(ask);
      throw thrown;
    }
  };
}
