/**
 * Nobody trips: axe on every page and state, light and dark, desk and phone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeAtBoth, axeInBoth, axeInStates } from './axe.testing.ts';
import { bringCrowd } from './crowd.testing.ts';
import { comesIn, step } from './deeds.testing.ts';
import { type Hours, twoHours } from './hours.testing.ts';
import { rejectedStates } from './rejected.testing.ts';
import { sharingStates } from './sharing-states.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import { busyStates, crowdedStates, endingStates, outageStates, states } from './states.testing.ts';
import { walks } from './views.testing.ts';
import { sizes } from './visit.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

for (const { who, views } of walks) {
  test(`axe finds nothing at the door of ${who ?? 'nobody yet'}, ${views[0]!.name} and on`, { timeout: 400_000 }, async () => {
    await using visit = await stage.visit({ unguarded: true });
    const { page } = visit;
    const found: string[] = [];
    if (who !== null) await comesIn(page, who);
    for (const { name, show } of views) {
      await page.setViewportSize(sizes.desk);
      await step(`${name} is shown`, page, () => show(page));
      found.push(...(await axeAtBoth(page, name)));
    }
    expect(found).toEqual([]);
  });
}

test('axe finds nothing while records open, fail to come, wait for a line or for somebody', { timeout: 400_000 }, async () => {
  expect(await axeInStates(stage, states)).toEqual([]);
});

test('axe finds nothing among very many rows', { timeout: 400_000 }, async () => {
  const crowd = await bringCrowd(stage, { records: 1_200, patients: 40 });
  expect(await axeInStates(stage, crowdedStates(crowd))).toEqual([]);
});

test('axe finds nothing where somebody shares by name, however it goes', { timeout: 400_000 }, async () => {
  expect(await axeInStates(stage, await sharingStates(stage))).toEqual([]);
});

test('axe finds nothing where keys end soon or have ended', { timeout: 400_000 }, async () => {
  expect(await axeInStates(stage, await endingStates(stage))).toEqual([]);
});

test('axe finds nothing where a doctor who was let in is turned down', { timeout: 400_000 }, async () => {
  expect(await axeInStates(stage, rejectedStates(stage))).toEqual([]);
});

let hours: Promise<Hours> | undefined;

test('axe finds nothing after two hours in which watches sent', { timeout: 400_000 }, async () => {
  hours ??= twoHours(stage);
  await hours;
  expect(await axeInStates(stage, busyStates)).toEqual([]);
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
test('axe finds nothing while the cloud is away', { timeout: 400_000 }, async () => {
  hours ??= twoHours(stage);
  expect(await axeInStates(stage, outageStates, await (await hours).outage())).toEqual([]);
});
