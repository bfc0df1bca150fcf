/**
 * When a page locks itself, and what is left of it then. And one day in Arabic, from right to left.
 */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, comesIn, link, reads, sees, shown, unlocks } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage({ settlers: { organisations: ['northgate', 'harbour'], patients: ['ada'], doctors: [] } });
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const nothingOfHers = async (page: Page) => expect(await shown(page)).not.toMatch(/mmHg|Cholesterol|Amlodipine/);

test('a page that nobody touches says so, stays for whoever answers, and else locks', { timeout: 200_000 }, async () => {
  await using visit = await stage.visit();
  const { page, context } = visit;
  await context.clock.install();
  await page.reload();
  await comesIn(page, 'Ada Marlow');
  await reads(page, /higher than usual/);
  await context.clock.fastForward('14:10');
  await sees(page, 'Still here?');
  await button(page, 'I am still here').click();
  await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
  await context.clock.fastForward('13:00');
  await reads(page, /higher than usual/);
  await context.clock.fastForward('02:30');
  await reads(page, 'Locked');
  await sees(page, 'This page locked itself, because nobody touched it for a while.');
  await nothingOfHers(page);
  // Back at the same address, with the passphrase.
  expect(page.url()).toContain('/patient');
});

test('Shift+L locks at once, a reload locks, and so does coming back to a page that was left', { timeout: 200_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await comesIn(page, 'Ada Marlow');
  await link(page, 'See the trend').click();
  await reads(page, /^Blood pressure$/);
  await page.keyboard.press('Shift+L');
  await reads(page, 'Locked');
  await nothingOfHers(page);
  await page.goBack();
  await nothingOfHers(page);
  await page.goto(stage.url);
  await comesIn(page, 'Ada Marlow');
  await reads(page, /higher than usual/);
  await page.reload();
  await reads(page, /^Sign in|^Locked/);
  await nothingOfHers(page);
  await page.goto(stage.url);
  await comesIn(page, 'Ada Marlow');
  await reads(page, /higher than usual/);
  await page.goto(`${stage.url}/town.json`);
  await page.goBack();
  await reads(page, /^Sign in|^Locked/);
  await nothingOfHers(page);
  expect(visit.faults).toEqual([]);
});

/** The portal's own words, English where a language has none. */
function wordsIn(language: string, room: string): (key: string, names?: Readonly<Record<string, string>>) => string {
  const read = (of: string) =>
    JSON.parse(readFileSync(new URL(`../../../apps/portal/src/locales/${of}/${room}.json`, import.meta.url), 'utf8')) as object;
  const find = (words: object, key: string) =>
    key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], words);
  const [own, english] = [read(language), read('en')];
  return (key, names = {}) =>
    String(find(own, key) ?? find(english, key)).replaceAll(/\{\{(\w+)[^}]*\}\}/g, (_, name: string) => names[name] ?? '');
}

test('Ada reads Arabic, from right to left', { timeout: 200_000 }, async () => {
  await using visit = await stage.visit({ size: 'phone', language: 'ar' });
  const { page } = visit;
  const door = wordsIn('ar', 'door');
  const patient = wordsIn('ar', 'patient');
  const shell = wordsIn('ar', 'shell');
  await reads(page, door('doors.title'));
  expect(await page.evaluate('document.documentElement.dir + " " + document.documentElement.lang')).toBe('rtl ar');
  await link(page, 'Ada Marlow').click();
  await page.getByLabel(door('signIn.passphrase'), { exact: true }).fill('wrong by a word');
  await button(page, door('signIn.unlock')).click();
  await sees(page, door('signIn.wrong'));
  await page.getByLabel(door('signIn.passphrase'), { exact: true }).fill('lantern steps');
  await button(page, door('signIn.unlock')).click();
  await reads(page, patient('headline.above.blood-pressure'));
  // Nothing reaches over the edge, on whichever side it begins.
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await link(page, patient('home.trend')).click();
  await page.waitForURL(/blood-pressure/);
  await page
    .getByRole('navigation', { name: shell('places') })
    .filter({ visible: true })
    .getByRole('link', { name: shell('place.records') })
    .click();
  await reads(page, patient('records.title'));
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page
    .getByRole('group', { name: patient('records.title') })
    .getByRole('link')
    .first()
    .click();
  await page.waitForURL(/\/patient\/records\/[0-9a-f]+/);
  await page.keyboard.press('Shift+L');
  await reads(page, door('signIn.again'));
  // At the same address, for whoever comes back.
  expect(page.url()).toMatch(/\/patient\/records\/[0-9a-f]+/);
  expect(visit.faults).toEqual([]);
});

test('whoever forgets capital letters may try as often as they like', { timeout: 200_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await link(page, 'Ada Marlow').click();
  for (const wrong of ['Lantern Steps', 'lantern steps ', 'lantern']) {
    await unlocks(page, wrong);
    await sees(page, 'Check for capital letters and spaces at the end.');
  }
  await unlocks(page, 'lantern steps');
  await reads(page, /higher than usual/);
});
