/**
 * Nobody trips: axe on every page and state, light and dark, desk and phone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe } from './axe.testing.ts';
import { comesIn, step } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
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

test('axe finds what is there to find', async () => {
  await using visit = await stage.visit({ unguarded: true });
  await visit.page.evaluate(`document.body.append(Object.assign(document.createElement('img'), { src: '/mark.svg' }))`);
  expect((await axe(visit.page, 'doors')).join()).toContain('image-alt');
});
