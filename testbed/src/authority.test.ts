/**
 * Who becomes what at the authority, and who gets which keys: an authority and three issuers, on ports or in this process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthorityRole, authorityContract } from '@carelet/authority/authority';
import { type AuthorityTables, migrations } from '@carelet/authority/schema';
import { type RunningAuthority, startAuthority } from '@carelet/authority/service';
import { CareletError } from '@carelet/care/model';
import { addDays, longestKey } from '@carelet/care/rules/records/calendar';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { connect } from '@carelet/care/wire';
import { introducing } from '@carelet/care/wire/introduce';
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { sign } from '@carelet/crypto/algebra/sign';
import {
  type KeyEnd,
  type RoleAsked,
  signAdmission,
  signApproval,
  signAsk,
  signKeyEnd,
  signOwnRoles,
  signRejection,
  verifyAsk,
  verifyKeyEnd,
} from '@carelet/crypto/cards/approval';
import { type Card, type CardKind, cardLabel, cardParts, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { readEntitlement } from '@carelet/crypto/cards/entitlement';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import { officeStands } from '@carelet/crypto/cards/issuer';
import { decodeManifest } from '@carelet/crypto/cards/manifest';
import { newCard } from '@carelet/crypto/cards/owner';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { signRequest } from '@carelet/crypto/login/request';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { openDatabase } from '@carelet/ground/database';
import type { Running } from '@carelet/ground/service';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { startIssuer } from '@carelet/issuer/service';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holders } from './holders.testing.ts';

type Person = { card: Card; readonly secrets: { readonly edSk: Bytes; readonly hybridSk: Bytes }; readonly authority: AuthorityRole };

let database: TestDatabase;
let folder: string;
let issuers: Running[];
let service: RunningAuthority;
let now = Date.parse('2026-11-20T09:41:00Z');
const today = '2026-11-20';

/** Who holds the other parts of doctors' keys. */
const held = holders();

let sam: Person;
let mara: Person;
let northgate: Person;

const shared = () => ({ databaseUrl: database.url, host: '127.0.0.1', port: 0, nextFree: false, cors: [], logLevel: 'silent' as const });
const startOne = (name: string, keys = folder) =>
  startIssuer({ ...shared(), schema: name, keys: join(keys, name), title: name, needed: 2, clock: () => now });
const start = (at = issuers.map(({ fetch }) => fetch)) =>
  startAuthority({ ...shared(), townName: 'a town', issuers: at, needed: 2, clock: () => now, log: held.log });

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'carelet-authority-'));
  issuers = await Promise.all(['issuer_one', 'issuer_two', 'issuer_three'].map((name) => startOne(name)));
  service = await start();
  sam = person('administrator');
  mara = person('administrator');
  await claim(sam, (await service.firstInvitation())!, 'Harbour Clinic');
  await claim(mara, await invite(sam), 'Medical Board');
  northgate = person('organisation');
  northgate.card = decodeCard((await admit(sam, northgate.card, 'Northgate Hospital')).card)!;
}, 60_000);

afterAll(async () => {
  await service?.close();
  for (const issuer of issuers ?? []) await issuer.close();
  rmSync(folder, { recursive: true, force: true });
  await database?.[Symbol.asyncDispose]();
});

/** Somebody with a card; over HTTP every other time, so that the twins meet the same stories. */
let asked = 0;
const person = (kind: CardKind): Person => asking(newCard(kind, now / 1000 + 10 * 365 * 86_400));

function asking({ card, secrets }: Pick<Person, 'card' | 'secrets'>): Person {
  const who: { card: Card; secrets: typeof secrets; authority?: AuthorityRole } = { card, secrets };
  const role = connect(authorityContract, {
    ...(asked++ % 2 === 0 ? { url: service.url } : { fetch: service.fetch }),
    clock: () => now,
    authorize: async ({ op, body, skew }) =>
      signRequest({ id: card.id, edSk: secrets.edSk }, { audience: 'authority', op, body }, Math.floor((now + skew) / 1000)),
  });
  const present = () => role.login.present({ card: encodeCard(who.card), with: [] });
  return Object.assign(who, { authority: introducing(role, present) });
}

async function claim(who: Person, code: string, organisation: string): Promise<void> {
  const { public: invitation, secret } = invitationKey(code);
  const acceptance = signAcceptance(secret, who.card, organisation);
  const asked = { invitation, acceptance, name: 'somebody', organisation, card: encodeCard(who.card) };
  who.card = decodeCard((await who.authority.enrolment.claim(asked)).card)!;
}

