/**
 * Carers through the portal's houses: a patient lets somebody read by her code; at that one's own door the other's records stand apart
 * from hers, and are gone when it is taken back.
 */
import { expect, test } from 'vitest';
import { backTo, patient, pulse, refusal, result } from './fixture.testing.ts';
import { ada, ben, chartOf, chen, type HouseEvent, idOf, ids, inside, inTown, northgate, stage, until } from './house.testing.ts';

inTown();

type House = Awaited<ReturnType<typeof inside>>;

const wish: Parameters<House['share']>[0] = {
  ...{ doctor: '', kinds: ['vital-signs'], sensitive: [], from: '2026-11-18', until: '2026-12-20' },
  carer: { name: 'Ben, my neighbour' },
};
const share = async (house: House, code: string, more: Partial<typeof wish> = {}) =>
  house.share({ ...wish, ...more, doctor: (await house.carer(code)).id });
const withMe = async (house: House) => (await house.sharedWithMe()).map(({ id }) => id);
const shortly = (what: () => Promise<boolean>) => {
  let so = false;
  const look = setInterval(() => void what().then((now) => (so = now)), 50);
  return until(() => so, 5_000).finally(() => clearInterval(look));
};

test('nobody shares with somebody who never showed her code, and hers stays the same', async () => {
  const bens = await inside(ben);
  expect(await bens.sharedWithMe()).toEqual([]);
  const code = await bens.carerCode();
  expect(await bens.carerCode()).toBe(code);
  expect(await bens.sharedWithMe()).toEqual([]);
  const adas = await inside(ada);
  expect(await adas.carer(code.toLowerCase())).toEqual({ id: idOf(ben) });
  expect(await refusal(bens.carer(code))).toBe('invalid');
  expect(await refusal(adas.carer('Ben'))).toBe('invalid');
  expect(await refusal(adas.carer('0'.repeat(32)))).toBe('missing');
  expect(await refusal(adas.share({ ...wish, doctor: idOf(ben), carer: { name: ' ' } }))).toBe('invalid');
  expect(await refusal(adas.share({ ...wish, doctor: idOf(chen) }))).toBe('tampered');
  const { carer: _, ...asDoctor } = wish;
  expect(await refusal(adas.share({ ...asDoctor, doctor: idOf(ben) }))).toBe('missing');
  const chens = await inside(chen);
  for (const denied of [chens.carerCode(), chens.carer(code), chens.sharedWithMe()]) expect(await refusal(denied)).toBe('denied');
});

test('what is shared with a carer comes to her door by itself, apart from what is her own, and goes when it is taken back', async () => {
  const [bens, adas] = [await inside(ben), await inside(ada)];
  const own = await ids(bens, idOf(ben));
  const events: HouseEvent[] = [];
  await bens.watch((event) => void events.push(event));
  const grants = await share(adas, await bens.carerCode());
  await shortly(async () => (await withMe(bens)).length === 1);

  const [line] = await bens.sharedWithMe();
  expect(line).toMatchObject({
    id: idOf(ada),
    identity: { name: 'ada', born: null },
    shared: [{ name: 'ada', kinds: ['vital-signs'], sensitive: [], from: '2026-11-18', until: '2026-12-20' }],
  });
  expect(await ids(bens, idOf(ada))).toEqual(['pulse-2026-11-18', 'pulse-2026-11-19']);
  const overview = await bens.overview(idOf(ada));
  expect(overview).toMatchObject({ todos: [], withheld: [], problems: [], counts: { 'vital-signs': 2 }, audience: { people: [] } });
  const [item] = await bens.items(idOf(ada), {});
  expect(await bens.item(idOf(ada), item!.id)).toMatchObject({
    sharedUntil: '2026-12-20',
    audience: { organisations: ['northgate'], people: [] },
  });

  // Her own is what it was, by itself, and the other's is not among it.
  expect((await bens.patients()).map(({ id }) => id)).toEqual([idOf(ben)]);
  expect(await ids(bens, idOf(ben))).toEqual(own);
  expect(await refusal(bens.item(idOf(ben), item!.id))).toBe('missing');
  expect(await bens.overview(idOf(ben))).toMatchObject({ identity: { name: 'Ben Okoro' }, counts: { 'vital-signs': 1 } });

  // She who shares sees whom, by the name she gave, on the list and beside each record.
  expect(await adas.whoReads()).toMatchObject([
    { grants, doctor: { id: idOf(ben), name: 'Ben, my neighbour', carer: true }, state: 'holds' },
  ]);
  expect(await adas.overview(idOf(ada))).toMatchObject({ audience: { people: ['Ben, my neighbour'] } });
  expect(await adas.sharedWithMe()).toEqual([]);

  await stage.take(northgate, [pulse('p-ada', 'afterwards', '2026-11-20T09:00:00Z'), result('p-ada', 'more-blood', '2026-11-20')]);
  await shortly(async () => (await ids(bens, idOf(ada))).includes('afterwards'));
  expect(await ids(bens, idOf(ada))).not.toContain('more-blood');

  const receipts = await adas.receipts();
  expect(receipts.lookers).toContainEqual(expect.objectContaining({ id: idOf(ben), kind: 'carer', name: 'Ben, my neighbour' }));

  expect(await adas.unshare(grants)).toBe('ended');
  await shortly(async () => (await withMe(bens)).length === 0);
  expect(await refusal(bens.overview(idOf(ada)))).toBe('missing');
  expect(await ids(bens, idOf(ben))).toEqual(own);
});

