/**
 * Taking back, attacked: what a doctor still opens who kept all she was given, and whoever helps her kept theirs.
 *
 * A patient lets two doctors read her chart by name and takes it back from one. Then the cloud's tables, the mediator's files and
 * the doctor's keyring of before are put back, one by one and together; the clinic writes on; and every attempt is counted in
 * the records that opened. At last an administrator ends the keys of a doctor whose role reaches the chart.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { type Consent, usualConsent } from '@carelet/care/rules/sharing/consent';
import { cloudletsOf } from '@carelet/client/cloudlets';
import { reject } from '@carelet/client/enrolment';
import type { KeyringFile } from '@carelet/client/keyring/file';
import type { GivenGrant, Keyring } from '@carelet/client/keyring/keyring';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { recordsOf } from '@carelet/client/records/fhir';
import { reader } from '@carelet/client/records/reader';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { type CloudTables, cloudTables } from './cloud-tables.ts';
import { writeHeartRates } from './heart-rates.ts';
import { type Keyrings, keyrings as keyringsIn } from './keyrings.ts';
import { allRefused, answeredByRole, answeredQuestions } from './refusal.ts';
import { settle } from './settle.ts';
import { openTown, type Town } from './town.ts';

export type RevokeOptions = {
  /** An empty folder, used for this and then worthless. */
  readonly folder: string;
  readonly mathematics: Mathematics;
  /** How often the time from taking back to the first refusal is taken. */
  readonly rounds?: number;
  /** `false` trades safety against power cuts for speed: tests only. */
  readonly durable?: boolean;
  /** A test breaks something: it is done in place of what taking back does. */
  readonly unshare?: typeof unshare;
  /** Told what is being done, a line each. */
  readonly tell?: (line: string) => void;
};

/** One attempt, and how many records opened. */
export type Attempt = {
  readonly who: string;
  /** What they have. */
  readonly has: string;
  /** Records that opened of those written before and after the taking back. */
  readonly before: number;
  readonly after: number;
  /** What may open, and no more: what is beyond was not promised, and what is less is a doctor who was let read and cannot. */
  readonly expected: { readonly before: number; readonly after: number };
  readonly held: boolean;
};

export type Revoke = {
  readonly records: { readonly before: number; readonly after: number };
  readonly attempts: readonly Attempt[];
  /** From the patient's word to the first refusal by the cloud and by the mediator, in ms, sorted. */
  readonly refusals: readonly number[];
  /** The same from an administrator's word about a doctor's role, ms. */
  readonly roleRefusal: number;
  readonly seconds: number;
};

const settlers = {
  organisations: ['harbour', 'millbrook', 'larkfield'],
  patients: ['ada', 'ben'],
  doctors: ['dr-diaz', 'dr-osei', 'dr-chen'],
} as const;

