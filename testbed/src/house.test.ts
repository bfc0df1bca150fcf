/**
 * The portal's house over a real town: what each door shows, and that nothing else is shown.
 */
import { encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { lock, newLock } from '@carelet/client/keyring/passphrase';
import { mathematicsHere } from '@carelet/client/mathematics';
import { cbor, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { encodeManifest } from '@carelet/crypto/cards/manifest';
import { type House, memoryStore, openHouse, type Store, type Surroundings, type TownMap } from '@carelet/portal/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backTo, daysBetween, hivTest, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';
import { type Watches, watchesAt } from './watch.testing.ts';

type HouseEvent = Parameters<Parameters<House['watch']>[0]>[0];

let stage: Stage;
let northgate: Place;
let ada: Keyring;
let ben: Keyring;
let chen: Keyring;

const passphrase = 'lantern steps';
const cheap = { passes: 1, memory: 8192 };
const opened: House[] = [];

/** A keyring as a file somebody brings. */
const fileOf = async (keyring: Keyring) => lock(await newLock(passphrase, cheap), encodeKeyring(keyring));

const map = (): TownMap => ({
  town: 'a town',
  manifest: stage.town.addresses.manifest,
  authority: stage.town.authority.fetch,
  cloud: stage.town.cloud.fetch,
  cloudlets: [{ organisation: 'Harbour Clinic', where: stage.town.cloudlets.get('harbour')!.fetch }],
});

/** A house nobody is in yet. */
function houseWith(store: Store = memoryStore(), more: Partial<Surroundings> = {}): House {
  const usual = { store, mathematics: mathematicsHere, clock: stage.clock, zone: 'Europe/London', effort: cheap };
  const house = openHouse({ map: async () => map(), ...usual, ...more });
  opened.push(house);
  return house;
}

/** A house somebody is in; nothing of hers is kept unless a store is given. */
async function inside(keyring: Keyring, store?: Store, more?: Partial<Surroundings>): Promise<House> {
  const house = houseWith(store, more);
  await house.unlock(await fileOf(keyring), passphrase, store !== undefined);
  return house;
}

const idOf = ({ card }: Keyring) => hex(card.id);
const chartOf = ({ keyring }: Place, reference: string) => keyring.charts.find(({ references }) => references.includes(reference))!;
const ids = async (house: House, who: string) =>
  (await Promise.all((await house.items(who, {})).map(async ({ id }) => (await house.item(who, id)).fhir)))
    .map((fhir) => (JSON.parse(fhir) as { id: string }).id)
    .sort();

/** Lets waiting promises and timers have their turn, until something is so. */
async function until(what: () => boolean, patience: number): Promise<number> {
  const began = performance.now();
  while (!what()) {
    if (performance.now() - began > patience) throw new Error('it did not happen in time');
    await new Promise((done) => setTimeout(done, 20));
  }
  return performance.now() - began;
}

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  ada = stage.patient('ada');
  ben = stage.patient('ben');
  await stage.take(northgate, [
    patient('p-ada'),
    ...daysBetween('2026-10-20', '2026-11-19').map((day) => pulse('p-ada', `pulse-${day}`, `${day}T11:00:00Z`)),
    result('p-ada', 'blood', '2026-11-18'),
    result('p-ada', 'hiv', '2026-11-18', hivTest),
    patient('p-ben', 'Okoro', 'Ben'),
    pulse('p-ben', 'bens-pulse', '2026-11-19T11:00:00Z'),
  ]);
  await stage.link(northgate, chartOf(northgate, 'urn:uuid:p-ada'), ada);
  await stage.link(northgate, chartOf(northgate, 'urn:uuid:p-ben'), ben);
  chen = await stage.doctor('Dr Chen', { at: northgate, kinds: ['laboratory'], parts: ['MI'] });
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((house) => house.lock()));
  await stage?.[Symbol.asyncDispose]();
});