async function invite(by: Person): Promise<string> {
  const code = newCode();
  const { public: invitation } = invitationKey(code);
  await by.authority.enrolment.invite({ invitation, signature: signInvitation(by.secrets.edSk, invitation) });
  return code;
}

const admit = (by: Person, card: Card, name: string) =>
  by.authority.enrolment.organisation({ name, card: encodeCard(card), signature: signAdmission(by.secrets.edSk, card, name) });

const reject = (by: Person, doctor: Bytes, reason: string) =>
  by.authority.enrolment.reject({
    doctor,
    reason,
    signature: signRejection(by.secrets.edSk, doctor, reason),
    keyEnd: signKeyEnd(by.secrets.edSk, { doctor, of: null }),
  });

const registration = { name: 'Dr Mei Chen', certificate: 'C 31 877', specialty: 'cardiology', organisation: 'Northgate Hospital' };

async function registered(): Promise<Person> {
  const doctor = person('doctor');
  expect(await doctor.authority.enrolment.register({ card: encodeCard(doctor.card), ...registration })).toEqual({ state: 'pending' });
  return doctor;
}

const policyAt = (more: Partial<Policy> = {}): Policy => ({
  parts: ['MI'],
  kinds: ['laboratory'],
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: 'everyone',
  unit: hex(northgate.card.id),
  from: 'beginning',
  until: addDays(today, 60),
  ...more,
});

const asInput = (policy: Policy) => ({
  ...policy,
  parts: [...policy.parts],
  kinds: [...policy.kinds],
  confidentiality: [...policy.confidentiality],
  sensitivity: [...policy.sensitivity],
  patients: policy.patients === 'everyone' ? policy.patients : [...policy.patients],
});

const approve = (
  by: Person,
  doctor: Person,
  policy = policyAt(),
  signature = signApproval(by.secrets.edSk, doctor.card, policyText(policy)),
) => by.authority.enrolment.approve({ doctor: doctor.card.id, policy: asInput(policy), signature });

const standing = (doctor: Person) => doctor.authority.enrolment.standing({ doctor: doctor.card.id });

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (thrown) {
    return thrown instanceof CareletError ? thrown.kind : String(thrown);
  }
}

async function keysOf(doctor: Person) {
  const { card } = await standing(doctor);
  if (card) doctor.card = decodeCard(card)!;
  return (await issue(doctor)).keys;
}

const issue = (doctor: Person, anew: readonly Bytes[] = []) =>
  doctor.authority.keys.issue({ ...held.servicesOf(northgate), anew: [...anew] });

/** The policies that count for a doctor with a card vouched for. */
async function approved(policy = policyAt()): Promise<Person> {
  const doctor = await registered();
  await approve(sam, doctor, policy);
  await approve(mara, doctor, policy);
  return doctor;
}