/** Sets up, attacks, and says what held. */
export async function revoke(options: RevokeOptions): Promise<Revoke> {
  const { folder, mathematics, rounds = 20, durable = true, unshare: takeBack = unshare, tell = () => {} } = options;
  const began = performance.now();
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  await using town = await openTown({ folder, durable, clock });
  const keyrings = keyringsIn(join(folder, 'keyrings'), town.manifest, clock);
  tell('a town: Ada, her clinic, a mediator of another clinic, two doctors whose roles open nothing of hers, and one whose role does');
  await settle({ town, keyrings, mathematics, clock, seed: 'revoke', tell: () => {}, only: settlers });
  const at = await setting(town, keyrings, mathematics, clock);
  const { diaz, osei } = at;
  await using opened = await cloudTables(town);
  const tables = rekeysIn(opened);

  const records = { before: 3, after: 2 };
  await at.write('before', records.before);
  const whole = at.sharing();
  const until = addDays(dayOf(clock()), 30);
  const given = await at.give(diaz, until);
  await at.give(osei, until);
  await at.opened(diaz);
  const attempts: Attempt[] = [];
  /** Somebody tries, who remembers no more than these keys of nodes. */
  const attempt = async (who: KeyringFile, has: string, may: { before: number; after: number }, remembers: Keyring['opened'] = {}) => {
    who.keyring.opened = { ...remembers };
    const [before, after] = await at.opened(who);
    const name = who.keyring.title;
    attempts.push({ who: name, has, before, after, expected: may, held: before === may.before && after === may.after });
  };
  const nothing = { before: 0, after: 0 };
  const old = { before: records.before, after: 0 };
  await attempt(diaz, 'what she was given', old);

  tell('taking back, at one of the two alone and at both');
  const factors = factorsOf(town);
  const kept = { keys: factors.copy(), rows: await tables.copy(), own: { ...diaz.keyring.opened } };
  await takeBack({ ...whole, cloudletOf: () => null }, given.grant);
  await attempt(diaz, 'a mediator that has not heard', nothing);
  await tables.restore(kept.rows, given.grant);
  await takeBack(whole, given.grant);
  await tables.restore(kept.rows, given.grant);
  await attempt(diaz, 'the cloud’s tables of before', nothing);
  await takeBack(whole, given.grant);
  factors.restore(kept.keys);
  await attempt(diaz, 'the mediator’s files of before', nothing);

  tell('the clinic writes on');
  await at.write('after', records.after);
  await renewConsents(whole);
  await tables.restore(kept.rows, given.grant);
  await attempt(diaz, 'the cloud’s tables, and every key she opened before', old, kept.own);
  factors.restore(kept.keys);
  await attempt(diaz, 'the tables, the files and her keys of before', old, kept.own);
  await takeBack(whole, given.grant);
  await attempt(osei, 'what he was given: nobody took it back from him', records);

  tell(`from the word to the refusal, ${rounds} times`);
  const refusals: number[] = [];
  for (let round = 0; round < rounds; round++) refusals.push(await at.timeOfRefusal(diaz, until));

  tell('an administrator ends the keys of a role');
  const { chen } = at;
  await attempt(chen, 'what her role opens', records);
  const roleFiles = roleFactorsOf(town);
  const parts = { files: roleFiles.copy(), rows: await transformsIn(opened).copy() };
  const roleRefusal = await at.timeOfKeyEnd();
  await transformsIn(opened).restore(parts.rows);
  await attempt(chen, 'the cloud’s tables of before', nothing);
  roleFiles.restore(parts.files);
  await attempt(chen, 'the tables, and the mediator’s files of before', nothing);

  const short = await at.give(diaz, dayOf(clock()));
  await attempt(diaz, 'a grant until today', records);
  ahead += 2 * 86_400_000;
  await attempt(diaz, 'the same two days later', nothing);
  if (short.notAfter * 1000 > clock()) throw new CareletError('internal', 'prove revoke', { because: 'the grant has not ended' });
  return { records, attempts, refusals: refusals.sort((a, b) => a - b), roleRefusal, seconds: (performance.now() - began) / 1000 };
}

/** Everybody in their places. */
async function setting(town: Town, keyrings: Keyrings, mathematics: Mathematics, clock: () => number) {
  const [ada, diaz, osei, chen, sam, clinic, mediator] = await Promise.all([
    keyrings.of('patient', 'ada', 'Ada Marlow'),
    keyrings.of('doctor', 'dr-diaz', 'Dr Diaz'),
    keyrings.of('doctor', 'dr-osei', 'Dr Osei'),
    keyrings.of('doctor', 'dr-chen', 'Dr Chen'),
    keyrings.of('administrator', 'sam', 'Sam Adeyemi'),
    keyrings.of('organisation', 'harbour', 'Harbour Clinic'),
    keyrings.of('organisation', 'millbrook', 'Millbrook Clinic'),
  ]);
  const cloudAs = ({ keyring }: KeyringFile) => connectCloud(town.addresses.cloud, keyring, clock);
  const chart = clinic.keyring.charts.find(({ owner }) => equalPublic(decodeCard(owner)!.id, ada.keyring.card.id));
  if (!chart) throw new CareletError('internal', 'prove revoke', { because: 'the patient has no chart at her clinic' });
  const places = town.addresses.cloudlets.map(({ organisation, url }) => ({ organisation, where: url }));
  const cloudletOf = (of: Keyring) => cloudletsOf(places, of, clock);
  const sharing = (): SharingOptions => ({
    keyring: ada.keyring,
    save: () => ada.save(),
    cloud: cloudAs(ada),
    mathematics,
    cloudletOf: cloudletOf(ada.keyring),
    clock,
  });

  /** The heart rates that somebody opens. */
  async function heartRates(who: KeyringFile): Promise<string[]> {
    const read = reader({ keyring: who.keyring, cloud: cloudAs(who), cloudletOf: cloudletOf(who.keyring), mathematics, clock });
    const found: string[] = [];
    for (const one of await read.charts()) {
      if (!equalPublic(one.pat, chart!.pat)) continue;
      for (const { entries } of recordsOf(await read.open(one))) {
        for (const { resource } of entries) if (String(resource.id).startsWith('prove-')) found.push(String(resource.id));
      }
    }
    return found;
  }

  const give = async (who: KeyringFile, until: string, more: Partial<Consent> = {}): Promise<GivenGrant> => {
    const consent: Consent = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until, ...more };
    const [given] = await share(sharing(), {
      doctor: who.keyring.card.id,
      doctorName: who.keyring.title,
      consent,
      mediator: mediator.keyring.card.id,
      charts: [chart.pat],
    });
    return given!;
  };

  return {
    diaz,
    osei,
    chen,
    sharing,
    give,
    /** How many of the records of before and of after the taking back somebody opens. */
    async opened(who: KeyringFile): Promise<readonly [number, number]> {
      const found = await heartRates(who);
      return [found.filter((id) => id.startsWith('prove-before')).length, found.filter((id) => id.startsWith('prove-after')).length];
    },
    /** The clinic writes so many heart rates of today. */
    write: (word: string, count: number) =>
      writeHeartRates({
        ...{ clinic, cloud: cloudAs(clinic), mathematics, clock, chart },
        ids: Array.from({ length: count }, (_, i) => `prove-${word}-${i}`),
      }),
    /** From an administrator's word to the first refusal of both, in ms. */
    async timeOfKeyEnd(): Promise<number> {
      const [key] = chen.keyring.doctorKeys;
      const [cloud, cloudlet] = [cloudAs(chen), cloudletOf(chen.keyring)(key!.mediator)!];
      const { organisation } = key!;
      const office = { authority: connectAuthority(town.addresses.authority, sam.keyring, clock), keyring: sam.keyring };
      const cloudlets = places.map(({ where }) => connectCloudlet(where, sam.keyring, clock));
      const questions = await answeredByRole(cloud, cloudlet, { pat: chart.pat, organisation });
      const began = performance.now();
      await reject(office, { cloud: cloudAs(sam), cloudlets }, chen.keyring.card.id, 'Her licence has ended.');
      await allRefused(questions);
      return performance.now() - began;
    },
    /** From the patient's word to the first refusal of both, in ms. */
    async timeOfRefusal(who: KeyringFile, until: string): Promise<number> {
      const { grant, pat } = await give(who, until, { from: addDays(dayOf(clock()), -1) });
      const questions = await answeredQuestions(cloudAs(who), cloudletOf(who.keyring)(mediator.keyring.card.id)!, { pat, grant });
      const began = performance.now();
      await unshare(sharing(), grant);
      await allRefused(questions);
      return performance.now() - began;
    },
  };
}

