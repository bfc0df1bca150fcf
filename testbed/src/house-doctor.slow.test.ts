/**
 * The portal’s house at a doctor’s door: what her key opens, and that nothing else is shown.
 */
import { type House, memoryStore } from '@carelet/portal/house';
import { describe, expect, test } from 'vitest';
import { backTo, patient, pulse, refusal } from './fixture.testing.ts';
import { ada, ben, chen, fileOf, houseWith, idOf, ids, inside, inTown, northgate, passphrase, stage } from './house.testing.ts';

inTown();

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