describe('a doctor', () => {
  test('waits until two organisations have approved the same policy, and then gets her key', async () => {
    const doctor = await registered();
    expect(await standing(doctor)).toEqual({ state: 'pending', reason: null, card: null });
    expect(await refusal(issue(doctor))).toBe('denied');
    expect(await approve(sam, doctor)).toEqual({ state: 'pending', approvals: 1, needed: 2, replaces: false });
    expect(await refusal(issue(doctor))).toBe('denied');
    expect((await standing(doctor)).card).toBeNull();
    expect(await approve(mara, doctor)).toEqual({ state: 'approved', approvals: 2, needed: 2, replaces: false });

    const [key] = await keysOf(doctor);
    expect(doctor.card.vouchers.map(({ by }) => by)).toEqual([0, 1]);
    const manifest = decodeManifest((await doctor.authority.town.manifest()).manifest)!;
    const parts = key!.parts.map((part) => held.opened(doctor, northgate.card.id, part));
    const [{ domain, pq }] = parts as [(typeof parts)[number]];
    expect(manifest.domains.find(({ organisation }) => hex(organisation) === hex(northgate.card.id))!.publicKey).toEqual(domain);
    for (const part of parts) expect(await held.fits(part)).toBe(true);
    const entitlement = readEntitlement(key!.entitlement, manifest)!;
    // Neither issuer's part opens, and together they do.
    const labels = [...new Set(entitlement.formula.match(/l:[0-9a-f]+/g)!)];
    const sealed = seal(await loadGroup('mcl'), [{ domain, pq }], labels, cbor('a place'), cbor('a node key'));
    for (const part of parts) expect(await held.open([part], cbor('a place'), sealed)).toBeNull();
    expect(await held.open(parts, cbor('a place'), sealed)).toEqual(cbor('a node key'));
    expect(hex(entitlement.doctor)).toBe(hex(doctor.card.id));
    expect(entitlement.notAfter).toBe(Date.parse(`${policyAt().until}T23:59:59Z`) / 1000);
    // What the cloud will see names neither patients nor kinds nor days.
    expect(entitlement.formula).not.toMatch(/laboratory|MI|2026-/);
    expect(key!.words).toContain('laboratory');
  });

  test('gets the same key when she asks again', async () => {
    const doctor = await approved();
    expect(await keysOf(doctor)).toEqual(await keysOf(doctor));
  });

  test('gets another in its place when she asks for one made anew, and the cloud can tell which is the later', async () => {
    const doctor = await approved();
    const [first] = await keysOf(doctor);
    const [second] = (await issue(doctor, [northgate.card.id])).keys;
    expect(second!.parts).not.toEqual(first!.parts);
    const manifest = decodeManifest((await doctor.authority.town.manifest()).manifest)!;
    const [one, two] = [first!, second!].map(({ entitlement }) => readEntitlement(entitlement, manifest)!);
    expect(two!.issued).toBeGreaterThan(one!.issued);
    expect(await keysOf(doctor)).toEqual([second]);
  });

  test('is not approved twice by one organisation, nor by two halves of different policies', async () => {
    const joan = person('administrator');
    await claim(joan, await invite(sam), 'Harbour Clinic');
    const doctor = await registered();
    await approve(sam, doctor);
    expect(await approve(sam, doctor)).toMatchObject({ approvals: 1 });
    expect(await approve(joan, doctor)).toEqual({ state: 'pending', approvals: 1, needed: 2, replaces: false });
    const wider = policyAt({ kinds: ['laboratory', 'notes'] });
    expect(await approve(mara, doctor, wider)).toEqual({ state: 'pending', approvals: 1, needed: 2, replaces: false });
    expect(await refusal(issue(doctor))).toBe('denied');
    // The board thinks again, and signs what the clinic signed: in whatever order its words stand.
    expect(await approve(mara, doctor, policyAt({ kinds: ['laboratory', 'laboratory'] }))).toMatchObject({ state: 'approved' });
    expect((await keysOf(doctor)).map(({ words }) => words)).toEqual([expect.not.stringContaining('notes')]);
  });

  test('whose policy another one replaces gets a key of after that, and the end of the one before is kept as it was signed', async () => {
    const doctor = await approved(policyAt({ kinds: ['laboratory', 'notes'] }));
    const [before] = await keysOf(doctor);
    expect(await approve(sam, doctor)).toMatchObject({ approvals: 1, replaces: false });
    expect(await approve(mara, doctor)).toMatchObject({ approvals: 2, replaces: true });
    const end = { doctor: doctor.card.id, of: { organisation: northgate.card.id, before: Math.floor(now / 1000) + 120 } };
    const signed = (by: Person, what: KeyEnd = end) =>
      by.authority.enrolment.endKeys({ ...what, signature: signKeyEnd(by.secrets.edSk, what) });
    expect(await refusal(signed(doctor))).toBe('denied');
    expect(await refusal(mara.authority.enrolment.endKeys({ ...end, signature: signKeyEnd(sam.secrets.edSk, end) }))).toBe('invalid');
    expect(await refusal(signed(mara, { ...end, of: { ...end.of, before: end.of.before + 3600 } }))).toBe('invalid');
    expect(await refusal(signed(mara, { ...end, doctor: new Uint8Array(16) }))).toBe('missing');
    await signed(mara);
    const { ended } = await doctor.authority.enrolment.endedKeys();
    const word = ended.find((one) => hex(one.doctor) === hex(doctor.card.id))!;
    expect(word.of).toEqual(end.of);
    expect(verifyKeyEnd(mara.card.edVk, end, word.signature)).toBe(true);
    const [after] = await keysOf(doctor);
    const manifest = decodeManifest((await doctor.authority.town.manifest()).manifest)!;
    const [one, two] = [before!, after!].map(({ entitlement }) => readEntitlement(entitlement, manifest)!.issued);
    expect(one).toBeLessThan(end.of.before);
    expect(two).toBeGreaterThanOrEqual(end.of.before);
  });

  test('who is turned down is told why, and gets nothing, neither then nor later', async () => {
    const doctor = await approved();
    expect((await keysOf(doctor)).length).toBe(1);
    const reason = 'The certificate has ended; please register again with the new one.';
    await reject(sam, doctor.card.id, reason);
    expect(await standing(doctor)).toEqual({ state: 'rejected', reason, card: null });
    // Whoever holds parts of her keys is told so, by who said it and without the reason.
    const { administrators, ended } = await person('patient').authority.enrolment.endedKeys();
    const word = ended.find((one) => hex(one.doctor) === hex(doctor.card.id))!;
    expect(administrators.map((card) => hex(decodeCard(card)!.id))).toContain(hex(word.by));
    expect(verifyKeyEnd(sam.card.edVk, word, word.signature)).toBe(true);
    expect(verifyKeyEnd(mara.card.edVk, word, word.signature)).toBe(false);
    expect(await refusal(issue(doctor))).toBe('denied');
    expect(await refusal(approve(mara, doctor))).toBe('conflict');
    expect(await doctor.authority.enrolment.register({ card: encodeCard({ ...doctor.card, vouchers: [] }), ...registration })).toEqual({
      state: 'rejected',
    });
    expect(await refusal(reject(sam, new Uint8Array(16), reason))).toBe('missing');
  });

  test('may not register under another’s number, with another’s card, or with a card of another kind', async () => {
    const doctor = await registered();
    const thief = person('doctor');
    const unsigned = { ...thief.card, id: doctor.card.id };
    expect(await refusal(thief.authority.enrolment.register({ card: encodeCard(unsigned), ...registration }))).toBe('invalid');
    const asDoctor = under(doctor.card, 'doctor', 2);
    expect(await refusal(thief.authority.enrolment.register({ card: encodeCard(asDoctor), ...registration }))).toBe('conflict');
    expect(await refusal(thief.authority.enrolment.register({ card: encodeCard(person('patient').card), ...registration }))).toBe(
      'invalid',
    );
    expect(await refusal(thief.authority.enrolment.register({ card: new Uint8Array(40), ...registration }))).toBe('invalid');
    expect(await doctor.authority.enrolment.register({ card: encodeCard(doctor.card), ...registration })).toEqual({ state: 'pending' });
  });
});

