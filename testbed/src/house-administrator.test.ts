/**
 * The portal’s house at an administrator’s door: doctors approved and turned down, and how the town is.
 */

import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve } from '@carelet/client/enrolment';
import { type House, memoryStore } from '@carelet/portal/house';
import { describe, expect, test } from 'vitest';
import { patient, pulse, refusal } from './fixture.testing.ts';
import { ada, chen, houseWith, idOf, inside, inTown, map, northgate, passphrase, stage } from './house.testing.ts';

inTown();

describe('administrators', () => {
  test('approve a doctor together; she has her keys as soon as she asks who she is', async () => {
    const [sam, mara] = await stage.administrators();
    const walsh = houseWith();
    const registered = await walsh.register({
      title: 'Dr Orla Walsh',
      certificate: 'C 27 650',
      specialty: 'paediatrics',
      organisation: 'northgate',
      passphrase,
    });
    expect(registered).toMatchObject({ door: 'doctor', name: 'dr-orla-walsh', standing: { kind: 'waiting' }, kept: false });
    expect(await walsh.resting()).toEqual([{ name: 'dr-orla-walsh', title: 'Dr Orla Walsh', door: 'doctor' }]);
    expect(await walsh.patients()).toEqual([]);

    // What she asked by registering is a role that waits.
    const rolesNow = async () =>
      (await walsh.roles()).lines.map(({ organisation, stand, signers }) => [organisation, stand, signers.length]);
    expect(await rolesNow()).toEqual([['northgate', 'asked', 0]]);
    expect(await refusal(walsh.askForRole(idOf(northgate.keyring), 'paediatrics'))).toBe('conflict');

    const first = await inside(sam);
    expect(await refusal(first.roles())).toBe('denied');
    expect(await first.whoami()).toMatchObject({ door: 'admin', organisations: ['Harbour Clinic'] });
    const lineIn = async (house: House) => (await house.doctors()).find(({ fingerprint }) => fingerprint === registered.fingerprint)!;
    const line = await lineIn(first);
    expect(line).toMatchObject({ state: 'pending', fingerprint: registered.fingerprint, policies: [] });
    const choice = {
      organisation: 'northgate',
      kinds: ['laboratory', 'vital-signs'],
      identity: true,
      until: '2099-12-31',
      breakGlass: false,
    };
    const said = await first.inWords(choice, 'paediatrics', []);
    expect(said.opens).toContain('laboratory');
    expect(said.withholds).toContain('notes');
    expect(said.words).toMatch(/^vital signs and laboratory of everyone there; .* until 2027-02-20$/);
    expect(await first.approve(line.id, choice)).toEqual({ state: 'pending', approvals: 1, needed: 2 });

    const second = await inside(mara);
    const [signed] = (await lineIn(second)).policies;
    expect(signed!.plainly).toEqual({ opens: said.opens, patients: null, breakGlass: false });
    expect(signed).toMatchObject({ words: said.words, approvals: ['Sam Adeyemi, Harbour Clinic'], mine: false, needed: 2 });
    expect((await walsh.whoami()).standing).toEqual({ kind: 'waiting' });
    expect(await rolesNow()).toEqual([['northgate', 'signed', 1]]);
    expect(await second.approve(line.id, signed!.choice)).toEqual({ state: 'approved', approvals: 2, needed: 2 });
    expect((await lineIn(first)).policies).toMatchObject([
      { mine: true, approvals: expect.arrayContaining([/Sam/, /Mara/].map((name) => expect.stringMatching(name))) },
    ]);

    expect(await rolesNow()).toEqual([['northgate', 'ready', 2]]);
    expect((await lineIn(first)).policies[0]).toMatchObject({ issued: null, answers: [] });

    const steps: string[] = [];
    await walsh.watch((event) => {
      if (event.kind === 'taking') steps.push(event.step.kind);
    });
    expect(await walsh.whoami()).toMatchObject({ standing: { kind: 'approved' }, organisations: ['northgate'] });
    expect(steps.sort()).toEqual(['asking', 'checked', 'clinic', 'cloud', 'issued', 'issuer', 'issuer']);
    const [role] = (await walsh.roles()).lines;
    expect(role).toMatchObject({ stand: 'taken', clinic: 'harbour', rule: { until: '2027-02-20', plainly: { patients: null } } });
    expect(role!.answers.map(({ issuer }) => role!.offices[issuer])).toEqual(['North Harbour Hospitals', 'Medical Board']);
    // The administrator is told that it was made, and by whom.
    expect((await lineIn(first)).policies[0]).toMatchObject({ issued: stage.clock(), answers: role!.answers });
    expect((await walsh.patients()).map(({ id }) => id)).toContain(idOf(ada));
    expect((await walsh.overview(idOf(ada))).identity.name).toBe('Ada Marlow');

    // She asks for a role elsewhere: she goes by another number there, which is in her keyring from then on.
    const harbour = await stage.place('harbour');
    // Not where nothing is kept: it would be lost.
    expect(await refusal((await inside(chen)).askForRole(idOf(harbour.keyring), 'cardiology'))).toBe('invalid');
    await walsh.askForRole(idOf(harbour.keyring), 'paediatrics');
    expect(await refusal(walsh.askForRole(idOf(harbour.keyring), 'surgery'))).toBe('conflict');
    expect(await walsh.whoami()).toMatchObject({ standing: { kind: 'approved' }, organisations: ['northgate'], kept: false });
    const { lines, others } = await walsh.roles();
    expect([others, lines.map(({ organisation, stand: how }) => [organisation, how])]).toEqual([
      [],
      [
        ['harbour', 'asked'],
        ['northgate', 'taken'],
      ],
    ]);
    const elsewhere = (await first.doctors()).find(({ name, id }) => name === 'Dr Orla Walsh' && id !== line.id)!;
    expect(elsewhere).toMatchObject({ state: 'pending', fingerprint: lines[0]!.fingerprint, organisation: 'harbour' });
    expect(elsewhere.fingerprint).not.toBe(registered.fingerprint);
    const short = { ...choice, organisation: 'harbour', until: '2026-12-01' };
    expect(await refusal(first.approve(line.id, short))).toBe('conflict');
    for (const house of [first, second]) await house.approve(elsewhere.id, short);
    expect(await walsh.whoami()).toMatchObject({ organisations: ['northgate', 'harbour'] });
    await stage.take(harbour, [patient('p-cleo'), pulse('p-cleo', 'pulse', '2026-11-18')]);
    const placesOf = async (house: House) => (await house.patients()).map(({ places }) => places.map(({ name }) => name).join()).sort();
    const both = ['harbour', 'northgate', 'northgate'];
    await expect.poll(() => placesOf(walsh), { timeout: 10_000 }).toEqual(both);
    expect((await walsh.patients()).map(({ id }) => id)).toContain(idOf(ada));

    // She asks for it anew: administrators read what her own keys signed, and nothing else.
    await walsh.askForRole(idOf(harbour.keyring), 'paediatrics');
    const asksThere = async () => (await first.doctors()).find(({ id }) => id === elsewhere.id)!.asks;
    expect(await asksThere()).toMatchObject([{ organisation: 'harbour', specialty: 'paediatrics' }]);
    await stage.sql(`update authority.asked set specialty = 'everything'`);
    expect(await asksThere()).toEqual([]);

    // Whoever unlocks what rests here has both.
    await walsh.lock();
    await walsh.unlock('dr-orla-walsh', passphrase, true);
    expect(await walsh.whoami()).toMatchObject({ organisations: ['northgate', 'harbour'] });
    await expect.poll(() => placesOf(walsh), { timeout: 10_000 }).toEqual(both);

    // Turned down after all: everybody who holds a part of her keys has heard.
    const { cloud, clinics, of } = await first.reject(line.id, 'she left the town');
    expect({ cloud, silent: of - clinics }).toEqual({ cloud: true, silent: 0 });
    expect(await lineIn(second)).toMatchObject({ state: 'rejected', reason: 'she left the town', policies: [] });
    // At one place; at the other she goes on.
    expect(await walsh.whoami()).toMatchObject({ standing: { kind: 'approved' }, organisations: ['harbour'] });
  });

  test('sign nothing beyond what they read, whatever another has begun', async () => {
    const [sam, mara] = await stage.administrators();
    const doctor = await stage.doctor('Dr Tan');
    const first = await inside(sam);
    await first.approve(idOf(doctor), {
      organisation: 'northgate',
      kinds: ['notes'],
      identity: false,
      until: '2026-12-31',
      breakGlass: false,
    });
    const wide = JSON.stringify({ confidentiality: ['N', 'R', 'V'] });
    await stage.sql(`update authority.approval set policy = (policy::jsonb || $1::jsonb)::text where doctor = $2`, [
      wide,
      Buffer.from(doctor.card.id),
    ]);
    const second = await inside(mara);
    // What is out of the ordinary is told in the words that were signed, whole.
    const [begun] = (await second.doctors()).find(({ id }) => id === idOf(doctor))!.policies;
    expect(begun).toMatchObject({ plainly: null, words: expect.stringContaining('restricted ones too') });
    const { approvals } = await second.approve(idOf(doctor), {
      organisation: 'northgate',
      kinds: ['notes'],
      identity: false,
      until: '2026-12-31',
      breakGlass: false,
    });
    expect(approvals).toBe(1);
    const [policy] = await stage.sql<{ policy: string }>(`select policy from authority.approval where doctor = $1 and administrator = $2`, [
      Buffer.from(doctor.card.id),
      Buffer.from(mara.card.id),
    ]);
    expect((JSON.parse(policy!.policy) as { confidentiality: string[] }).confidentiality).toEqual(['N']);
  });

  test('sign the very rule that another made elsewhere, and read what their form does not ask', async () => {
    const [sam, mara] = await stage.administrators();
    const doctor = await stage.doctor('Dr Vega');
    const rare: Policy = {
      ...{ parts: ['QID', 'MI'], kinds: ['notes', 'laboratory'], confidentiality: ['N', 'R'], sensitivity: ['none', 'PSY'] },
      ...{
        patients: ['ad'.repeat(16), 'ae'.repeat(16)],
        unit: `${idOf(northgate.keyring)}/cardio`,
        from: '2026-01-01',
        until: '2026-12-31',
      },
    };
    await approve(stage.authorityAs(sam), sam, doctor.card, rare, stage.clock() / 1000);
    const second = await inside(mara);
    const [begun] = (await second.doctors()).find(({ id }) => id === idOf(doctor))!.policies;
    const said = await second.inWords(begun!.choice, 'cardiology', [begun!]);
    expect(said.words).toBe(begun!.words);
    expect(said.opens).toEqual(['laboratory', 'notes', 'birth date, sex and town', 'restricted records', 'PSY']);
    expect(said.withholds).toEqual(expect.arrayContaining(['names and contact data', 'very restricted records', 'HIV']));
    expect(said.changes).toMatchObject([{ same: true }]);
    expect(said.limits).toEqual({ whom: { patients: 2, teams: 0 }, from: '2026-01-01', unit: 'cardio', named: 0 });
    // A choice that began with it is of that organisation.
    const elsewhere = { ...begun!.choice, organisation: 'harbour' };
    expect(await refusal(second.approve(idOf(doctor), elsewhere))).toBe('invalid');
    expect(await second.approve(idOf(doctor), begun!.choice)).toMatchObject({ state: 'approved', approvals: 2 });
  });

  test('let nobody open more in an emergency whom they did not mean to', async () => {
    const [sam, mara] = await stage.administrators();
    const doctor = await stage.doctor('Dr Amadi');
    const choice = { organisation: 'northgate', kinds: ['notes'], identity: false, until: '2026-12-31', breakGlass: true };
    const second = await inside(mara);
    await (await inside(sam)).approve(idOf(doctor), choice);
    const [begun] = (await second.doctors()).find(({ id }) => id === idOf(doctor))!.policies;
    expect(begun).toMatchObject({
      choice: { breakGlass: true },
      plainly: { breakGlass: true },
      words: expect.stringContaining('break the glass'),
    });
    // Whoever leaves it out signs another policy than the one that was begun.
    expect((await second.approve(idOf(doctor), { ...choice, breakGlass: false })).approvals).toBe(1);
    expect((await second.approve(idOf(doctor), choice)).approvals).toBe(2);
    expect((await (await inside(sam)).inWords(choice, 'cardiology', [])).words).toMatch(/break the glass/);
  });

  test('sign for no chart by name which another named and their page does not, and read that it is named', async () => {
    const [sam, mara] = await stage.administrators();
    const doctor = await stage.doctor('Dr Lind');
    const choice = { organisation: 'northgate', kinds: ['notes'], identity: false, until: '2026-12-31', breakGlass: false };
    await (await inside(sam)).approve(idOf(doctor), choice);
    await stage.sql(`update authority.approval set policy = (policy::jsonb || $1::jsonb)::text where doctor = $2`, [
      JSON.stringify({ named: ['ad'.repeat(16)] }),
      Buffer.from(doctor.card.id),
    ]);
    const second = await inside(mara);
    const [begun] = (await second.doctors()).find(({ id }) => id === idOf(doctor))!.policies;
    expect(begun).toMatchObject({ plainly: null, words: expect.stringContaining('one chart open to named doctors only') });
    await second.approve(idOf(doctor), choice);
    const [signed] = await stage.sql<{ policy: string }>(`select policy from authority.approval where doctor = $1 and administrator = $2`, [
      Buffer.from(doctor.card.id),
      Buffer.from(mara.card.id),
    ]);
    expect(JSON.parse(signed!.policy)).not.toHaveProperty('named');
  });

  test('turn a doctor down, and she reads why', async () => {
    const [sam] = await stage.administrators();
    const house = houseWith();
    await house.register({ title: 'Ivy Crane', certificate: 'none', specialty: 'none', organisation: 'nowhere', passphrase });
    const office = await inside(sam);
    const line = (await office.doctors()).find(({ name }) => name === 'Ivy Crane')!;
    await office.reject(line.id, 'nobody knows her');
    expect((await house.whoami()).standing).toEqual({ kind: 'rejected', reason: 'nobody knows her' });
  });

  test('review emergencies where they sign for an organisation that keeps records, and nobody else does', async () => {
    const [sam] = await stage.administrators();
    const office = await inside(sam);
    expect(await office.reviews()).toEqual({ place: 'Harbour Clinic', emergencies: null });
    expect(await refusal(office.review('00'.repeat(16), 'justified'))).toBe('denied');
    const patientsHouse = await inside(ada);
    expect(await refusal(patientsHouse.reviews())).toBe('denied');
    expect(await refusal(patientsHouse.review('00'.repeat(16), 'justified'))).toBe('denied');
  });

  test('invite one another with a code that works once', async () => {
    const [sam] = await stage.administrators();
    const { code } = await (await inside(sam)).invite();
    const claimed = { code, title: 'Joan Pike', organisation: 'Harbour Clinic', passphrase };
    const joan = houseWith();
    expect(await joan.claim(claimed)).toMatchObject({ door: 'admin', name: 'joan-pike', organisations: ['Harbour Clinic'], kept: false });
    expect((await joan.doctors()).length).toBeGreaterThan(0);
    expect(await refusal(houseWith().claim(claimed))).toBe('denied');
    const { name, locked } = await joan.keyringFile();
    expect(name).toBe('joan-pike.keyring');
    expect((await joan.whoami()).kept).toBe(true);
    expect(await houseWith().unlock(locked, passphrase, false)).toMatchObject({ title: 'Joan Pike', door: 'admin' });
  });

  test('and everybody else see how the town is, and what is silent', async () => {
    const status = await houseWith().town();
    expect(status).toMatchObject({
      town: 'a town',
      authority: { health: 'well', doctors: { approved: expect.any(Number) } },
      cloud: { health: 'well' },
      cloudlets: [{ organisation: 'harbour', health: expect.any(String), waiting: 0, waitingSince: null }],
    });
    expect(status.cloud.charts).toBeGreaterThan(1);
    expect(status.authority.organisations).toContain('northgate');
    const silent = async () => {
      throw new TypeError('fetch failed');
    };
    const cut = await houseWith(memoryStore(), { map: async () => ({ ...map(), cloud: silent }) }).town();
    expect([cut.cloud.health, cut.authority.health]).toEqual(['silent', 'well']);
  });
});
