/**
 * Asking for access through the portal's houses: a doctor asks by a chart she sees something of, her patient decides, and both
 * houses hear of it by themselves.
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import type { House } from '@carelet/portal/house';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { patient, refusal, result } from './fixture.testing.ts';
import { ada, ben, chartOf, chen, idOf, inside, inTown, map, northgate, stage } from './house.testing.ts';

inTown();

type Wish = Parameters<House['askFor']>[1];

const wish = (more: Partial<Wish> = {}): Wish => ({
  ...{ kinds: ['vital-signs'], sensitive: [], until: '2026-12-20', why: 'Your results make me want to see your pulse.' },
  ...more,
});

/** In a house that finds the clinic's box. */
const insideHere = (keyring: typeof ada): Promise<House> =>
  inside(keyring, undefined, {
    map: async () => ({ ...map(), cloudlets: [{ organisation: 'harbour', where: stage.town.cloudlets.get('harbour')!.fetch }] }),
  });

/** Whose chart nobody was linked to yet. */
const nameless = 'urn:uuid:p-cy';

beforeAll(async () => {
  await stage.place('harbour');
  await stage.take(northgate, [patient('p-cy', 'Cray', 'Cy'), result('p-cy', 'sugar', '2026-11-18')]);
});

afterEach(async () => {
  await stage.sql('delete from request');
});

test('a patient reads who asks, what, until when and why', async () => {
  const [house, desk] = [await insideHere(ada), await insideHere(chen)];
  await desk.askFor(idOf(ada), wish());
  const { requests, unreadable } = await house.requests();
  expect(unreadable).toBe(0);
  expect(requests).toMatchObject([{ ...wish(), doctor: { id: idOf(chen), specialty: expect.any(String) }, asked: stage.clock() }]);
  expect(await desk.asked(idOf(ada))).toMatchObject([{ ...wish(), state: 'waits' }]);
  expect(await desk.asked(idOf(ben))).toEqual([]);
});

test('both hear of it by themselves', async () => {
  const [house, desk] = [await insideHere(ada), await insideHere(chen)];
  const heard = { house: 0, desk: 0 };
  await house.watch((event) => void (event.kind === 'changed' && heard.house++));
  await desk.watch((event) => void (event.kind === 'changed' && heard.desk++));
  await house.overview(idOf(ada));
  await desk.overview(idOf(ada));
  await desk.askFor(idOf(ada), wish());
  await expect.poll(() => heard.house, { timeout: 5000 }).toBeGreaterThan(0);
  const before = heard.desk;
  const [one] = (await house.requests()).requests;
  await house.decline({ ...one!, doctor: one!.doctor.id });
  await house.lock();
  await expect.poll(() => heard.desk, { timeout: 5000 }).toBeGreaterThan(before);
  expect(await desk.asked(idOf(ada))).toMatchObject([{ state: 'declined' }]);
});

test('granted as she changed it, it opens at the doctor’s and waits no more', async () => {
  const [house, desk] = [await insideHere(ada), await insideHere(chen)];
  expect((await desk.overview(idOf(ada))).withheld).toContain('vital-signs');
  await desk.askFor(idOf(ada), wish());
  const [one] = (await house.requests()).requests;
  const answering = { chart: one!.chart, request: one!.request };
  const what = { kinds: one!.kinds, sensitive: one!.sensitive, from: 'beginning', until: '2026-11-30' };
  const grants = await house.share({ doctor: one!.doctor.id, ...what, answering });
  expect((await house.requests()).requests).toEqual([]);
  expect(await desk.asked(idOf(ada))).toMatchObject([{ state: 'granted', until: '2026-12-20' }]);
  await expect.poll(async () => (await desk.overview(idOf(ada))).withheld, { timeout: 5000 }).not.toContain('vital-signs');
  await house.unshare(grants);
});

test('declined, it is gone at once; taken back in time, the doctor has heard nothing', async () => {
  const [house, desk] = [await insideHere(ada), await insideHere(chen)];
  await desk.askFor(idOf(ada), wish());
  const [one] = (await house.requests()).requests;
  const declining = { chart: one!.chart, request: one!.request, doctor: one!.doctor.id };
  await house.decline(declining);
  expect((await house.requests()).requests).toEqual([]);
  expect(await desk.asked(idOf(ada))).toMatchObject([{ state: 'waits' }]);
  expect(await house.undecline(declining)).toBe(true);
  expect((await house.requests()).requests).toHaveLength(1);
  expect(await house.undecline(declining)).toBe(false);
});

test('taken back by its doctor, it is gone, and what it was answered with shares nothing', async () => {
  const [house, desk] = [await insideHere(ada), await insideHere(chen)];
  await desk.askFor(idOf(ada), wish());
  const [one] = (await house.requests()).requests;
  const [mine] = await desk.asked(idOf(ada));
  await desk.withdraw(mine!);
  expect(await desk.asked(idOf(ada))).toEqual([]);
  expect((await house.requests()).requests).toEqual([]);
  const answering = { chart: one!.chart, request: one!.request };
  const what = { kinds: one!.kinds, sensitive: [], from: 'beginning', until: '2026-11-30' };
  expect(await refusal(house.share({ doctor: idOf(chen), ...what, answering }))).toBe('conflict');
  expect((await house.whoReads()).filter(({ state }) => state === 'holds')).toEqual([]);
});

test('of a patient who has no keyring nobody is asked, and of a stranger nobody is told', async () => {
  const desk = await insideHere(chen);
  const cradle = hex(chartOf(northgate, nameless).owner);
  expect(await refusal(desk.askFor(cradle, wish()))).toBe('missing');
  expect(await refusal(desk.askFor('0'.repeat(32), wish()))).toBe('missing');
  expect(await refusal(desk.askFor(idOf(ada), wish({ why: '' })))).toBe('invalid');
});

test('each has her own door: a patient asks nobody, a doctor decides nothing', async () => {
  const [house, desk] = [await insideHere(ada), await insideHere(chen)];
  expect(await refusal(house.askFor(idOf(ada), wish()))).toBe('denied');
  expect(await refusal(desk.requests())).toBe('denied');
});
