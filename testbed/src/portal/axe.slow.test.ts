/**
 * Nobody trips: axe on every page and state, light and dark, desk and phone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeInBoth } from './axe.testing.ts';
import { bringCrowd, type Crowd } from './crowd.testing.ts';
import { comesIn, step } from './deeds.testing.ts';
import { type Hours, twoHours } from './hours.testing.ts';
import { rejectedStates } from './rejected.testing.ts';
import { sharingStates } from './sharing-states.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import { busyStates, crowdedStates, endingStates, outageStates, type State, states } from './states.testing.ts';
import { walks } from './views.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const sizes = ['desk', 'phone'] as const;

for (const { who, views } of walks) {
  test.each(sizes)(
    `axe finds nothing at the door of ${who ?? 'nobody yet'}, ${views[0]!.name} and on: %s`,
    { timeout: 400_000 },
    async (size) => {
      await using visit = await stage.visit({ size, unguarded: true });
      const { page } = visit;
      const found: string[] = [];
      if (who !== null) await comesIn(page, who);
      for (const { name, show } of views) {
        await step(`${name} is shown`, page, () => show(page));
        found.push(...(await axeInBoth(page, name)));
      }
      expect(found).toEqual([]);
    },
  );
}

/** Each state in a window of its own, whose clock stands still. */
async function foundIn(some: readonly State[], size: (typeof sizes)[number], ahead = 0): Promise<string[]> {
  const found: string[] = [];
  for (const { name, show } of some) {
    const moment = Date.now() + ahead;
    await using visit = await stage.visit({ size, unguarded: true, frozen: moment });
    await step(`${name} is shown`, visit.page, () => show(visit, moment));
    found.push(...(await axeInBoth(visit.page, name)));
  }
  return found;
}

test.each(sizes)(
  'axe finds nothing while records open, fail to come, wait for a line or for somebody: %s',
  { timeout: 400_000 },
  async (size) => {
    expect(await foundIn(states, size)).toEqual([]);
  },
);

let crowd: Promise<Crowd> | undefined;

test.each(sizes)('axe finds nothing among very many rows: %s', { timeout: 400_000 }, async (size) => {
  crowd ??= bringCrowd(stage, { records: 1_200, patients: 40 });
  expect(await foundIn(crowdedStates(await crowd), size)).toEqual([]);
});

let shared: Promise<readonly State[]> | undefined;

test.each(sizes)('axe finds nothing where somebody shares by name, however it goes: %s', { timeout: 400_000 }, async (size) => {
  shared ??= sharingStates(stage);
  expect(await foundIn(await shared, size)).toEqual([]);
});

let endings: Promise<readonly State[]> | undefined;

test.each(sizes)('axe finds nothing where keys end soon or have ended: %s', { timeout: 400_000 }, async (size) => {
  endings ??= endingStates(stage);
  expect(await foundIn(await endings, size)).toEqual([]);
});

let rejected: readonly State[] | undefined;

test.each(sizes)('axe finds nothing where a doctor who was let in is turned down: %s', { timeout: 400_000 }, async (size) => {
  rejected ??= rejectedStates(stage);
  expect(await foundIn(rejected, size)).toEqual([]);
});

let hours: Promise<Hours> | undefined;

test.each(sizes)('axe finds nothing after two hours in which watches sent: %s', { timeout: 400_000 }, async (size) => {
  hours ??= twoHours(stage);
  await hours;
  expect(await foundIn(busyStates, size)).toEqual([]);
});

test('axe finds what is there to find, by light and by dark', async () => {
  await using visit = await stage.visit({ unguarded: true });
  const pale = '<p style="color: light-dark(black, #333)">Too dark in the dark</p>';
  await visit.page.evaluate(`{
    document.body.append(Object.assign(document.createElement('img'), { src: '/mark.svg' }));
    document.body.insertAdjacentHTML('beforeend', '${pale}');
  }`);
  const found = await axeInBoth(visit.page, 'doors');
  expect(found.filter((line) => line.startsWith('doors, light')).join()).toMatch(/image-alt/);
  expect(found.filter((line) => line.startsWith('doors, light')).join()).not.toMatch(/color-contrast/);
  expect(found.filter((line) => line.startsWith('doors, dark')).join()).toMatch(/color-contrast/);
});

// Last, because the cloud does not come back.
let away: Promise<number> | undefined;

test.each(sizes)('axe finds nothing while the cloud is away: %s', { timeout: 400_000 }, async (size) => {
  hours ??= twoHours(stage);
  away ??= (await hours).outage();
  expect(await foundIn(outageStates, size, await away)).toEqual([]);
});
