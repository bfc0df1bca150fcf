/**
 * Who becomes what at the authority, and who gets which keys: an authority and three issuers, on ports or in this process.
 */
import { noteOld, policiesOf } from '@carelet/authority/approvals';
import { type AuthorityTables, migrations } from '@carelet/authority/schema';
import { addDays, longestKey } from '@carelet/care/rules/records/calendar';
import { policyText } from '@carelet/care/rules/sharing/policy';
import { cbor, hex } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { type KeyEnd, type RoleAsked, signAsk, signKeyEnd, signOwnRoles, verifyAsk, verifyKeyEnd } from '@carelet/crypto/cards/approval';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { readEntitlement } from '@carelet/crypto/cards/entitlement';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { decodeManifest } from '@carelet/crypto/cards/manifest';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { openDatabase } from '@carelet/ground/database';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  admit,
  approvalOf,
  approve,
  approved,
  asInput,
  claim,
  clockTo,
  database,
  held,
  inAuthority,
  invite,
  issue,
  keysOf,
  mara,
  northgate,
  now,
  type Person,
  person,
  policyAt,
  registered,
  registration,
  reject,
  sam,
  standing,
  today,
  under,
} from './authority.testing.ts';
import { refusal } from './fixture.testing.ts';

inAuthority();

const at = () => Math.floor(now / 1000);
const rolesOf = (doctor: Person, when = at(), by = doctor) =>
  doctor.authority.enrolment.roles({ doctor: doctor.card.id, at: when, signature: signOwnRoles(by.secrets.edSk, doctor.card.id, when) });