describe('a keyring', () => {
  test('opens for its passphrase; whatever else is tried is refused in the same words', async () => {
    const house = houseWith();
    const file = await fileOf(ada);
    const changed = file.map((byte, i) => (i === file.length - 1 ? byte ^ 1 : byte));
    const attempts = [
      [file, 'lantern step'],
      [changed, passphrase],
      ['ada', passphrase],
      [file, ''],
    ] as const;
    for (const [from, tried] of attempts) {
      await expect(house.unlock(from, tried, true)).rejects.toMatchObject({
        kind: 'cannot-open',
        message: 'Cannot unlock keyring: wrong passphrase, or the file was changed',
      });
    }
    // A file that is none is told from one that is locked: no passphrase would help.
    expect(await refusal(house.unlock(utf8('no keyring'), passphrase, true))).toBe('invalid');
    expect(await house.resting()).toEqual([]);
    expect(await refusal(house.patients())).toBe('denied');
    expect(await house.unlock(file, passphrase, true)).toMatchObject({ door: 'patient', title: 'ada', name: 'ada', kept: true });
    expect(await house.resting()).toEqual([{ name: 'ada', title: 'ada', door: 'patient' }]);
    await house.lock();
    expect(await refusal(house.patients())).toBe('denied');
    expect((await house.unlock('ada', passphrase, true)).number).toBe(idOf(ada).replace(/(.{4})(?=.)/g, '$1 '));
    await house.forget('ada');
    expect(await house.resting()).toEqual([]);
  });

  test('that is not to be kept leaves nothing behind', async () => {
    const store = memoryStore();
    const house = houseWith(store);
    await house.unlock(await fileOf(ada), passphrase, false);
    await house.overview(idOf(ada));
    await house.lookedAt(idOf(ada));
    await house.keyringFile();
    await house.lock();
    expect(await store.keyrings()).toEqual([]);
    expect(await store.drawer(idOf(ada))).toBeNull();
  });

  test('never takes the place of another of the same name', async () => {
    const house = houseWith();
    const other = stage.patient('ada');
    await house.unlock(await fileOf(ada), passphrase, true);
    await house.unlock(await fileOf(other), passphrase, true);
    expect((await house.resting()).map(({ name }) => name)).toEqual(['ada', 'ada-2']);
    expect((await house.unlock('ada', passphrase, true)).number).toBe(idOf(ada).replace(/(.{4})(?=.)/g, '$1 '));
    expect((await house.unlock('ada-2', passphrase, true)).number).toBe(idOf(other).replace(/(.{4})(?=.)/g, '$1 '));
    await house.unlock(await fileOf(other), passphrase, true);
    expect((await house.resting()).length).toBe(2);
  });

  test('that is taken out of the browser while it is open leaves no drawer', async () => {
    const store = memoryStore();
    const house = await inside(ada, store);
    await house.lookedAt(idOf(ada));
    await house.forget('ada');
    await house.lock();
    expect(await store.keyrings()).toEqual([]);
    expect(await store.drawer(idOf(ada))).toBeNull();
  });

  test('of an organisation opens no door', async () => {
    const house = houseWith();
    expect(await refusal(house.unlock(await fileOf(northgate.keyring), passphrase, true))).toBe('denied');
    expect(await house.resting()).toEqual([]);
  });
});

