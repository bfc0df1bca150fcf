/**
 * A small town for tests: an empty database, the services in this process, a clock that the test sets, and
 * whoever of the cast a story needs. Keyrings live in memory; no passphrase is stretched.
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, printJson } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve, claim, enrolOrganisation, invite, numberToRegister, register, renewManifest } from '@carelet/client/enrolment';
import { type KeyServers, keyServersAt } from '@carelet/client/kdc/servers';
import { decodeKeyring, encodeKeyring, type Keyring, newKeyring, type WriterChart } from '@carelet/client/keyring/keyring';
import { numbersOf } from '@carelet/client/keyring/numbers';
import { type Authority, type Cloud, type Cloudlet, connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { type OpenedRecord, recordsOf } from '@carelet/client/records/fhir';
import { type ImportSource, type ImportSummary, importRecords } from '@carelet/client/records/import';
import { joinedReader } from '@carelet/client/records/joined';
import { linkPatient } from '@carelet/client/records/link';
import { type OpenedChart, type Problem, reader } from '@carelet/client/records/reader';
import { type Writer, writer } from '@carelet/client/records/writer';
import { offerHalf } from '@carelet/client/sharing/received';
import { type Issuing, takeDoctorKeys } from '@carelet/client/sharing/roles';
import { startCloud } from '@carelet/cloud/service';
import { type Bytes, equalPublic, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import type { LogStream } from '@carelet/ground/log';
import { freshDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import pg from 'pg';
import type { OrganisationSlug } from './cast.ts';
import { type Line, openLine } from './line.testing.ts';
import { openTown, type Town } from './town.ts';

/** Now, as the town knows it: the services, the clients, everybody's calendar. */
export type TestClock = (() => number) & { to(time: string): void };

/** An organisation that writes: what it holds, and what of that it last put on disk. */
export type Place = {
  readonly slug: OrganisationSlug;
  readonly keyring: Keyring;
  readonly save: () => Promise<void>;
  /** The keyring as it lay on disk when it was last saved: what a killed process finds again. */
  readonly saved: () => Keyring;
};

export type Stage = AsyncDisposable & {
  readonly town: Town;
  /** Between the clinics and the cloud. */
  readonly line: Line;
  readonly cloudUrl: string;
  readonly clock: TestClock;
  /** The cloud's tables, for looking and for tampering; `$1` and so on as in pg. */
  readonly sql: <Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  readonly authorityAs: (who: Keyring | null) => Authority;
  readonly cloudAs: (who: Keyring | null) => Cloud;
  readonly cloudletAs: (who: Keyring | null, clinic?: OrganisationSlug) => Cloudlet;
  /** The cloudlet of a clinic of this number; `null` where there is none. */
  readonly cloudletOf: (who: Keyring | null, organisation: Bytes) => Cloudlet | null;
  /** The town's key servers, as somebody meets them. */
  readonly keyServersFor: (who: Keyring) => KeyServers;
  /** Whom a doctor asks for her keys. */
  readonly issuing: (who: Keyring) => Issuing;
  /** Two administrators of two organisations. */
  readonly administrators: () => Promise<readonly [Keyring, Keyring]>;
  readonly place: (slug: OrganisationSlug) => Promise<Place>;
  readonly patient: (name: string) => Keyring;
  /** A doctor with a key for each of these policies. */
  readonly doctor: (name: string, ...policies: readonly RolePolicy[]) => Promise<Keyring>;
  readonly writerOf: (place: Place, cloud?: Cloud, unit?: string) => Writer;
  /** A place, or a unit of it, imports. */
  readonly take: (place: Place, resources: readonly Json[], cloud?: Cloud, unit?: string) => Promise<ImportSummary>;
  readonly link: (place: Place, chart: WriterChart, who: Keyring) => Promise<void>;
  /** Everything somebody's keys open, chart by chart, or one chart of it. */
  readonly open: (
    who: Keyring,
    options?: { readonly cloud?: Cloud; readonly keyServers?: KeyServers; readonly pat?: Bytes },
  ) => Promise<Opened>;
};