describe('a doctor', () => {
  test('waits until two organisations have approved the same policy, and then gets her key', async () => {
    const doctor = await registered();
    expect(await standing(doctor)).toEqual({ state: 'pending', card: null });
    expect(await refusal(issue(doctor))).toBe('denied');
    expect(await approve(sam, doctor)).toEqual({ state: 'pending', approvals: 1, needed: 2, replaces: null });
    expect(await refusal(issue(doctor))).toBe('denied');
    expect((await standing(doctor)).card).toBeNull();
    expect(await approve(mara, doctor)).toEqual({ state: 'approved', approvals: 2, needed: 2, replaces: null });

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
    expect(await approve(joan, doctor)).toEqual({ state: 'pending', approvals: 1, needed: 2, replaces: null });
    const wider = policyAt({ kinds: ['laboratory', 'notes'] });
    expect(await approve(mara, doctor, wider)).toEqual({ state: 'pending', approvals: 1, needed: 2, replaces: null });
    expect(await refusal(issue(doctor))).toBe('denied');
    // The board thinks again, and signs what the clinic signed: in whatever order its words stand.
    expect(await approve(mara, doctor, policyAt({ kinds: ['laboratory', 'laboratory'] }))).toMatchObject({ state: 'approved' });
    expect((await keysOf(doctor)).map(({ words }) => words)).toEqual([expect.not.stringContaining('notes')]);
  });

  test('whose policy others narrowed is never given the wider one again, though nobody took back what was signed for it', async () => {
    const [joan, kim] = [person('administrator'), person('administrator')];
    await claim(joan, await invite(sam), 'Harbour Clinic');
    await claim(kim, await invite(mara), 'Medical Board');
    const wide = policyAt({ kinds: ['laboratory', 'notes'] });
    const doctor = await approved(wide);
    const wordsNow = async () => (await keysOf(doctor)).map(({ words }) => words);
    expect(await wordsNow()).toEqual([expect.stringContaining('notes')]);
    // Until the second has signed, what was approved holds.
    expect(await approve(joan, doctor)).toMatchObject({ approvals: 1, replaces: null });
    expect(await wordsNow()).toEqual([expect.stringContaining('notes')]);
    expect(await approve(kim, doctor)).toMatchObject({ approvals: 2, replaces: expect.any(Number) });
    for (let i = 0; i < 2; i++) expect(await wordsNow()).toEqual([expect.not.stringContaining('notes')]);
    // One of those who signed it before does not bring it back alone.
    expect(await approve(sam, doctor, wide)).toMatchObject({ approvals: 1, replaces: null });
    expect(await wordsNow()).toEqual([expect.not.stringContaining('notes')]);
  });

  test('whose key is to be ended is named to whoever signs, until somebody ends it, whatever she asks for meanwhile', async () => {
    const doctor = await approved(policyAt({ kinds: ['laboratory', 'notes'] }));
    const manifest = decodeManifest((await doctor.authority.town.manifest()).manifest)!;
    const issuedOf = (key: { entitlement: Uint8Array }) => readEntitlement(key.entitlement, manifest)!.issued;
    const [wide] = await keysOf(doctor);
    await approve(sam, doctor);
    // What was under way when the narrower one began to count is handed out before that, and so named, or not at all.
    const [asked, said] = await Promise.all([issue(doctor, [northgate.card.id]).catch(() => ({ keys: [] })), approve(mara, doctor)]);
    expect(said.replaces).toBeGreaterThanOrEqual(issuedOf(wide!));
    for (const key of asked.keys) if (key.words.includes('notes')) expect(issuedOf(key)).toBeLessThanOrEqual(said.replaces!);
    const [narrow] = await keysOf(doctor);
    expect(narrow!.words).not.toContain('notes');
    expect(issuedOf(narrow!)).toBeGreaterThan(said.replaces!);
    expect(await approve(mara, doctor)).toMatchObject({ replaces: said.replaces });
    const ends = async (before: number) => {
      const end = { doctor: doctor.card.id, of: { organisation: northgate.card.id, before } };
      await mara.authority.enrolment.endKeys({ ...end, signature: signKeyEnd(mara.secrets.edSk, end) });
    };
    await ends(said.replaces! + 1);
    expect(await approve(mara, doctor)).toMatchObject({ replaces: null });
    expect(await keysOf(doctor)).toEqual([narrow]);
    // An end that took too much with it: she is given another, not the one that was ended.
    await ends(issuedOf(narrow!) + 1);
    const [again] = await keysOf(doctor);
    expect(issuedOf(again!)).toBeGreaterThan(issuedOf(narrow!));
  });

  test('who has a key made anew again and again gets none of a time to come', async () => {
    const doctor = await approved();
    await keysOf(doctor);
    const manifest = decodeManifest((await doctor.authority.town.manifest()).manifest)!;
    const ahead = async () => {
      const [key] = (await issue(doctor, [northgate.card.id])).keys;
      return readEntitlement(key!.entitlement, manifest)!.issued - Math.floor(now / 1000);
    };
    for (let i = 1; i <= 5; i++) expect(await ahead()).toBe(i);
    expect(await refusal(ahead())).toBe('unavailable');
    // What she holds is still hers, and another policy counts at once all the same.
    expect((await issue(doctor)).keys).toHaveLength(1);
    await approve(sam, doctor, policyAt({ kinds: ['notes'] }));
    const { replaces } = await approve(mara, doctor, policyAt({ kinds: ['notes'] }));
    expect(replaces).toBe(Math.floor(now / 1000) + 5);
    expect((await keysOf(doctor)).map(({ words }) => words)).toEqual([expect.stringContaining('notes')]);
  });

  test('goes by her number at one organisation, also while her policy there is signed anew', async () => {
    const harbour = person('organisation');
    harbour.card = decodeCard((await admit(sam, harbour.card, 'Harbour Hospital')).card)!;
    const doctor = await approved();
    await approve(sam, doctor, policyAt({ kinds: ['notes'] }));
    const elsewhere = policyAt({ unit: hex(harbour.card.id) });
    for (const by of [sam, mara]) expect(await refusal(approve(by, doctor, elsewhere))).toBe('conflict');
    expect(await approve(mara, doctor, policyAt({ kinds: ['notes'] }))).toMatchObject({ state: 'approved' });
    // Of two places that are signed at once, one.
    const other = await registered();
    for (const policy of [policyAt(), elsewhere]) await approve(sam, other, policy);
    const both = await Promise.all([policyAt(), elsewhere].map((policy) => refusal(approve(mara, other, policy))));
    expect(both.sort()).toEqual(['conflict', 'ok']);
  });

  test('who is turned down while she is let in is turned down', async () => {
    for (let i = 0; i < 4; i++) {
      const doctor = await registered();
      await approve(sam, doctor);
      await Promise.allSettled([approve(mara, doctor), reject(sam, doctor.card.id, 'no licence')]);
      expect(await standing(doctor)).toMatchObject({ state: 'rejected', card: null });
    }
  });

  test('whose policy another one replaces gets a key of after that, and the end of the one before is kept as it was signed', async () => {
    const doctor = await approved(policyAt({ kinds: ['laboratory', 'notes'] }));
    const [before] = await keysOf(doctor);
    expect(await approve(sam, doctor)).toMatchObject({ approvals: 1, replaces: null });
    expect(await approve(mara, doctor)).toMatchObject({ approvals: 2, replaces: expect.any(Number) });
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
    // Anybody may ask whether a number stands for a doctor; why not is hers to read.
    expect(await standing(doctor)).toEqual({ state: 'rejected', card: null });
    expect(await rolesOf(doctor)).toMatchObject({ reason });
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
    const good = approvalOf(sam, doctor);
    for (const signature of [
      good.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
      approvalOf(mara, doctor),
      approvalOf(sam, other),
      approvalOf(sam, doctor, policyAt({ kinds: ['notes'] })),
      approvalOf(sam, doctor, policyAt(), Math.floor(now / 1000) - 1),
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
      clockTo(now + 86_400_000);
      expect(await keysOf(doctor)).toEqual([]);
    } finally {
      clockTo(before);
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
    await sql`insert into approval
      select doctor, ${larkfield.card.id}, policy, administrator, approver, from_organisation, signature, signed, time, counts
      from approval where doctor = ${doctor.card.id} and counts`.execute(db);
    expect(await refusal(approve(sam, doctor, elsewhere))).toBe('ok');
  });

  test('that was signed before it was noted which counts does, if it is the last one that enough had signed', async () => {
    const [joan, kim] = [person('administrator'), person('administrator')];
    await claim(joan, await invite(sam), 'Harbour Clinic');
    await claim(kim, await invite(mara), 'Medical Board');
    const [doctor, waiting] = [await approved(), await registered()];
    await approve(sam, waiting);
    await using db = await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations });
    const ofThem = (await db.selectFrom('approval').selectAll().execute()).filter(({ doctor: of }) =>
      [doctor, waiting].some(({ card }) => hex(card.id) === hex(of)),
    );
    await sql`delete from approval where doctor in (${doctor.card.id}, ${waiting.card.id})`.execute(db);
    const old = ofThem.map((row) => ({ ...row, time: 0, counts: false }));
    const older = old
      .filter(({ doctor: of }) => hex(of) === hex(doctor.card.id))
      .map((row, i) => ({ ...row, administrator: [joan, kim][i]!.card.id, policy: '{"wider":true}', signed: Number(row.signed) - 1 }));
    await db
      .insertInto('approval')
      .values([...older, ...old])
      .execute();
    await noteOld(db, 2);
    expect(await policiesOf(db, doctor.card.id)).toEqual([{ organisation: northgate.card.id, text: policyText(policyAt()) }]);
    expect(await policiesOf(db, waiting.card.id)).toEqual([]);
    const rows = await db.selectFrom('approval').select(['doctor', 'policy']).where('time', '=', 0).execute();
    expect(rows.filter(({ policy }) => policy.includes('wider'))).toEqual([]);
    expect(rows.some(({ doctor: of }) => hex(of) === hex(waiting.card.id))).toBe(true);
  });

  test('shows administrators who waits, with the keys to compare and who signed what', async () => {
    const doctor = await registered();
    await approve(sam, doctor);
    const { doctors, needed } = await mara.authority.enrolment.doctors({ state: 'pending' });
    expect(needed).toBe(2);
    const one = doctors.find((row) => hex(row.doctor) === hex(doctor.card.id))!;
    expect(one).toMatchObject({ ...registration, state: 'pending', reason: null });
    expect(one.fingerprint).toBe(fingerprint(doctor.card));
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
  const askAs = (doctor: Person, more: Partial<RoleAsked> = {}, by = doctor) => {
    const asked = { doctor: doctor.card.id, organisation: northgate.card.id, specialty: 'cardiology', at: at(), ...more };
    return doctor.authority.enrolment.ask({ ...asked, signature: signAsk(by.secrets.edSk, asked) });
  };
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
