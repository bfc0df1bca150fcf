/**
 * Who looked, through the portal's house: a patient is told who opened what and why, and whether it holds; a log that was rolled
 * back while her page was closed is noticed when she comes back.
 */
import { renewManifest } from '@carelet/client/enrolment';
import { encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { lock, newLock } from '@carelet/client/keyring/passphrase';
import { mathematicsHere } from '@carelet/client/mathematics';
import { hex } from '@carelet/crypto/algebra/bytes';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import { verifyExport } from '@carelet/crypto/receipts/export';
import { type House, memoryStore, openHouse, type Store } from '@carelet/portal/house';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

let stage: Stage;
let northgate: Place;
let ada: Keyring;
let chen: Keyring;
let diaz: Keyring;
let file: Uint8Array;

const passphrase = 'lantern steps';
const cheap = { passes: 1, memory: 8192 };
const opened: House[] = [];

async function inside(from: Uint8Array | string, store: Store = memoryStore()): Promise<House> {
  const house = openHouse({
    map: async () => ({
      town: 'a town',
      manifest: stage.town.addresses.manifest,
      authority: stage.town.authority.fetch,
      cloud: stage.town.cloud.fetch,
      cloudlets: [{ organisation: 'harbour', where: stage.town.cloudlets.get('harbour')!.fetch }],
    }),
    store,
    ...{ mathematics: mathematicsHere, clock: stage.clock, zone: 'Europe/London', effort: cheap },
  });
  opened.push(house);
  await house.unlock(from, passphrase, true);
  return house;
}

const fileOf = async (keyring: Keyring) => lock(await newLock(passphrase, cheap), encodeKeyring(keyring));
const idOf = ({ card }: Keyring) => hex(card.id);
const later = (minutes: number) => stage.clock.to(new Date(stage.clock() + minutes * 60_000).toISOString());
const witness = () => stage.town.cloudlets.get('harbour')!.witness();

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  const harbour = await stage.place('harbour');
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'sunday', '2026-11-15T08:00:00Z')]);
  ada = stage.patient('Ada Marlow');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16T08:00:00Z'), result('p-ada', 'blood', '2026-11-18')]);
  chen = await stage.doctor('Dr Chen', { at: northgate, kinds: ['laboratory'], parts: ['MI'] });
  diaz = await stage.doctor('Dr Diaz', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
  // A doctor makes herself ready to be shared with when she comes in.
  await (await inside(await fileOf(diaz))).lock();
  await witness();
  await renewManifest(stage.authorityAs(ada), ada);
  file = await fileOf(ada);
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((house) => house.lock()));
  await stage?.[Symbol.asyncDispose]();
});

test('a patient whom nobody has looked at yet is told so, and who wrote', async () => {
  const { looks, lookers, problems, witnesses, earlier, copy } = await (await inside(file)).receipts();
  expect(problems).toEqual([]);
  expect(looks.map(({ deed }) => deed)).toEqual(['wrote']);
  expect(looks[0]).toMatchObject({ kinds: ['vital-signs', 'laboratory'], reason: null, places: ['northgate'] });
  expect(lookers).toEqual([{ id: idOf(northgate.keyring), kind: 'place', name: 'northgate', specialty: null, organisation: null }]);
  expect(earlier).toBeGreaterThan(0);
  expect(witnesses).toEqual(['harbour']);
  expect(copy).toBe(true);
});

