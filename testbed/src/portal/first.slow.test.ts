/**
 * The first moments of a visit: what stands there before the page does, and what has been asked by then.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage({ settlers: { organisations: ['harbour'], patients: ['ada'], doctors: [] } });
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test.each([
  { size: 'desk', scheme: 'light', language: 'en-GB', chosen: {}, seen: { dir: 'ltr', lang: 'en', look: 'light' } },
  { size: 'phone', scheme: 'dark', language: 'ar', chosen: {}, seen: { dir: 'rtl', lang: 'ar', look: 'dark' } },
  {
    size: 'desk',
    scheme: 'light',
    language: 'en-GB',
    chosen: { 'carelet-language': 'ar', 'mantine-color-scheme-value': 'dark' },
    seen: { dir: 'rtl', lang: 'ar', look: 'dark' },
  },
] as const)(
  'before the page is there its brand stands where it stays, in the colours that stay: $seen.lang, $seen.look, $size',
  {
    timeout: 60_000,
  },
  async ({ size, scheme, language, chosen, seen }) => {
    await using visit = await stage.visit({ size, scheme, language });
    const { page, context, faults } = visit;
    await page.evaluate(`Object.assign(localStorage, ${JSON.stringify(chosen)})`);
    let go = () => {};
    const held = new Promise<void>((done) => {
      go = done;
    });
    await context.route('**/assets/portal-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.reload({ waitUntil: 'commit' });
    await page.locator('.first-picture').waitFor();
    // Nothing is drawn before the small script has run: the next frame is the first that anybody sees.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const first = await picture(page);
    expect(first).toMatchObject(seen);
    go();
    await page.getByRole('link', { name: 'Ada Marlow' }).waitFor();
    expect(await picture(page)).toEqual(first);
    expect(faults).toEqual([]);
  },
);

test('what the first page asks of the portal is asked once, by the document itself', { timeout: 60_000 }, async () => {
  await using visit = await stage.visit();
  await visit.page.getByRole('link', { name: 'Ada Marlow' }).waitFor();
  const began = await visit.page.evaluate<{ path: string; by: string }[]>(
    `performance.getEntriesByType('resource').map(({ name, initiatorType }) => ({ path: new URL(name).pathname, by: initiatorType }))`,
  );
  for (const path of ['/town.json', '/demo/people.json']) {
    expect(began.filter((one) => one.path === path)).toEqual([{ path, by: 'link' }]);
    expect(visit.tap.sent.filter(({ url }) => new URL(url).pathname === path)).toHaveLength(1);
  }
  expect(visit.faults).toEqual([]);
});

/** Where mark and word of the brand stand, to a pixel, and what the page says of itself. */
const picture = (page: Page): Promise<Record<string, unknown>> =>
  page.evaluate(`(async () => {
    await document.fonts.load('620 19px "Inter Variable"');
    await document.fonts.ready;
    const { dir, lang, dataset } = document.documentElement;
    const mark = document.querySelector('#root svg');
    const words = document.createTreeWalker(document.getElementById('root'), NodeFilter.SHOW_TEXT);
    const word = document.createRange();
    while (words.nextNode()) if (words.currentNode.data.trim() === 'Carelet') { word.selectNodeContents(words.currentNode); break; }
    const boxes = [mark, word].map((part) => {
      const { x, y, width, height } = part.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    });
    const [page, brand] = [getComputedStyle(document.body), getComputedStyle(mark)];
    return { boxes, dir, lang, look: dataset.mantineColorScheme, ground: page.backgroundColor, ink: page.color, mark: brand.color };
  })()`);