test('what is for Ada to do, and whom somebody lets read her own, is not said of what is shared', async () => {
  const [bens, adas] = [await inside(ben), await inside(ada)];
  const there = await share(adas, await bens.carerCode(), { kinds: ['laboratory'] });
  const back = await bens.share({ ...wish, doctor: (await bens.carer(await adas.carerCode())).id, carer: { name: 'Ada next door' } });
  await shortly(async () => (await withMe(bens)).length === 1 && (await withMe(adas)).length === 1);
  expect(await bens.overview(idOf(ben))).toMatchObject({ audience: { people: ['Ada next door'] } });
  expect(await bens.overview(idOf(ada))).toMatchObject({ counts: { laboratory: 2 }, todos: [], audience: { people: [] } });
  expect((await adas.overview(idOf(ada))).todos.map(({ kind }) => kind)).toContain('read-result');
  await adas.unshare(there);
  await bens.unshare(back);
});

test('a chart that comes without a grant one can read is not shown', async () => {
  const [bens, adas] = [await inside(ben), await inside(ada)];
  const grants = await share(adas, await bens.carerCode());
  await shortly(async () => (await withMe(bens)).length === 1);
  await stage.sql('update consent set letter = $1 where ended is null', [new Uint8Array(100)]);
  const again = await inside(ben);
  expect(await again.sharedWithMe()).toEqual([]);
  expect(await refusal(again.overview(idOf(ada)))).toBe('missing');
  await adas.unshare(grants);
});

test('somebody without a chart of her own can care for another', async () => {
  const adas = await inside(ada);
  const ruth = stage.patient('ruth');
  const ruths = await inside(ruth);
  expect(await ruths.patients()).toEqual([]);
  const grants = await share(adas, await ruths.carerCode());
  await shortly(async () => (await withMe(ruths)).length === 1);
  expect(await ruths.patients()).toEqual([]);
  expect(await ids(ruths, idOf(ada))).toContain('pulse-2026-11-19');
  await adas.unshare(grants);
});

test('what has ended by its date leaves a carer’s list by itself', async () => {
  const [bens, adas] = [await inside(ben), await inside(ada)];
  await share(adas, await bens.carerCode());
  await shortly(async () => (await withMe(bens)).length === 1);
  const now = stage.clock();
  stage.clock.to('2026-12-21T00:00:01Z');
  const again = await inside(ben);
  expect(await again.sharedWithMe()).toEqual([]);
  expect((await again.patients()).map(({ id }) => id)).toEqual([idOf(ben)]);
  await backTo(stage, now, ada, ben);
});

test('a linked patient of another place is nobody’s but her own', async () => {
  await stage.take(northgate, [patient('p-eve', 'Stone', 'Eve'), pulse('p-eve', 'eves', '2026-11-19T11:00:00Z')]);
  const eve = stage.patient('eve');
  await stage.link(northgate, chartOf(northgate, 'urn:uuid:p-eve'), eve);
  const bens = await inside(ben);
  expect(await withMe(bens)).not.toContain(idOf(eve));
  expect(await refusal(bens.items(idOf(eve), {}))).toBe('missing');
});
