/**
 * The portal’s house at a patient’s door: her records, her watch’s readings, and the proof beside them.
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import { memoryStore } from '@carelet/portal/house';
import { beforeAll, describe, expect, test } from 'vitest';
import { backTo, patient, pulse, refusal } from './fixture.testing.ts';
import { ada, ben, chartOf, type HouseEvent, idOf, inside, inTown, map, northgate, passphrase, stage, until } from './house.testing.ts';
import { type Watches, watchesAt } from './watch.testing.ts';

inTown();

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