describe('a patient', () => {
  test('sees herself, and whatever her hospital wrote', async () => {
    const house = await inside(ada);
    expect((await house.patients()).map(({ id }) => id)).toEqual([idOf(ada)]);
    const overview = await house.overview(idOf(ada));
    expect(overview).toMatchObject({
      identity: { name: 'Ada Marlow', born: '1955-03-14', age: 71, sex: 'female' },
      places: [{ name: 'northgate' }],
      counts: { 'vital-signs': 31, laboratory: 2, identity: 1 },
      withheld: [],
      problems: [],
      open: true,
    });
    expect(overview.vitals).toMatchObject([{ vital: 'heart-rate', latest: { values: [72], standing: 'usual' }, usual: { kind: 'own' } }]);
    expect(overview.laboratory.length).toBe(2);
    const [newest] = await house.items(idOf(ada), { kinds: ['vital-signs'] });
    expect(newest).toMatchObject({ title: 'Heart rate', vital: 'heart-rate', values: [{ value: 72, unit: '/min', decimals: 0 }] });
    expect(await house.item(idOf(ada), newest!.id)).toMatchObject({ audience: { organisations: ['northgate'] }, withheld: [] });
    const page = await house.vital(idOf(ada), 'heart-rate', 7);
    expect([page.times.length, page.values[0], page.total, page.averages.week]).toEqual([7, 72, 31, [72]]);
    const since = Date.parse('2026-11-18');
    expect((await house.items(idOf(ada), { kinds: ['laboratory'], from: since, to: since + 1 })).length).toBe(2);
    expect(await house.items(idOf(ada), { place: '00'.repeat(16) })).toEqual([]);
  });

  test('sees nobody else', async () => {
    const house = await inside(ada);
    expect(await refusal(house.overview(idOf(ben)))).toBe('missing');
    expect(await refusal(house.item(idOf(ada), '00'.repeat(16)))).toBe('missing');
    expect(await refusal(house.doctors())).toBe('denied');
  });

  test('is told what she should keep and read, and what is new since she looked', async () => {
    const store = memoryStore();
    const house = await inside(ada, store);
    const before = await house.overview(idOf(ada));
    expect(before.lastLook).toBeNull();
    const fresh = before.findings.find((finding) => finding.kind === 'new');
    expect(fresh?.items.map(({ kind }) => kind)).toEqual(['laboratory', 'laboratory']);
    expect(before.todos.map(({ kind }) => kind)).toEqual(['read-result', 'read-result']);
    await house.lookedAt(idOf(ada));
    await house.lock();
    await house.unlock('ada', passphrase, true);
    const after = await house.overview(idOf(ada));
    expect(after.lastLook).toBe(stage.clock());
    expect(after.findings).toEqual([{ kind: 'all-usual' }]);
  });

  test('may stop the opening of her records, and go on with it', async () => {
    const slow = slowed(map().cloud as Fetch, 'records/rows');
    const house = await inside(ada, undefined, { map: async () => ({ ...map(), cloud: slow.fetch }) });
    const looking = house.overview(idOf(ada));
    await slow.reached;
    expect(await house.patients()).toMatchObject([{ id: idOf(ada), open: false, identity: { name: null } }]);
    await house.stop(idOf(ada));
    await expect(looking).rejects.toMatchObject({ kind: 'unavailable' });
    slow.release();
    expect((await house.overview(idOf(ada))).records).toBe(34);
  });

  test('hears of a new reading within two seconds', async () => {
    const house = await inside(ada);
    const events: HouseEvent[] = [];
    await house.watch((event) => events.push(event));
    const before = (await house.overview(idOf(ada))).records;
    await until(() => events.some(({ kind }) => kind === 'online'), 5_000);
    await stage.take(northgate, [pulse('p-ada', 'just-now', '2026-11-20T09:40:00Z', {})]);
    await until(() => events.some((event) => event.kind === 'changed' && event.patient === idOf(ada)), 2_000);
    const overview = await house.overview(idOf(ada));
    expect(overview.records).toBe(before + 1);
    expect(overview.vitals[0]?.latest.at).toBe(Date.parse('2026-11-20T09:40:00Z'));
  });
});