/** The files in which the mediator keeps its factors. */
const factorsOf = (town: Town) => filesIn(join(town.folder, 'keys', 'millbrook', 'factors'));

/** Those in which mediators keep their part of roles. */
function roleFactorsOf(town: Town) {
  const both = ['harbour', 'millbrook'].map((clinic) => filesIn(join(town.folder, 'keys', clinic, 'role-factors')));
  return {
    copy: () => both.map((files) => files.copy()),
    restore(copies: ReturnType<(typeof both)[number]['copy']>[]): void {
      for (const [i, files] of both.entries()) files.restore(copies[i]!);
    },
  };
}

function filesIn(folder: string) {
  return {
    copy: () => readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
    restore(files: readonly { readonly name: string; readonly bytes: Buffer }[]): void {
      for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
    },
  };
}

type TransformRows = {
  readonly entitlements: { doctor: Buffer; organisation: Buffer; formula: string; issued: string; not_after: string }[];
  readonly keys: { doctor: Buffer; organisation: Buffer; issuer: number; base: Buffer; body: Buffer }[];
};

/** What the cloud keeps of doctors' keys, copied aside and put back, with no word of what was ended. */
function transformsIn({ sql }: CloudTables) {
  return {
    copy: async (): Promise<TransformRows> => ({
      entitlements: await sql('select * from entitlement'),
      keys: await sql('select * from transform_key'),
    }),
    async restore({ entitlements, keys }: TransformRows): Promise<void> {
      await sql('delete from ended_key');
      for (const { doctor, organisation, formula, issued, not_after } of entitlements) {
        const values = [doctor, organisation, formula, issued, not_after];
        await sql('insert into entitlement values ($1, $2, $3, $4, $5) on conflict do nothing', values);
      }
      for (const { doctor, organisation, issuer, base, body } of keys) {
        const values = [doctor, organisation, issuer, base, body];
        await sql('insert into transform_key values ($1, $2, $3, $4, $5) on conflict do nothing', values);
      }
    },
  };
}

type RekeyRow = { readonly pat: Buffer; readonly grant_id: Buffer; readonly scope: Buffer; readonly body: Buffer };

/** What the cloud keeps of grants, copied aside and put back. */
function rekeysIn({ sql }: CloudTables) {
  return {
    copy: () => sql<RekeyRow>('select * from rekey'),
    /** Puts back what was deleted of a grant, as if it had never been taken back. */
    async restore(rows: readonly RekeyRow[], grant: Bytes): Promise<void> {
      for (const { pat, grant_id, scope, body } of rows) {
        if (hex(grant_id) !== hex(grant)) continue;
        await sql('insert into rekey values ($1, $2, $3, $4) on conflict do nothing', [pat, grant_id, scope, body]);
      }
      await sql('update consent set ended = null where grant_id = $1', [grant]);
    },
  };
}
