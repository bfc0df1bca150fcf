/**
 * Sharing by consent through the portal's houses: a patient lets a doctor read and takes it back; the doctor's house shows it
 * and loses it by itself.
 */
import { encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { lock, newLock } from '@carelet/client/keyring/passphrase';
import { mathematicsHere } from '@carelet/client/mathematics';
import { foundTeam } from '@carelet/client/sharing/teams/organisation';
import { hex } from '@carelet/crypto/algebra/bytes';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { type House, memoryStore, openHouse, type Store, type TownMap } from '@carelet/portal/house';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

type HouseEvent = Parameters<Parameters<House['watch']>[0]>[0];
type Wish = Parameters<House['share']>[0];

let stage: Stage;
let northgate: Place;
let ada: Keyring;
let diaz: Keyring;

const passphrase = 'lantern steps';
const cheap = { passes: 1, memory: 8192 };
const opened: House[] = [];
const away = async (): Promise<Response> => {
  throw new TypeError('fetch failed');
};

const map = (): Omit<TownMap, 'cloudlets'> => ({
  town: 'a town',
  manifest: stage.town.addresses.manifest,
  authority: stage.town.authority.fetch,
  cloud: stage.town.cloud.fetch,
});

type Ways = { store?: Store; keep?: boolean; cloudletAway?: () => boolean; boxes?: boolean };

async function inside(
  keyring: Keyring,
  { store = memoryStore(), keep = true, cloudletAway = () => false, boxes = true }: Ways = {},
): Promise<House> {
  const around = { mathematics: mathematicsHere, clock: stage.clock, zone: 'Europe/London', effort: cheap };
  const flaky: TownMap['cloudlets'][number]['where'] = (request) =>
    cloudletAway() ? away() : stage.town.cloudlets.get('harbour')!.fetch(request);
  const cloudlets = boxes ? [{ organisation: 'harbour', where: flaky }] : [];
  const house = openHouse({ map: async () => ({ ...map(), cloudlets }), store, ...around });
  opened.push(house);
  await house.unlock(await lock(await newLock(passphrase, cheap), encodeKeyring(keyring)), passphrase, keep);
  return house;
}

const idOf = ({ card }: Keyring) => hex(card.id);
const listed = async (house: House) => (await house.patients()).map(({ id }) => id);

async function until(what: () => boolean | Promise<boolean>, patience = 4_000): Promise<void> {
  const began = performance.now();
  while (!(await what())) {
    if (performance.now() - began > patience) throw new Error('it did not happen in time');
    await new Promise((done) => setTimeout(done, 20));
  }
}

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  const harbour = await stage.place('harbour');
  ada = stage.patient('Ada Marlow');
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'today', '2026-11-20T08:00:00Z'),
    pulse('p-ada', 'october', '2026-10-03T08:00:00Z'),
    result('p-ada', 'blood', '2026-11-18'),
  ]);
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  diaz = await stage.doctor('Dr Diaz', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((house) => house.lock()));
  await stage?.[Symbol.asyncDispose]();
});

const wish = (changes: Partial<Wish> = {}): Wish => ({
  doctor: idOf(diaz),
  kinds: ['vital-signs'],
  sensitive: [],
  from: 'beginning',
  until: '2026-12-20',
  ...changes,
});

describe('a patient', () => {
  test('finds the doctors of the town, with the fingerprint of the card that will be believed', async () => {
    const house = await inside(ada);
    expect(await house.directory()).toEqual([
      {
        id: idOf(diaz),
        name: 'Dr Diaz',
        specialty: expect.any(String),
        organisation: expect.any(String),
        fingerprint: fingerprint(diaz.card),
      },
    ]);
    expect(await house.whoReads()).toEqual([]);
  });

  test('compares it with what the doctor’s own door tells her', async () => {
    const [house, desk] = [await inside(ada), await inside(diaz)];
    const [found] = await house.directory();
    expect((await desk.whoami()).fingerprint).toBe(found!.fingerprint);
  });

  test('may not share longer than thirteen months, nor with nobody, nor nothing', async () => {
    const house = await inside(ada);
    expect(await refusal(house.share(wish({ until: '2028-01-01' })))).toBe('invalid');
    expect(await refusal(house.share(wish({ until: '2026-11-19' })))).toBe('invalid');
    expect(await refusal(house.share(wish({ kinds: [] })))).toBe('invalid');
    expect(await refusal(house.share(wish({ doctor: '00'.repeat(16) })))).toBe('missing');
    expect(await house.whoReads()).toEqual([]);
  });

  test('shares nothing while no clinic’s box answers', async () => {
    const house = await inside(ada, { cloudletAway: () => true });
    expect(await refusal(house.share(wish()))).toBe('unavailable');
    expect(await house.whoReads()).toEqual([]);
  });

  test('shares what is sensitive or marked as restricted where she turned it on, and is told so', async () => {
    const house = await inside(ada);
    const grants = await house.share(wish({ sensitive: ['PSY', 'R'] }));
    expect((await house.whoReads()).map(({ what }) => what?.sensitive)).toEqual([['PSY', 'R']]);
    await house.unshare(grants);
  });

  test('alone shares: nobody else has that door', async () => {
    const house = await inside(diaz);
    expect(await refusal(house.share(wish()))).toBe('denied');
    expect(await refusal(house.whoReads())).toBe('denied');
  });
});