describe('a patient with a watch', () => {
  let at: Watches;
  beforeAll(async () => {
    at = await watchesAt(stage);
    await stage.take(at.harbour, [patient('w-ada')]);
    await stage.link(at.harbour, chartOf(at.harbour, 'urn:uuid:w-ada'), at.ada);
  });

  test('sees its readings as one record, a line in the series each', async () => {
    const watch = await at.paired('watch');
    for (const bpm of [64, 66]) await watch.keep(bpm);
    await watch.sender.send();
    await at.forwarded();
    const before = stage.clock();
    stage.clock.to('2026-11-20T12:30:00Z');
    const house = await inside(at.ada);
    const who = idOf(at.ada);
    expect((await house.vital(who, 'heart-rate', 30)).values).toEqual(Float64Array.of(64, 66));
    const strips = await house.items(who, { kinds: ['vital-signs'] });
    expect(strips).toMatchObject([
      { readings: 1, place: { name: 'harbour' }, vital: 'heart-rate' },
      { readings: 1, place: { name: 'harbour' }, vital: 'heart-rate' },
    ]);
    expect((await house.overview(who)).problems).toEqual([]);
    await backTo(stage, before, at.ada);
  });
});

describe('a doctor', () => {
  test('sees what her key opens and nothing else, and invents no name', async () => {
    const house = await inside(chen);
    expect(await house.whoami()).toMatchObject({ door: 'doctor', standing: { kind: 'approved' }, organisations: ['northgate'] });
    await house.triage();
    const lines = await house.patients();
    expect(lines.map(({ id }) => id).sort()).toEqual([idOf(ada)]);
    expect(lines[0]!.identity).toEqual({ name: null, born: null, age: null, sex: null, numbers: [] });
    expect(await ids(house, idOf(ada))).toEqual(['blood']);
    const overview = await house.overview(idOf(ada));
    expect(overview.counts).toEqual({ laboratory: 1 });
    expect(overview.withheld).toContain('vital-signs');
    expect(overview.withheld).not.toContain('laboratory');
    expect(overview.problems).toEqual([]);
    expect(overview.todos).toEqual([]);
  });

  test('who may know birth dates is shown no names, and what else there is stays locked', async () => {
    const tan = await stage.doctor('Dr Amadi', { at: northgate, kinds: ['identity'], parts: ['QID'] });
    const house = await inside(tan);
    expect((await house.overview(idOf(ada))).identity).toEqual({ name: null, born: '1955-03-14', age: 71, sex: 'female', numbers: [] });
    const [item] = await house.items(idOf(ada), {});
    expect((await house.item(idOf(ada), item!.id)).withheld).toEqual(['EID', 'MI']);
    expect(JSON.stringify(await house.item(idOf(ada), item!.id))).not.toContain('Marlow');
  });

  test('is told the same kinds are withheld where there are records of them and where there are none', async () => {
    const osei = await stage.doctor('Dr Osei', { at: northgate, kinds: ['vital-signs'], parts: ['MI'] });
    const house = await inside(osei);
    const [of, others] = [await house.overview(idOf(ada)), await house.overview(idOf(ben))];
    expect(of.withheld).toEqual(others.withheld);
    expect(of.withheld).toContain('laboratory');
  });

  test('with a patient who needs a look sees her first, and quiet ones after', async () => {
    const place = await stage.place('larkfield');
    await stage.take(place, [
      patient('l-ben', 'Okoro', 'Ben'),
      pulse('l-ben', 'l-quiet', '2026-11-20T08:00:00Z'),
      patient('l-zoe', 'Çelik', 'Zoë'),
      pulse('l-zoe', 'l-racing', '2026-11-20T08:00:00Z', { valueQuantity: { value: 144, code: '/min' } }),
    ]);
    const doctor = await stage.doctor('Dr Novák', { at: place });
    const house = await inside(doctor);
    const { lines } = await house.triage();
    expect(lines.map(({ urgency, patient: { identity } }) => [urgency, identity.name])).toEqual([
      ['now', 'Zoë Çelik'],
      ['quiet', 'Ben Okoro'],
    ]);
    expect(lines[0]).toMatchObject({ vital: 'heart-rate', unit: '/min', latest: { values: [144] }, standing: 'above' });
    expect((await house.patients()).map(({ identity }) => identity.name)).toEqual(['Ben Okoro', 'Zoë Çelik']);
  });

  test('who looked is asked to look again when something comes, not when she locks or another window writes', async () => {
    const place = await stage.place('st-brigids');
    const beats = (id: string, at: string, value: number) => pulse('s-zoe', id, at, { valueQuantity: { value, code: '/min' } });
    await stage.take(place, [patient('s-zoe', 'Çelik', 'Zoë'), beats('s-racing', '2026-11-20T08:00:00Z', 144)]);
    const doctor = await stage.doctor('Dr Walsh', { at: place });
    const store = memoryStore();
    const house = await inside(doctor, store);
    const lookedAt = async (of: House = house) => (await of.triage()).lines.map((line) => line.lookedAt);
    const zoe = (await house.triage()).lines[0]!.patient.id;
    expect(await lookedAt()).toEqual([null]);

    await house.lookedAt(zoe);
    expect(await lookedAt()).toEqual([stage.clock()]);
    expect((await house.overview(zoe)).lookedAt).toBe(stage.clock());
    const lies = Buffer.from((await store.drawer(idOf(doctor)))!);
    expect([lies.includes(zoe), lies.includes(Buffer.from(zoe, 'hex'))]).toEqual([false, false]);
    await house.lock();
    await house.unlock((await house.resting())[0]!.name, passphrase, true);
    expect(await lookedAt()).toEqual([stage.clock()]);

    // Two windows of one browser: what one notes is not overwritten by what the other keeps.
    const other = houseWith(store);
    await other.unlock((await other.resting())[0]!.name, passphrase, true);
    await other.notLookedAt(zoe);
    expect(await lookedAt(other)).toEqual([null]);
    await house.lock();
    await house.unlock((await house.resting())[0]!.name, passphrase, true);
    expect(await lookedAt()).toEqual([null]);

    await house.lookedAt(zoe);
    const changed = new Promise<void>((heard) => void house.watch((event) => event.kind === 'changed' && heard()));
    await stage.take(place, [beats('s-late', '2026-11-20T07:00:00Z', 150)]);
    await changed;
    expect(await lookedAt()).toEqual([null]);
    await house.lookedAt(zoe);
    expect(await lookedAt()).toEqual([stage.clock()]);
    await house.notLookedAt(zoe);
    expect(await lookedAt()).toEqual([null]);
  });

  test('who lets others use the computer keeps her looks until she locks, and no longer', async () => {
    const doctor = await stage.doctor('Dr Okafor', { at: await stage.place('larkfield') });
    const house = await inside(doctor);
    const [line] = (await house.triage()).lines;
    await house.lookedAt(line!.patient.id);
    expect((await house.triage()).lines[0]!.lookedAt).toBe(stage.clock());
    await house.lock();
    await house.unlock(await fileOf(doctor), passphrase, false);
    expect((await house.triage()).lines[0]!.lookedAt).toBeNull();
  });

  test('is told until when a chart opens; afterwards what was open stays until she locks, and she reads why', async () => {
    const place = await stage.place('northgate');
    const doctor = await stage.doctor('Dr Rao', { at: place, until: '2026-11-24' });
    const store = memoryStore();
    const house = await inside(doctor, store);
    const ending = { place: { id: idOf(place.keyring), name: 'northgate' }, at: Date.parse('2026-11-25'), lastDay: '2026-11-24' };
    expect((await house.overview(idOf(ada))).endings).toEqual([ending]);
    expect((await house.patients()).map(({ endings }) => endings)).toEqual([[ending], [ending]]);
    expect((await house.whoami()).endings).toEqual([ending]);
    expect((await (await inside(ada)).overview(idOf(ada))).endings).toEqual([]);

    const before = stage.clock();
    stage.clock.to('2026-11-25T00:00:01Z');
    expect(await house.overview(idOf(ada))).toMatchObject({ identity: { name: 'Ada Marlow' }, endings: [ending] });
    await house.lock();
    expect((await house.unlock((await house.resting())[0]!.name, passphrase, true)).endings).toEqual([ending]);
    expect(await house.patients()).toEqual([]);
    expect(await refusal(house.overview(idOf(ada)))).toBe('missing');
    // It is remembered, though the authority hands it out no more.
    await house.lock();
    expect((await house.unlock((await house.resting())[0]!.name, passphrase, true)).endings).toEqual([ending]);
    await backTo(stage, before, ada, doctor);
  });

  test('without a policy sees what one sees whose hospital has no charts', async () => {
    const lind = await stage.doctor('Dr Lind');
    const empty = await stage.place('millbrook');
    const karim = await stage.doctor('Dr Karim', { at: empty });
    for (const doctor of [lind, karim]) {
      const house = await inside(doctor);
      expect(await house.patients()).toEqual([]);
      expect((await house.triage()).lines).toEqual([]);
      await expect(house.overview(idOf(ada))).rejects.toMatchObject({
        kind: 'missing',
        message: 'Cannot find patient: nobody of this number is in sight',
      });
    }
    expect(await (await inside(lind)).whoami()).toMatchObject({ standing: { kind: 'waiting' }, organisations: [] });
  });
});

