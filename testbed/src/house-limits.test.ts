/**
 * A patient's limits through the portal's houses: not this doctor, and only doctors who are named for her.
 */
import { numbersOf } from '@carelet/client/keyring/numbers';
import type { House } from '@carelet/portal/house';
import { beforeAll, describe, expect, test } from 'vitest';
import { pulse, refusal } from './fixture.testing.ts';
import { ada, ben, chen, idOf, inside, inTown, northgate, stage, until } from './house.testing.ts';

inTown();

let house: House;
let desk: House;
/** Whether Dr Chen's page lists Ada now, without being asked to look. */
let lists: () => boolean;

beforeAll(async () => {
  house = await inside(ada);
  desk = await inside(chen);
  let known: string[] = [];
  const look = async () => {
    known = (await desk.patients()).map(({ id }) => id);
  };
  // Whoever has left asks nothing more.
  await desk.watch(() => void look().catch(() => {}));
  await look();
  lists = () => known.includes(idOf(ada));
}, 60_000);

describe('a patient who said nothing', () => {
  test('sees that doctors read at her hospital by their work', async () => {
    const { places, denied } = await house.limits();
    expect(places).toEqual([{ chart: expect.stringMatching(/^[0-9a-f]{32}$/), place: 'northgate', byName: false, following: null }]);
    expect(denied).toEqual([]);
    expect(lists()).toBe(true);
  });
});

describe('not this doctor', () => {
  test('closes her chart to him at once, wherever he looks, and says so by his name', async () => {
    expect(await house.deny([idOf(chen)])).toBe('told');
    await until(() => !lists(), 4_000);
    const { places, denied } = await house.limits();
    expect(denied).toMatchObject([{ ids: [idOf(chen)], name: 'Dr Chen', everywhere: true }]);
    expect(denied[0]!.places).toHaveLength(1);
    expect(places).toMatchObject([{ following: 'waits' }]);
  });

  test('is remembered with her keyring, and her hospital says when it locks by it', async () => {
    await stage.take(northgate, [pulse('p-ada', 'later', '2026-11-20T09:50:00Z', {})]);
    expect((await house.limits()).places).toMatchObject([{ following: 'follows' }]);
    const another = await inside(ada);
    expect((await another.limits()).denied).toMatchObject([{ name: 'Dr Chen' }]);
  });

  test('nothing is shared with whoever is shut out', async () => {
    const what = { kinds: ['laboratory'], sensitive: [], from: 'beginning', until: '2026-12-20' } as const;
    expect(await refusal(house.share({ doctor: idOf(chen), ...what }))).toBe('conflict');
    expect(await house.whoReads()).toEqual([]);
  });

  test('is taken back, and his work opens again what it opened', async () => {
    await house.allow([idOf(chen)]);
    expect((await house.limits()).denied).toEqual([]);
    await desk.whoami();
    const again = await inside(chen);
    expect((await again.patients()).map(({ id }) => id)).toContain(idOf(ada));
  });
});

describe('a doctor of two places', () => {
  const what = { kinds: ['laboratory'], sensitive: [], from: 'beginning', until: '2026-12-20' } as const;
  let numbers: string[];

  beforeAll(async () => {
    const vaccines = { parts: ['MI'], kinds: ['immunizations'] } as const;
    const lind = await stage.doctor('Dr Lind', { at: northgate, ...vaccines }, { at: await stage.place('harbour'), ...vaccines });
    numbers = numbersOf(lind).map(idOf);
  });

  test('is one of the people of the town, with both of her cards', async () => {
    const lind = (await house.people()).find(({ name }) => name === 'Dr Lind')!;
    expect([...lind.ids].sort()).toEqual([...numbers].sort());
    expect(lind.places).toHaveLength(2);
    expect((await house.people()).filter(({ ids }) => ids.some((id) => numbers.includes(id)))).toHaveLength(1);
  });

  test('who is denied by one card alone is shut out in part: her other place is named, nothing is shared there, and it is finished', async () => {
    await house.deny([numbers[0]!]);
    const [inPart] = (await house.limits()).denied;
    expect(inPart).toMatchObject({ name: 'Dr Lind', everywhere: false, free: [expect.any(String)] });
    expect([...inPart!.ids].sort()).toEqual([...numbers].sort());
    expect(inPart!.places).toContain(inPart!.free[0]);
    expect(await refusal(house.share({ doctor: numbers[1]!, ...what }))).toBe('conflict');
    await house.deny(inPart!.ids);
    expect((await house.limits()).denied).toMatchObject([{ free: [], everywhere: true }]);
    await house.allow(inPart!.ids);
    expect((await house.limits()).denied).toEqual([]);
  });
});

describe('only doctors who are named for her', () => {
  test('closes what opens by work, and opens again when she says so and the hospital locks anew', async () => {
    const [{ chart } = { chart: '' }] = (await house.limits()).places;
    await house.nameOnly(chart, true);
    expect((await house.limits()).places).toMatchObject([{ byName: true, following: 'waits' }]);
    const closed = await inside(chen);
    expect((await closed.patients()).map(({ id }) => id)).not.toContain(idOf(ada));

    await house.nameOnly(chart, false);
    await stage.take(northgate, [pulse('p-ada', 'open-again', '2026-11-20T09:55:00Z', {})]);
    expect((await house.limits()).places).toMatchObject([{ byName: false, following: 'follows' }]);
    const open = await inside(chen);
    expect((await open.patients()).map(({ id }) => id)).toContain(idOf(ada));
  });
});

test('nobody limits what is not hers, by a number that is none, or from another door', async () => {
  expect(await refusal(house.nameOnly('00'.repeat(16), true))).toBe('missing');
  for (const id of ['', 'Dr Chen', '00']) expect(await refusal(house.deny([id]))).toBe('invalid');
  expect(await refusal(house.deny([idOf(ada)]))).toBe('invalid');
  expect((await house.limits()).denied).toEqual([]);
  expect(await refusal(desk.limits())).toBe('denied');
  expect(await refusal(desk.deny([idOf(ben)]))).toBe('denied');
});