/** What a doctor may open at a place; what is left out is ordinary. */
export type RolePolicy = Partial<Omit<Policy, 'unit'>> & {
  readonly at: Place;
  /** A unit of the place; the whole of it unless told. */
  readonly ward?: string;
};

export type Opened = {
  readonly charts: readonly OpenedChart[];
  readonly records: readonly OpenedRecord[];
  readonly problems: readonly Problem[];
  /** The opened resources' ids, sorted; a chart's own record has none. */
  readonly ids: readonly string[];
};

const years = 10 * 365 * 86_400;

export type StageOptions = {
  /** UTC time at which the town opens. */
  readonly today?: string;
  /** A PostgreSQL of the test's own, where it does something to it. */
  readonly databaseUrl?: string;
  /** Everybody meets the services on their ports; in this process unless told. */
  readonly overHttp?: boolean;
  /** Where the services' logs go; they write none unless told. */
  readonly logTo?: LogStream;
  /** Brokers elsewhere that clinics' cloudlets listen at, by slug. */
  readonly mqttBrokers?: Readonly<Record<string, string>>;
  readonly mosquittos?: Readonly<Record<string, string>>;
};

export async function openStage({
  today = '2026-11-20T09:41:00Z',
  databaseUrl,
  overHttp = false,
  logTo,
  mqttBrokers = {},
  mosquittos = {},
}: StageOptions = {}): Promise<Stage> {
  let now = Date.parse(today);
  const clock: TestClock = Object.assign(() => now, {
    to(time: string) {
      now = Date.parse(time);
    },
  });
  const database = databaseUrl === undefined ? await freshDatabase() : { url: databaseUrl, [Symbol.asyncDispose]: async () => {} };
  const folder = temporaryFolder();
  const log = logTo ? ({ logLevel: 'info', logTo } as const) : ({ logLevel: 'silent' } as const);
  let line: Line | undefined;
  let cloudUrl = '';
  const town = await openTown({
    folder: join(folder, 'town'),
    databaseUrl: database.url,
    clock,
    mqttBrokers,
    mosquittos,
    ...log,
    // The clinics' line to the cloud can be cut; everybody else meets the cloud itself.
    async cloud(authority, keys) {
      const config = { databaseUrl: database.url, host: '127.0.0.1', port: 0, nextFree: true, cors: [], ...log };
      const cloud = await startCloud({ ...config, authority, keys, clock });
      line = await openLine(cloud.url);
      cloudUrl = cloud.url;
      const close = async () => {
        await line?.[Symbol.asyncDispose]();
        await cloud.close();
      };
      return { url: line.url, fetch: cloud.fetch, [Symbol.asyncDispose]: close };
    },
  });
  const tables = new pg.Client({ connectionString: database.url, options: '-c search_path=cloud' });
  tables.on('error', () => {});
  await tables.connect();
  const mathematics = mathematicsHere;

  const fresh = (kind: Parameters<typeof newKeyring>[0], name: string) =>
    newKeyring(kind, name, name, town.manifest, Math.floor(now / 1000) + years);
  const at = ({ fetch, url }: { fetch: (request: Request) => Promise<Response>; url: string }) => (overHttp ? url : fetch);
  const authorityAs = (who: Keyring | null) => connectAuthority(at(town.authority), who, clock);
  const cloudAs = (who: Keyring | null) => connectCloud(at({ fetch: town.cloud.fetch, url: cloudUrl }), who, clock);
  const cloudletAs = (who: Keyring | null, clinic: OrganisationSlug = 'harbour') =>
    connectCloudlet(at(town.cloudlets.get(clinic)!), who, clock);

  /** The cloudlet of a clinic, by its card's number. */
  const cloudletOf = (who: Keyring | null, organisation: Bytes): Cloudlet | null => {
    const known = [...enrolled].find(([, keyring]) => equalPublic(keyring.card.id, organisation));
    return known && town.cloudlets.has(known[0]) ? cloudletAs(who, known[0]) : null;
  };
  const keyServersFor = (who: Keyring): KeyServers => keyServersAt(at(town.authority), who, clock);
  const enrolled = new Map<OrganisationSlug, Keyring>();

  let offices: Promise<readonly [Keyring, Keyring]> | undefined;
  const administrators = () => {
    offices ??= (async () => {
      const [sam, mara] = [fresh('administrator', 'Sam Adeyemi'), fresh('administrator', 'Mara Holt')];
      await claim(authorityAs(null), sam, (await town.authority.firstInvitation())!, 'Harbour Clinic');
      const { code } = await invite(authorityAs(sam), sam);
      await claim(authorityAs(null), mara, code, 'Medical Board');
      return [sam, mara] as const;
    })();
    return offices;
  };

  const issuing = (who: Keyring): Issuing => ({
    clock,
    authority: authorityAs(who),
    cloud: cloudAs(who),
    cloudletOf: (organisation) => cloudletOf(who, organisation),
  });

  const places = new Map<OrganisationSlug, Promise<Place>>();
  const place = (slug: OrganisationSlug): Promise<Place> => {
    const known = places.get(slug) ?? enrol(slug);
    places.set(slug, known);
    return known;
  };
  const enrol = async (slug: OrganisationSlug): Promise<Place> => {
    const [sam] = await administrators();
    const keyring = fresh('organisation', slug);
    await enrolOrganisation({ authority: authorityAs(sam), keyring: sam }, () => authorityAs(keyring), keyring);
    enrolled.set(slug, keyring);
    const { card, secrets, writer: keys } = keyring;
    await town.cloudlets.get(slug)?.install({ card, edSk: secrets.edSk, ...keys! });
    let disk = encodeKeyring(keyring);
    const save = async () => {
      disk = encodeKeyring(keyring);
    };
    return { slug, keyring, save, saved: () => decodeKeyring(disk) };
  };

  const writerOf = ({ keyring, save }: Place, cloud = cloudAs(keyring), unit?: string) =>
    writer({ keyring, save, cloud, mathematics, clock, unit });

  return {
    town,
    line: line!,
    cloudUrl,
    clock,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await tables.query<Row>(text, [...values])).rows,
    authorityAs,
    cloudAs,
    cloudletAs,
    cloudletOf,
    administrators,

    keyServersFor,
    issuing,
    place,

    patient: (name) => fresh('patient', name),

    async doctor(name, ...policies) {
      const approvers = await administrators();
      const keyring = fresh('doctor', name);
      const registered = new Set<Keyring>();
      const registers = async (organisation = 'Northgate Hospital') => {
        const number = numberToRegister(keyring, organisation);
        if (registered.has(number)) return number;
        registered.add(number);
        await register(authorityAs(null), number, { certificate: 'C 31 877', specialty: 'cardiology', organisation });
        return number;
      };
      await renewManifest(authorityAs(null), keyring);
      if (policies.length === 0) await registers();
      for (const { at, ward, ...policy } of policies) {
        const whole: Policy = {
          parts: ['EID', 'QID', 'MI'],
          kinds: ['vital-signs', 'laboratory', 'conditions', 'medications', 'notes', 'encounters', 'directory'],
          confidentiality: ['N'],
          sensitivity: ['none'],
          patients: 'everyone',
          from: 'beginning',
          // The longer a key holds the more days it names, and each costs its issuers and its reader.
          until: addDays(dayOf(clock()), 21),
          ...policy,
          unit: [hex(at.keyring.card.id), ...(ward ? [ward] : [])].join('/'),
        };
        const { card } = await registers(at.keyring.title);
        for (const approver of approvers) await approve(authorityAs(approver), approver, card, whole, clock() / 1000);
      }
      // Somebody has to mediate.
      if (policies.length > 0) await place('harbour');
      for (const number of numbersOf(keyring)) {
        await takeDoctorKeys(issuing(number), number, mathematics);
        // Nobody vouches for a doctor yet who has no policy.
        if (policies.length > 0) await offerHalf({ keyring: number, save: async () => {}, cloud: cloudAs(number), mathematics });
      }
      return keyring;
    },

    writerOf,
    take: (place, resources, cloud, unit) => importRecords([source('bundle.json', resources)], { writer: writerOf(place, cloud, unit) }),
    link: (place, chart, { card }) => linkPatient({ keyring: place.keyring, save: place.save, cloud: cloudAs(place.keyring) }, chart, card),

    async open(who, { cloud = cloudAs(who), keyServers = keyServersFor(who), pat } = {}) {
      await renewManifest(authorityAs(null), who);
      const read = joinedReader(who, (number) => {
        const around = { cloudletOf: (organisation: Bytes) => cloudletOf(number, organisation), mathematics, clock };
        const served = number === who ? { cloud, keyServers } : { cloud: cloudAs(number), keyServers: keyServersFor(number) };
        return reader({ keyring: number, ...served, ...around });
      });
      const charts: OpenedChart[] = [];
      for (const chart of await read.charts()) if (!pat || equalPublic(chart.pat, pat)) charts.push(await read.open(chart));
      await read.leave();
      const records = charts.flatMap(recordsOf);
      return {
        charts,
        records,
        problems: charts.flatMap(({ problems }) => problems),
        ids: records.flatMap(({ entries }) => entries.map(({ resource }) => String(resource.id))).sort(),
      };
    },

    async [Symbol.asyncDispose]() {
      await tables.end();
      await town.close();
      await database[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Takes a town back to an earlier time, for a story that told the future. Its log goes back as well, which no honest one does,
 * so whoever looked at it meanwhile must forget that.
 */
export async function backTo(stage: Stage, time: number, ...who: readonly Keyring[]): Promise<void> {
  stage.clock.to(new Date(time).toISOString());
  await stage.sql('update log set time = 0');
  await stage.sql('delete from device_witness');
  for (const { receipts } of who.flatMap(numbersOf)) Object.assign(receipts, { seen: null, owners: {}, mediators: {} });
}

/** Resources as a file that can be read again and again. */
export const source = (name: string, resources: readonly Json[]): ImportSource => textSource(name, bundle(resources));

export const textSource = (name: string, text: string): ImportSource => ({
  name,
  async *read() {
    yield utf8(text);
  },
});

/** A bundle whose entries are addressed by `urn:uuid:` and their id. */
export const bundle = (resources: readonly Json[]): string =>
  printJson({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `urn:uuid:${(resource as { id: string }).id}`, resource })),
  });