describe('the proof beside a record', () => {
  test('is what the cloud holds now, and opens to what is shown', async () => {
    const house = await inside(ada);
    const [item] = (await house.items(idOf(ada), { kinds: ['identity'] })).filter(({ type }) => type === 'Patient');
    const proof = await house.proof(idOf(ada), item!.id);
    expect(proof.pseudonym).toBe(hex(chartOf(northgate, 'urn:uuid:p-ada').pat));
    expect(proof.parts.map(({ part, same }) => [part, same])).toEqual([
      ['EID', true],
      ['QID', true],
      ['MI', true],
    ]);
    const [eid, qid] = proof.parts;
    expect(eid!.seen).toContain('Ada Marlow');
    expect(qid!.seen).toContain('1955-03-14');
    const stored = await stage.sql<{ ct: Buffer }>('select ct from shelf_eid where row_id = $1', [Buffer.from(eid!.row.id, 'hex')]);
    expect(hex(eid!.row.bytes)).toBe(stored[0]!.ct.toString('hex'));
    expect(Buffer.from(eid!.row.bytes).includes('Marlow')).toBe(false);
  });

  test('says so when the cloud holds something else, or nothing', async () => {
    const house = await inside(ben);
    const [item] = await house.items(idOf(ben), { kinds: ['vital-signs'] });
    const before = await house.proof(idOf(ben), item!.id);
    const mi = before.parts.find(({ part }) => part === 'MI')!;
    const at = [Buffer.from(mi.row.id, 'hex')];
    await stage.sql(`update shelf_mi set ct = set_byte(ct, 20, get_byte(ct, 20) # 1) where row_id = $1`, at);
    const changed = (await house.proof(idOf(ben), item!.id)).parts.find(({ part }) => part === 'MI')!;
    expect(changed.same).toBe(false);
    await stage.sql(`update shelf_mi set ct = set_byte(ct, 20, get_byte(ct, 20) # 1) where row_id = $1`, at);
    expect((await house.proof(idOf(ben), item!.id)).parts.every(({ same }) => same)).toBe(true);
  });

  test('opens neither with a byte changed nor with another key', async () => {
    const house = await inside(ada);
    const [item] = await house.items(idOf(ada), { kinds: ['identity'] });
    for (const part of ['EID', 'QID', 'MI'] as const) {
      for (const how of ['one-byte', 'another-key'] as const) {
        expect(await house.attempt(idOf(ada), item!.id, part, how)).toEqual({ opened: false });
      }
    }
  });
});

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

    const first = await inside(sam);
    expect(await first.whoami()).toMatchObject({ door: 'admin', organisations: ['Harbour Clinic'] });
    const lineIn = async (house: House) => (await house.doctors()).find(({ name }) => name === 'Dr Orla Walsh')!;
    const line = await lineIn(first);
    expect(line).toMatchObject({ state: 'pending', fingerprint: registered.fingerprint, policies: [] });
    const choice = { organisation: 'northgate', kinds: ['laboratory', 'vital-signs'], identity: true, until: '2099-12-31' };
    const said = await first.inWords(line.id, choice);
    expect(said.opens).toContain('laboratory');
    expect(said.withholds).toContain('notes');
    expect(said.words).toMatch(/^vital signs and laboratory of everyone there; .* until 2027-02-20$/);
    expect(await first.approve(line.id, choice)).toEqual({ state: 'pending', approvals: 1, needed: 2 });

    const second = await inside(mara);
    const [signed] = (await lineIn(second)).policies;
    expect(signed).toMatchObject({ words: said.words, approvals: ['Sam Adeyemi, Harbour Clinic'], mine: false, needed: 2 });
    expect((await walsh.whoami()).standing).toEqual({ kind: 'waiting' });
    expect(await second.approve(line.id, signed!.choice)).toEqual({ state: 'approved', approvals: 2, needed: 2 });
    expect((await lineIn(first)).policies).toMatchObject([
      { mine: true, approvals: [/Sam/, /Mara/].map((name) => expect.stringMatching(name)) },
    ]);

    expect(await walsh.whoami()).toMatchObject({ standing: { kind: 'approved' }, organisations: ['northgate'] });
    expect((await walsh.patients()).map(({ id }) => id)).toContain(idOf(ada));
    expect((await walsh.overview(idOf(ada))).identity.name).toBe('Ada Marlow');
  });

  test('sign nothing beyond what they read, whatever another has begun', async () => {
    const [sam, mara] = await stage.administrators();
    const doctor = await stage.doctor('Dr Tan');
    const first = await inside(sam);
    await first.approve(idOf(doctor), { organisation: 'northgate', kinds: ['notes'], identity: false, until: '2026-12-31' });
    const wide = JSON.stringify({ confidentiality: ['N', 'R', 'V'] });
    await stage.sql(`update authority.approval set policy = (policy::jsonb || $1::jsonb)::text where doctor = $2`, [
      wide,
      Buffer.from(doctor.card.id),
    ]);
    const second = await inside(mara);
    const { approvals } = await second.approve(idOf(doctor), {
      organisation: 'northgate',
      kinds: ['notes'],
      identity: false,
      until: '2026-12-31',
    });
    expect(approvals).toBe(1);
    const [policy] = await stage.sql<{ policy: string }>(`select policy from authority.approval where doctor = $1 and administrator = $2`, [
      Buffer.from(doctor.card.id),
      Buffer.from(mara.card.id),
    ]);
    expect((JSON.parse(policy!.policy) as { confidentiality: string[] }).confidentiality).toEqual(['N']);
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
      cloudlets: [{ organisation: 'Harbour Clinic', health: expect.any(String), waiting: 0, waitingSince: null }],
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

describe('a drawer', () => {
  test('saves the pairing the next time, and shows nobody what is in it', async () => {
    const store = memoryStore();
    let openings = 0;
    const counting = {
      ...mathematicsHere,
      openPolicies: (jobs: Parameters<typeof mathematicsHere.openPolicies>[0]) => {
        openings += jobs.length;
        return mathematicsHere.openPolicies(jobs);
      },
    };
    // A keyring that never saw a key: what it has later comes from the authority, or out of the drawer.
    const doctor = await stage.doctor('Dr Petrova', { at: northgate, kinds: ['laboratory'], parts: ['MI'] });
    const house = await inside({ ...doctor, doctorKeys: [], opened: {} }, store, { mathematics: counting });
    await house.overview(idOf(ada));
    await house.lookedAt(idOf(ada));
    await house.lock();
    expect(openings).toBeGreaterThan(0);
    const sealed = (await store.drawer(idOf(doctor)))!;
    for (const told of [
      doctor.doctorKeys[0]!.key,
      doctor.doctorKeys[0]!.pq,
      doctor.secrets.edSk,
      utf8(idOf(ada)),
      utf8('laboratory'),
      encodeManifest(doctor.manifest),
    ]) {
      expect(Buffer.from(sealed).includes(Buffer.from(told))).toBe(false);
    }
    openings = 0;
    await house.unlock(doctor.name, passphrase, true);
    expect(await ids(house, idOf(ada))).toEqual(['blood']);
    expect(openings).toBe(0);
  });

  test('lets a doctor go on while the authority is away', async () => {
    const store = memoryStore();
    const away = { gone: false };
    const authority = async (request: Request) => {
      if (away.gone) throw new TypeError('fetch failed');
      return stage.town.authority.fetch(request);
    };
    const house = await inside({ ...chen, doctorKeys: [], opened: {} }, store, { map: async () => ({ ...map(), authority }) });
    expect((await house.patients()).length).toBe(1);
    await house.lock();
    away.gone = true;
    expect(await house.unlock(chen.name, passphrase, true)).toMatchObject({ standing: { kind: 'approved' }, organisations: ['northgate'] });
    expect(await ids(house, idOf(ada))).toEqual(['blood']);
  });

  test('that was changed, is somebody else’s, or is an older one, is no harm', async () => {
    const store = memoryStore();
    const card = idOf(ada);
    const house = await inside(ada, store);
    await house.lock();
    const older = (await store.drawer(card))!;
    await house.unlock('ada', passphrase, true);
    await house.lookedAt(card);
    await house.lock();
    const whole = (await store.drawer(card))!;
    const [flipped, foreign] = [whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 1 : byte)), memoryStore()];
    await (await inside(ben, foreign)).lock();
    for (const strange of [
      flipped,
      (await foreign.drawer(idOf(ben)))!,
      new Uint8Array(),
      cbor(['carelet/v1/portal/drawer', 1, 2]),
      older,
    ]) {
      await store.keepDrawer(card, strange);
      await house.unlock('ada', passphrase, true);
      expect((await house.overview(card)).lastLook).toBeNull();
      await house.lookedAt(card);
      await house.lock();
      // It is written anew, and good again.
      await house.unlock('ada', passphrase, true);
      expect((await house.overview(card)).lastLook).toBe(stage.clock());
      await house.lock();
    }
  });

  test('remembers the newest manifest: an authority that hands out an earlier one is refused', async () => {
    const store = memoryStore();
    // The keyring itself was saved before any organisation had joined.
    const fresh = { ...ada, manifest: stage.town.manifest };
    const authority = { old: false };
    const lying = async (request: Request) => {
      if (!authority.old || !request.url.endsWith('/town/manifest')) return stage.town.authority.fetch(request);
      return new Response(new Uint8Array(cbor({ manifest: encodeManifest(stage.town.manifest) })), {
        headers: { 'content-type': 'application/cbor' },
      });
    };
    const house = await inside(fresh, store, { map: async () => ({ ...map(), authority: lying }) });
    await house.lock();
    authority.old = true;
    expect(await refusal(house.unlock('ada', passphrase, true))).toBe('tampered');
    authority.old = false;
    expect(await refusal(house.unlock('ada', passphrase, true))).toBe('ok');
  });
});

type Fetch = (request: Request) => Promise<Response>;

/** A service whose answers to one operation wait until they are let go. */
function slowed(fetch: Fetch, op: string): { readonly fetch: Fetch; readonly reached: Promise<void>; release(): void } {
  let reach = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = async (request: Request) => {
    if (request.url.endsWith(op)) {
      reach();
      await released;
    }
    return fetch(request);
  };
  return { fetch: slow, reached, release: () => release() };
}