describe('an approval', () => {
  test('that is forged, or for other keys or another policy, does not count', async () => {
    const [doctor, other] = [await registered(), await registered()];
    const good = signApproval(sam.secrets.edSk, doctor.card, policyText(policyAt()));
    for (const signature of [
      good.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
      signApproval(mara.secrets.edSk, doctor.card, policyText(policyAt())),
      signApproval(sam.secrets.edSk, other.card, policyText(policyAt())),
      signApproval(sam.secrets.edSk, doctor.card, policyText(policyAt({ kinds: ['notes'] }))),
    ]) {
      expect(await refusal(approve(sam, doctor, policyAt(), signature))).toBe('invalid');
    }
    expect((await approve(sam, doctor)).approvals).toBe(1);
  });

  test('is not given by whoever is no administrator', async () => {
    const doctor = await registered();
    for (const who of [person('patient'), northgate, await approved(), person('patient')]) {
      expect(await refusal(approve(who, doctor))).toBe('denied');
      expect(await refusal(who.authority.enrolment.doctors({}))).toBe('denied');
      expect(await refusal(reject(who, doctor.card.id, 'no'))).toBe('denied');
      expect(await refusal(invite(who))).toBe('denied');
      expect(await refusal(admit(who, person('organisation').card, 'x'))).toBe('denied');
    }
    // A card that says administrator is not one.
    expect(await refusal(invite(person('administrator')))).toBe('denied');
    expect((await standing(doctor)).state).toBe('pending');
  });

  test('is for a quarter at most, for a window that is one, and for what can be compiled', async () => {
    const doctor = await registered();
    expect(await refusal(approve(sam, doctor, policyAt({ until: addDays(today, longestKey + 1) })))).toBe('invalid');
    expect(await refusal(approve(sam, doctor, policyAt({ until: addDays(today, -1) })))).toBe('invalid');
    expect(await refusal(approve(sam, doctor, policyAt({ from: addDays(today, 61) })))).toBe('invalid');
    expect(await refusal(approve(sam, doctor, policyAt({ from: '2026-02-30' })))).toBe('invalid');
    expect(await refusal(approve(sam, doctor, policyAt({ sensitivity: ['none', 'HIV'] })))).toBe('invalid');
    expect(await refusal(approve(sam, doctor, policyAt({ unit: '0'.repeat(32) })))).toBe('missing');
    expect(await refusal(approve(sam, person('doctor')))).toBe('missing');
    expect((await approve(sam, doctor, policyAt({ until: addDays(today, longestKey) }))).approvals).toBe(1);
  });

  test('that has ended issues nothing', async () => {
    const doctor = await approved(policyAt({ until: today }));
    const before = now;
    expect((await keysOf(doctor)).length).toBe(1);
    try {
      now += 86_400_000;
      expect(await keysOf(doctor)).toEqual([]);
    } finally {
      now = before;
    }
  });

  test('at a second organisation wants a number of its own, but for whoever had both under one before', async () => {
    const larkfield = person('organisation');
    const { card } = await admit(sam, larkfield.card, 'Larkfield Hospital');
    larkfield.card = decodeCard(card)!;
    const doctor = await approved();
    const elsewhere = policyAt({ unit: hex(larkfield.card.id) });
    expect(await refusal(approve(sam, doctor, elsewhere))).toBe('conflict');
    expect(await refusal(approve(mara, doctor, policyAt({ kinds: ['notes'] })))).toBe('ok');
    const further = await registered();
    for (const by of [sam, mara]) await approve(by, further, elsewhere);
    expect((await keysOf(further)).map(({ organisation }) => hex(organisation))).toEqual([hex(larkfield.card.id)]);
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    await sql`insert into approval select doctor, ${larkfield.card.id}, policy, administrator, approver, from_organisation, signature, signed
      from approval where doctor = ${doctor.card.id}`.execute(db);
    expect(await refusal(approve(sam, doctor, elsewhere))).toBe('ok');
  });

  test('shows administrators who waits, with the keys to compare and who signed what', async () => {
    const doctor = await registered();
    await approve(sam, doctor);
    const { doctors, needed } = await mara.authority.enrolment.doctors({ state: 'pending' });
    expect(needed).toBe(2);
    const one = doctors.find((row) => hex(row.doctor) === hex(doctor.card.id))!;
    expect(one).toMatchObject({ ...registration, state: 'pending', reason: null });
    expect(one.fingerprint).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
    expect(one.policies).toEqual([
      {
        organisation: 'Northgate Hospital',
        policy: asInput(policyAt()),
        words: expect.any(String),
        until: policyAt().until,
        approvals: ['somebody'],
        signers: [{ administrator: hex(sam.card.id), organisation: 'Harbour Clinic' }],
        issued: null,
        answers: [],
      },
    ]);
  });

  test('lets the second approver sign the very policy the first one signed', async () => {
    const doctor = await registered();
    const kinds = ['notes', 'laboratory'] as const;
    await approve(sam, doctor, policyAt({ kinds, parts: ['MI', 'EID'] }));
    const { doctors } = await mara.authority.enrolment.doctors({});
    const [signed] = doctors.find((row) => hex(row.doctor) === hex(doctor.card.id))!.policies;
    expect(await approve(mara, doctor, signed!.policy)).toMatchObject({ state: 'approved', approvals: 2, needed: 2 });
  });
});