/** A patient as a hospital sends her. */
export const patient = (id: string, family = 'Marlow', given = 'Ada'): Json => ({
  resourceType: 'Patient',
  id,
  name: [{ family, given: [given] }],
  telecom: [{ system: 'phone', value: '+44 1632 960 711' }],
  gender: 'female',
  birthDate: '1955-03-14',
});

type Fields = { readonly [name: string]: Json };

/** A heart rate; `when` is a FHIR date, none for an undated one. */
export const pulse = (of: string, id: string, when: string | undefined, more: Fields = {}): Json => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
  subject: { reference: `urn:uuid:${of}` },
  ...(when !== undefined && { effectiveDateTime: when }),
  valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  ...more,
});

/** A laboratory result; an HIV test when its code says so. */
export const result = (of: string, id: string, when: string | undefined, loinc = '718-7', more: Fields = {}): Json =>
  pulse(of, id, when, {
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: loinc }] },
    ...more,
  });

/** LOINC of an HIV test. */
export const hivTest = '75622-1';

/** The days from one to another, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/** The kind of a refusal, or `ok`: `await refusal(promise)`. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (thrown) {
    return (thrown as { kind?: string }).kind ?? String(thrown);
  }
}

/** One changed bit in the middle. */
export function flipped(bytes: Bytes): Bytes {
  const changed = new Uint8Array(bytes);
  const at = changed.length >> 1;
  changed[at] = changed[at]! ^ 1;
  return changed;
}