describe('what a patient shares', () => {
  let house: House;
  let desk: House;
  let store: Store;
  const events: HouseEvent[] = [];
  beforeAll(async () => {
    desk = await inside(diaz);
    expect(await listed(desk)).toEqual([]);
    await desk.watch((event) => events.push(event));
    await until(() => events.some(({ kind }) => kind === 'online'));
    store = memoryStore();
    house = await inside(ada, { store });
  });
  beforeEach(() => {
    events.length = 0;
  });

  test('stands at the doctor’s by itself, with her words, and opens what she named', async () => {
    const told: HouseEvent[] = [];
    await house.watch((event) => told.push(event));
    const grants = await house.share(wish());
    expect((await house.whoReads()).map((given) => given.grants)).toEqual([grants]);
    const last = told.filter((event) => event.kind === 'sharing').at(-1)!;
    expect(last.done).toBe(last.of);
    await until(async () => (await listed(desk)).length === 1);
    const overview = await desk.overview(idOf(ada));
    expect(overview).toMatchObject({
      identity: { name: 'Ada Marlow', born: null },
      shared: [{ name: 'Ada Marlow', kinds: ['vital-signs'], sensitive: [], from: 'beginning', until: '2026-12-20' }],
      counts: { 'vital-signs': 2 },
      problems: [],
      endings: [],
    });
    expect(overview.withheld).toContain('laboratory');
    expect(overview.withheld).not.toContain('vital-signs');
    const [item] = await desk.items(idOf(ada), {});
    expect((await desk.item(idOf(ada), item!.id)).sharedUntil).toBe('2026-12-20');
  });

  test('is remembered in words, and by every copy of her keyring', async () => {
    const [given] = await house.whoReads();
    expect(given).toMatchObject({
      doctor: { id: idOf(diaz), name: 'Dr Diaz' },
      what: { kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' },
      until: '2026-12-20',
      through: 'harbour',
      state: 'holds',
    });
    const [item] = await house.items(idOf(ada), { kinds: ['vital-signs'] });
    expect((await house.item(idOf(ada), item!.id)).audience).toEqual({ organisations: ['northgate'], people: ['Dr Diaz'] });
    await house.lock();
    await house.unlock('Ada Marlow', passphrase, true);
    expect(await house.whoReads()).toEqual([given]);
    // An older copy, in a browser that never saw it: it knows whom and until when, and can take it back.
    const elsewhere = await inside(ada, { keep: false });
    expect(await elsewhere.whoReads()).toMatchObject([
      { grants: given!.grants, doctor: { name: 'Dr Diaz' }, what: null, until: '2026-12-20' },
    ]);
  });

  test('shared again from another copy, opens as well', async () => {
    const elsewhere = await inside(ada, { keep: false });
    await elsewhere.share(wish({ kinds: ['vital-signs', 'laboratory'], until: '2026-12-01' }));
    await until(async () => (await desk.overview(idOf(ada))).counts.laboratory === 1);
    const again = (await elsewhere.whoReads()).find(({ until: day }) => day === '2026-12-01')!;
    expect(await elsewhere.unshare(again.grants)).toBe('ended');
    await until(async () => (await desk.overview(idOf(ada))).counts.laboratory === undefined);
    expect((await desk.overview(idOf(ada))).counts).toEqual({ 'vital-signs': 2 });
    expect((await house.whoReads()).map(({ until: day }) => day)).toEqual(['2026-12-20']);
  });

  test('taken back, is gone from the doctor’s pages within seconds, though she looks at it', async () => {
    await desk.overview(idOf(ada));
    const [given] = await house.whoReads();
    expect(await house.unshare(given!.grants)).toBe('ended');
    await until(() => events.some((event) => event.kind === 'changed' && event.patient === null));
    expect(await listed(desk)).toEqual([]);
    expect(await refusal(desk.overview(idOf(ada)))).toBe('missing');
    expect(await house.whoReads()).toEqual([]);
  });
});

test('shared with a team, opens to whoever works there, who is told by which; who looked says so too, and stopping ends it for all', async () => {
  const { keyring, save } = await stage.place('harbour');
  const around = { keyring, save, cloud: stage.cloudAs(keyring), authority: stage.authorityAs(keyring) };
  await foundTeam({ ...around, mathematics: mathematicsHere, clock: stage.clock }, { name: 'Everyone' });
  const [house, desk] = [await inside(ada), await inside(diaz)];
  const [team] = await house.teams();
  expect(team).toMatchObject({ title: 'harbour', name: 'Everyone', place: 'harbour', whole: true });
  expect(await refusal(house.share(wish({ doctor: '00'.repeat(16), team: true })))).toBe('missing');
  await house.share(wish({ doctor: team!.id, team: true }));
  // A grant after another was taken back is dated a second later, and here clocks stand still.
  stage.clock.to(new Date(stage.clock() + 10_000).toISOString());
  expect(await house.whoReads()).toMatchObject([{ doctor: { id: team!.id, name: 'harbour', carer: false, team: true }, state: 'holds' }]);
  await until(async () => (await listed(desk)).length === 1);
  expect((await desk.overview(idOf(ada))).shared).toMatchObject([{ name: 'Ada Marlow', team: 'harbour', kinds: ['vital-signs'] }]);
  const { looks, lookers } = await house.receipts();
  const his = looks.filter(({ who, deed }) => who === idOf(diaz) && deed === 'looked');
  expect(lookers.find(({ id }) => id === idOf(diaz))).toMatchObject({ kind: 'doctor', name: 'Dr Diaz' });
  expect(his.filter(({ reason, team: by }) => reason === 'allowed' && by === 'harbour').length).toBeGreaterThan(0);
  const [given] = await house.whoReads();
  expect(await house.unshare(given!.grants)).toBe('ended');
  await until(async () => (await listed(desk)).length === 0);
});

test('taken back while keys are being made for another, waits for nothing', async () => {
  const house = await inside(ada);
  const desk = await inside(diaz);
  await house.share(wish());
  await until(async () => (await listed(desk)).length === 1);
  const [given] = await house.whoReads();
  const karim = await stage.doctor('Dr Karim', { at: await stage.place('harbour'), parts: ['MI'], kinds: ['immunizations'] });
  let shared = false;
  const sharing = house.share(wish({ doctor: idOf(karim), kinds: ['vital-signs', 'laboratory', 'notes', 'conditions'] })).then(() => {
    shared = true;
  });
  expect(await house.unshare(given!.grants)).toBe('ended');
  expect(shared).toBe(false);
  await until(async () => (await listed(desk)).length === 0);
  await sharing;
  await until(async () => (await house.whoReads()).length === 1);
  expect((await house.whoReads()).map(({ doctor }) => doctor.name)).toEqual(['Dr Karim']);
  for (const { grants } of await house.whoReads()) await house.unshare(grants);
});

test('taken back while the clinic’s box is away opens nothing, and the box hears of it the next time', async () => {
  let gone = false;
  const house = await inside(ada, { cloudletAway: () => gone });
  const desk = await inside(diaz);
  await house.share(wish());
  await until(async () => (await listed(desk)).length === 1);
  gone = true;
  const [given] = await house.whoReads();
  expect(await house.unshare(given!.grants)).toBe('half');
  expect(await house.whoReads()).toMatchObject([{ state: 'half' }]);
  await until(async () => (await listed(desk)).length === 0);
  gone = false;
  await house.lock();
  await house.unlock('Ada Marlow', passphrase, true);
  await until(async () => (await house.whoReads()).length === 0, 10_000);
});

test('where no clinic of the town has a box, three key servers take part, and what is shared opens and ends in the same way', async () => {
  const [house, desk] = [await inside(ada, { boxes: false }), await inside(diaz, { boxes: false })];
  const grants = await house.share(wish({ kinds: ['laboratory'] }));
  expect(grants).toHaveLength(1);
  const given = (await house.whoReads()).find((one) => one.grants[0] === grants[0]);
  expect(given).toMatchObject({ through: null, state: 'holds', doctor: { name: 'Dr Diaz' }, what: { kinds: ['laboratory'] } });
  await until(async () => (await listed(desk)).length > 0, 20_000);
  expect(await house.unshare(grants)).toBe('ended');
  expect((await house.whoReads()).some((one) => one.grants.includes(grants[0]!))).toBe(false);
  await until(async () => (await listed(desk)).length === 0, 20_000);
});