describe('a role', () => {
  const at = () => Math.floor(now / 1000);
  const askAs = (doctor: Person, more: Partial<RoleAsked> = {}, by = doctor) => {
    const asked = { doctor: doctor.card.id, organisation: northgate.card.id, specialty: 'cardiology', at: at(), ...more };
    return doctor.authority.enrolment.ask({ ...asked, signature: signAsk(by.secrets.edSk, asked) });
  };
  const rolesOf = (doctor: Person, when = at(), by = doctor) =>
    doctor.authority.enrolment.roles({ doctor: doctor.card.id, at: when, signature: signOwnRoles(by.secrets.edSk, doctor.card.id, when) });
  const askedOf = async (doctor: Person) => {
    const { doctors } = await mara.authority.enrolment.doctors({});
    return doctors.find((one) => hex(one.doctor) === hex(doctor.card.id))!.asked;
  };
  const endsSoon = () => policyAt({ until: addDays(today, 14) });
  let elsewhere: Person;

  beforeAll(async () => {
    elsewhere = person('organisation');
    await admit(sam, elsewhere.card, 'Riverside Hospital');
  });

  test('is asked for, told to administrators as she signed it, and is over once she has it', async () => {
    const doctor = await approved(endsSoon());
    await askAs(doctor);
    const [asked] = await askedOf(doctor);
    expect(asked).toMatchObject({ specialty: 'cardiology', at: at() });
    expect(verifyAsk(doctor.card.edVk, { ...asked!, doctor: doctor.card.id }, asked!.signature)).toBe(true);
    expect((await rolesOf(doctor)).asked).toMatchObject([{ specialty: 'cardiology', at: at() }]);
    // Said again after a lost answer it is no second one.
    await askAs(doctor);
    for (const by of [sam, mara]) {
      expect((await askedOf(doctor)).length).toBe(1);
      await approve(by, doctor);
    }
    expect(await askedOf(doctor)).toEqual([]);
    expect((await rolesOf(doctor)).policies.map(({ signers }) => signers.length)).toEqual([2]);
  });

  test('is refused where it was asked for, where she has it, where nobody is, and to whoever was turned down', async () => {
    expect(await refusal(askAs(await approved()))).toBe('conflict');
    const doctor = await approved(endsSoon());
    expect(await refusal(askAs(doctor, { organisation: elsewhere.card.id }))).toBe('conflict');
    expect(await refusal(askAs(doctor, { organisation: new Uint8Array(16) }))).toBe('missing');
    expect(await refusal(askAs(person('doctor')))).toBe('missing');
    await askAs(doctor);
    expect(await refusal(askAs(doctor, { specialty: 'surgery' }))).toBe('conflict');
    expect(await refusal(askAs(await registered()))).toBe('conflict');
    await reject(sam, doctor.card.id, 'no licence');
    expect(await askedOf(doctor)).toEqual([]);
    await expect(askAs(doctor)).rejects.toMatchObject({ kind: 'conflict', because: 'you were turned down: no licence' });
    expect(await rolesOf(doctor)).toMatchObject({ state: 'rejected', reason: 'no licence', asked: [], policies: [] });
  });

  test('may be asked for anew in its last two weeks, and not before', async () => {
    await askAs(await approved(endsSoon()));
    expect(await refusal(askAs(await approved(policyAt({ until: addDays(today, 15) }))))).toBe('conflict');
  });

  test('is asked for and looked at by nobody in her name, nor by her own word of another day', async () => {
    const doctor = await registered();
    const thief = person('doctor');
    expect(await refusal(askAs(doctor, {}, thief))).toBe('invalid');
    expect(await refusal(askAs(doctor, { at: at() - 3600 }))).toBe('denied');
    expect(await refusal(rolesOf(doctor, at(), thief))).toBe('denied');
    expect(await refusal(rolesOf(doctor, at() - 3600))).toBe('denied');
    expect(await askedOf(doctor)).toEqual([]);
  });

  test('says who signed, and which issuers made its key, by what they call themselves', async () => {
    const doctor = await registered();
    await approve(sam, doctor);
    const [waiting] = (await rolesOf(doctor)).policies;
    expect(waiting).toMatchObject({ signers: [{ name: 'somebody', organisation: 'Harbour Clinic' }], issued: null, answers: [] });
    await approve(mara, doctor);
    await keysOf(doctor);
    const { policies, offices } = await rolesOf(doctor);
    expect(policies[0]).toMatchObject({
      issued: at(),
      answers: [
        { issuer: 0, said: 'made' },
        { issuer: 1, said: 'made' },
      ],
    });
    expect(offices).toEqual(['issuer_one', 'issuer_two', 'issuer_three']);
  });
});

