/**
 * Nobody trips: axe on every page and state, light and dark, desk and phone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe } from './axe.testing.ts';
import { bringCrowd, type Crowd } from './crowd.testing.ts';
import { comesIn, step } from './deeds.testing.ts';
import { type Hours, twoHours } from './hours.testing.ts';
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

const looks = [
  { size: 'desk', scheme: 'light' },
  { size: 'desk', scheme: 'dark' },
  { size: 'phone', scheme: 'light' },
  { size: 'phone', scheme: 'dark' },
] as const;

for (const { who, views } of walks) {
  test.each(looks)(`axe finds nothing at the door of ${who ?? 'nobody yet'}: $size, $scheme`, { timeout: 400_000 }, async (look) => {
    await using visit = await stage.visit({ ...look, unguarded: true });
    const { page } = visit;
    const found: string[] = [];
    if (who !== null) await comesIn(page, who);
    for (const { name, show } of views) {
      await step(`${name} is shown`, page, () => show(page));
      found.push(...(await axe(page, name)));
    }
    expect(found).toEqual([]);
  });
}

/** Each state in a window of its own, whose clock stands still. */
async function foundIn(some: readonly State[], look: (typeof looks)[number], ahead = 0): Promise<string[]> {
  const found: string[] = [];
  for (const { name, show } of some) {
    const moment = Date.now() + ahead;
    await using visit = await stage.visit({ ...look, unguarded: true, frozen: moment });
    await step(`${name} is shown`, visit.page, () => show(visit, moment));
    found.push(...(await axe(visit.page, name)));
  }
  return found;
}

test.each(looks)(
  'axe finds nothing while records open, fail to come, wait for a line or for somebody: $size, $scheme',
  {
    timeout: 400_000,
  },
  async (look) => {
    expect(await foundIn(states, look)).toEqual([]);
  },
);

let crowd: Promise<Crowd> | undefined;

test.each(looks)('axe finds nothing among very many rows: $size, $scheme', { timeout: 400_000 }, async (look) => {
  crowd ??= bringCrowd(stage, { records: 1_200, patients: 40 });
  expect(await foundIn(crowdedStates(await crowd), look)).toEqual([]);
});

let endings: Promise<readonly State[]> | undefined;

test.each(looks)('axe finds nothing where keys end soon or have ended: $size, $scheme', { timeout: 400_000 }, async (look) => {
  endings ??= endingStates(stage);
  expect(await foundIn(await endings, look)).toEqual([]);
});

let hours: Promise<Hours> | undefined;

test.each(looks)('axe finds nothing after two hours in which watches sent: $size, $scheme', { timeout: 400_000 }, async (look) => {
  hours ??= twoHours(stage);
  await hours;
  expect(await foundIn(busyStates, look)).toEqual([]);
});

test('axe finds what is there to find', async () => {
  await using visit = await stage.visit({ unguarded: true });
  await visit.page.evaluate(`document.body.append(Object.assign(document.createElement('img'), { src: '/mark.svg' }))`);
  expect((await axe(visit.page, 'doors')).join()).toContain('image-alt');
});

// Last, because the cloud does not come back.
let away: Promise<number> | undefined;

test.each(looks)('axe finds nothing while the cloud is away: $size, $scheme', { timeout: 400_000 }, async (look) => {
  hours ??= twoHours(stage);
  away ??= (await hours).outage();
  expect(await foundIn(outageStates, look, await away)).toEqual([]);
});