test('she is told who opened what, when, and why it opened: by consent, or because the town approved it', async () => {
  const house = await inside(file);
  const [sharing] = [{ kinds: ['vital-signs' as const], sensitive: [], from: 'beginning', until: '2026-12-20' }];
  await house.share({ doctor: idOf(diaz), ...sharing });
  later(1);
  const whenChenLooked = stage.clock();
  await stage.open(chen);
  await stage.open(chen);
  later(1);
  const desk = await inside(await fileOf(diaz));
  const [hers] = await desk.patients();
  await desk.overview(hers!.id);
  // An open desk goes on opening what is new, also while the cloud's tables are put back to what they were: its mediator remembers that.
  await desk.lock();
  later(30);
  await stage.open(chen);

  const { looks, lookers, problems } = await house.receipts();
  expect(problems).toEqual([]);
  const seen = looks.filter(({ deed }) => deed === 'looked');
  expect(seen.map(({ who, kinds, reason, places }) => ({ who, kinds, reason, places }))).toEqual([
    { who: idOf(chen), kinds: ['laboratory'], reason: 'approved', places: ['northgate'] },
    { who: idOf(diaz), kinds: ['vital-signs'], reason: 'allowed', places: ['northgate'] },
    { who: idOf(chen), kinds: ['laboratory'], reason: 'approved', places: ['northgate'] },
  ]);
  expect(seen[2]!.at).toBe(Math.floor(whenChenLooked / 1000) * 1000);
  expect(lookers.map(({ kind, name }) => [kind, name])).toContainEqual(['doctor', 'Dr Diaz']);
  expect(looks.find(({ deed }) => deed === 'let')).toMatchObject({ who: idOf(ada), reason: null });
});

test('she takes home what a witness saw, and anybody can check it offline', async () => {
  await witness();
  const house = await inside(file);
  expect(await refusal(house.receiptsCopy())).toBe('missing');
  const { count } = await house.receipts();
  const { name, bytes } = await house.receiptsCopy();
  expect(name).toMatch(/-receipts\.cbor$/);
  const report = verifyExport(bytes, foundingHash(stage.town.manifest));
  expect(report).toMatchObject({ kind: 'read', holds: true, manifest: 'pinned' });
  expect(report.kind === 'read' && report.receipts.length).toBe(count);
});

test('a doctor has no receipts of others', async () => {
  const desk = await inside(await fileOf(diaz));
  expect(await refusal(desk.receipts())).toBe('denied');
  await desk.lock();
});

test('what was written and is not there any more is told, beside what is', async () => {
  const house = await inside(file);
  await putBackAfter(stage, [ada, chen, northgate.keyring], stage.cloudAs(ada), async () => {
    await stage.sql('delete from shelf_mi where pat = $1', [Buffer.from(northgate.keyring.charts[0]!.pat)]);
    const { problems, looks } = await house.receipts();
    expect([...problems].sort()).toEqual(['changed', 'gone']);
    // Who did what is told all the same.
    expect(looks.length).toBeGreaterThan(0);
  });
});

test('a log that was rolled back while her page was closed is noticed when she comes back', async () => {
  const store = memoryStore();
  const house = await inside(file, store);
  const before = await house.receipts();
  expect(before.problems).toEqual([]);
  await house.lock();
  await putBackAfter(stage, [ada, chen, northgate.keyring], stage.cloudAs(ada), async () => {
    // The cloud forgets the last acts and signs what is left anew; another look makes it as long as it was.
    const [last] = await stage.sql<{ place: string }>('select max(place) as place from receipt');
    await stage.sql('delete from receipt where place = $1', [last!.place]);
    await stage.sql('update receipt set place = null');
    await stage.sql('update card_receipt set place = null');
    // It keeps back what her devices signed: whoever never saw that misses nothing.
    await stage.sql('delete from device_witness');
    for (const table of ['log', 'log_node', 'map_node']) await stage.sql(`truncate ${table}`);
    await stage.sql('insert into unmapped select pat, posting_id from posting');
    // Whoever brings the keyring anew saw none of it: to her the log is as good as any.
    expect((await (await inside(file)).receipts()).problems).toEqual([]);

    const again = await inside(ada.name, store);
    const { problems, looks } = await again.receipts();
    expect(problems).toEqual(['log']);
    expect(looks).toEqual([]);
    await again.lock();
  });
  expect((await (await inside(ada.name, store)).receipts()).problems).toEqual([]);
});