test('an administrator is told for which organisation she signs, and nobody else is told anything', async () => {
  const { organisation, words } = await mara.authority.enrolment.office();
  expect(organisation).toBe('Medical Board');
  const { issuers: keys } = decodeManifest((await mara.authority.town.manifest()).manifest)!;
  expect(officeStands(keys, mara.card, organisation, words)).toBe(true);
  // Nobody signs for an organisation that keeps records here: whom a doctor in an emergency would tell why.
  expect((await mara.authority.enrolment.reviewers({ organisation: northgate.card.id })).administrators).toEqual([]);
  for (const who of [northgate, await registered(), person('administrator'), person('patient')]) {
    expect(await refusal(who.authority.enrolment.office())).toBe('denied');
  }
});

describe('an invitation', () => {
  test('makes one administrator, once', async () => {
    const code = await invite(sam);
    const [one, two] = [person('administrator'), person('administrator')];
    const outcomes = await Promise.all([one, two].map((who) => refusal(claim(who, code, 'Harbour Clinic'))));
    expect(outcomes.sort()).toEqual(['denied', 'ok']);
    expect(await refusal(claim(person('administrator'), code, 'Harbour Clinic'))).toBe('denied');
    expect(await refusal(claim(person('administrator'), `${code.slice(0, -1)}0`, 'Harbour Clinic'))).toBe('denied');
    expect(await refusal(claim(person('administrator'), '', 'Harbour Clinic'))).toBe('denied');
    expect(await service.firstInvitation()).toBeNull();
  });

  test('is not spent by a card under somebody else’s number, and makes nobody somebody else', async () => {
    const code = await invite(sam);
    const thief = person('administrator');
    await northgate.authority.login.present({ card: encodeCard(northgate.card), with: [] });
    expect(await refusal(claim({ ...thief, card: under(northgate.card, 'administrator', 1) }, code, 'Nowhere'))).toBe('invalid');
    expect(await refusal(claim({ ...thief, card: under(northgate.card, 'administrator', 2) }, code, 'Nowhere'))).toBe('invalid');
    expect(await refusal(claim({ ...thief, card: person('patient').card }, code, 'Nowhere'))).toBe('invalid');
    await claim(thief, code, 'Harbour Clinic');
    await invite(thief);
  });

  test('into an organisation without administrators is signed by two of two others', async () => {
    const code = await invite(sam);
    expect(await refusal(claim(person('administrator'), code, 'Ivy’s Board'))).toBe('denied');
    const { public: invitation } = invitationKey(code);
    await mara.authority.enrolment.invite({ invitation, signature: signInvitation(mara.secrets.edSk, invitation) });
    await claim(person('administrator'), code, 'Larkfield Hospital');
    expect(await refusal(claim(person('administrator'), await invite(sam), 'Medical Board'))).toBe('denied');
  });

  test('lies in the database as its public half only', async () => {
    const code = await invite(sam);
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const kept = await db.selectFrom('invitation').selectAll().execute();
    expect(kept.map(({ invitation }) => hex(invitation))).toContain(hex(invitationKey(code).public));
    const whole = await everything(db);
    for (const secret of [code.replaceAll('-', ''), hex(invitationKey(code).secret)]) expect(whole).not.toContain(secret);
  });
});

/** A card that somebody makes under another's number: rightly signed, with keys of his own. */
function under({ id, expiry }: Card, kind: CardKind, serial: number): Card {
  const { card, secrets } = newCard(kind, expiry);
  const body = { ...card, id, serial };
  return { ...body, selfSignature: sign(secrets.edSk, cardLabel, cardParts(body)) };
}

describe('an organisation', () => {
  test('gets what it seals with, locked to its own card; nobody else gets any', async () => {
    const { sealed } = await northgate.authority.keys.writer();
    const contents = sealed.map(({ issuer, sealed: bytes }) => {
      const context = cbor(['carelet/v1/enrolment/writer', northgate.card.id, issuer]);
      expect(openWith(sam.secrets.hybridSk, context, bytes)).toBeNull();
      return openWith(northgate.secrets.hybridSk, context, bytes)!;
    });
    expect(contents.length).toBe(2);
    expect(contents[0]).toEqual(contents[1]);
    for (const who of [sam, person('patient'), await approved()]) expect(await refusal(who.authority.keys.writer())).toBe('denied');
  });

  test('enrols once under its name; again with its card it is the same one', async () => {
    const again = await admit(sam, { ...northgate.card, vouchers: [] }, 'Northgate Hospital');
    expect(decodeCard(again.card)!.id).toEqual(northgate.card.id);
    const before = decodeManifest((await sam.authority.town.manifest()).manifest)!;
    const copy = person('organisation');
    expect(await refusal(admit(sam, under(northgate.card, 'organisation', 2), 'Another Hospital'))).toBe('invalid');
    expect(await refusal(admit(sam, copy.card, 'Northgate Hospital'))).toBe('conflict');
    expect(decodeManifest((await sam.authority.town.manifest()).manifest)).toEqual(before);
  });
});

describe('secrets', () => {
  test('are not in any database: with another key file nothing of an issuer’s opens, and the authority has none', async () => {
    const other = mkdtempSync(join(tmpdir(), 'carelet-thief-'));
    try {
      await expect(startOne('issuer_one', other)).rejects.toMatchObject({ kind: 'cannot-open' });
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const whole = await everything(db);
    const { sealed } = await northgate.authority.keys.writer();
    const context = cbor(['carelet/v1/enrolment/writer', northgate.card.id, sealed[0]!.issuer]);
    const [domain, orgKey, pq] = uncbor(openWith(northgate.secrets.hybridSk, context, sealed[0]!.sealed)!) as [Bytes, Bytes, Bytes];
    expect(whole).toContain(hex(domain));
    for (const secret of [orgKey, pq]) expect(whole).not.toContain(hex(secret));
    const { secret } = await db
      .selectFrom('domain')
      .select('secret')
      .where('organisation', '=', northgate.card.id)
      .executeTakeFirstOrThrow();
    expect(secret).toBeNull();
  });

  test('are the same after a restart', async () => {
    await using second = await start();
    const role = connect(authorityContract, { url: second.url });
    expect(await role.town.manifest()).toEqual(await sam.authority.town.manifest());
  });
});

describe('of three issuers', () => {
  type At = Running['fetch'];
  const away: At = async () => {
    throw new TypeError('fetch failed');
  };

  /** With an authority that meets these issuers, on the same tables. */
  async function meeting(at: readonly At[], story: () => Promise<void>): Promise<void> {
    const usual = service;
    service = await start([...at]);
    try {
      await story();
    } finally {
      await service.close();
      service = usual;
    }
  }

  test('two are enough for a doctor, whichever is away or says what is not its own', async () => {
    const [one, two, three] = issuers.map(({ fetch }) => fetch) as [At, At, At];
    for (const at of [
      [away, two, three],
      [one, away, three],
      [two, two, three],
    ]) {
      await meeting(at, async () => {
        const doctor = await approved();
        const [key] = await keysOf(doctor);
        expect(doctor.card.vouchers.length).toBe(2);
        expect(key!.parts.map(({ issuer }) => issuer)).not.toContain(at.findIndex((fetch, place) => fetch !== issuers[place]!.fetch));
        for (const part of key!.parts) expect(await held.fits(held.opened(doctor, northgate.card.id, part))).toBe(true);
      });
    }
  });

  test('one alone gives nothing, and all three are wanted for an administrator and for a domain', async () => {
    const [, two, three] = issuers.map(({ fetch }) => fetch) as [At, At, At];
    await meeting([away, away, three], async () => {
      const doctor = await approved();
      expect(await refusal(keysOf(doctor))).toBe('unavailable');
    });
    const code = await invite(sam);
    await meeting([away, two, three], async () => {
      expect(await refusal(claim(person('administrator'), code, 'Harbour Clinic'))).toBe('unavailable');
    });
    await claim(person('administrator'), code, 'Harbour Clinic');
  });

  test('one that was away when a doctor was turned down hears of it when it is back', async () => {
    const [, two, three] = issuers.map(({ fetch }) => fetch) as [At, At, At];
    const doctor = await registered();
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const unheard = async () => (await db.selectFrom('unheard').selectAll().where('doctor', '=', doctor.card.id).execute()).length;
    await meeting([away, two, three], async () => {
      expect(await refusal(reject(asking(sam), doctor.card.id, 'no licence'))).toBe('ok');
    });
    expect(await unheard()).toBe(1);
    const other = await registered();
    await meeting([away, away, three], async () => {
      expect(await refusal(reject(asking(sam), other.card.id, 'no licence'))).toBe('unavailable');
    });
    await meeting(
      issuers.map(({ fetch }) => fetch),
      async () => {
        await expect.poll(unheard).toBe(0);
      },
    );
    const { rows } = await sql`select 1 from issuer_one.rejected where doctor = ${doctor.card.id}`.execute(db);
    expect(rows.length).toBe(1);
  });
});

test('making a key does not keep others waiting', async () => {
  // More than two hundred rows: a hundred milliseconds of curve arithmetic in one piece.
  const patients = Array.from({ length: 60 }, (_, i) => i.toString(16).padStart(32, '0'));
  const doctor = await approved(policyAt({ patients, from: '2026-09-25' }));
  const { card } = await standing(doctor);
  await doctor.authority.login.present({ card: card!, with: [] });
  const started = performance.now();
  let issued = false;
  const issuing = issue(doctor).finally(() => {
    issued = true;
  });
  let longest = 0;
  for (let last = started; !issued; last = performance.now()) {
    await sam.authority.town.state();
    longest = Math.max(longest, performance.now() - last);
  }
  expect((await issuing).keys.length).toBe(1);
  expect(longest).toBeLessThan(0.6 * (performance.now() - started));
});

/** Every row of the authority's and the issuers' tables. */
async function everything(db: Kysely<AuthorityTables>): Promise<string> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_schema = 'authority' or table_schema like 'issuer%'`.execute(db);
  const texts = await Promise.all(
    tables.map(({ schema, name }) => sql<{ row: string }>`select t::text as row from ${sql.table(`${schema}.${name}`)} t`.execute(db)),
  );
  return texts.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n');
}
