/**
 * A day of limits: a patient shuts a doctor out who read by her work, and lets her read again; only named doctors, and all of them again.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeInStates } from './axe.testing.ts';
import { button, comesIn, goTo, link, reads, sees, soon, step, textOf } from './deeds.testing.ts';
import { chen, choosesToShutOut, letsReadAgain, limitsStates } from './limits.testing.ts';
import { looksAtSharing } from './sharing.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test('Ada shuts Dr Chen out on her phone, and thinks better of it', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit({ size: 'phone' });
  await using desk = await stage.visit();
  const { page, context } = visit;

  await step('Dr Chen reads by her work', desk.page, async () => {
    await comesIn(desk.page, chen);
    await goTo(desk.page, 'Patients');
    await link(desk.page, 'Ada Marlow').waitFor();
  });
  await step('Ada reads that she does, and how to limit it', page, async () => {
    await comesIn(page, 'Ada Marlow');
    await looksAtSharing(page);
    await sees(page, 'Doctors there read by their work.');
  });
  await step('nothing is said before she is told what it does, and the sheet is left by the keyboard', page, async () => {
    await choosesToShutOut(page, chen);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await textOf(page)).not.toMatch(/any more/);
  });
  await step('where the cloud is away it is said that nothing holds', page, async () => {
    await context.route('**/v1/limits/say', (route) => route.abort());
    await choosesToShutOut(page, chen);
    await button(page, 'Shut out').click();
    await sees(page, /^It could not be said now, so Dr Mei Chen may still open/);
    await context.unrouteAll();
  });
  await step('she says it, and it stands there', page, async () => {
    await button(page, 'Shut out').press('Enter');
    await sees(page, `Nothing of yours opens for ${chen} any more.`);
    await reads(page, chen);
    await sees(page, 'Opens nothing of yours, not even in an emergency.');
    await sees(page, /^It locks by your limits from the next records it writes/);
  });
  await step('Dr Chen’s list loses her by itself', desk.page, async () => {
    await link(desk.page, 'Ada Marlow').waitFor({ state: 'detached', timeout: 20_000 });
  });
  await step('sharing with her says why it cannot be', page, async () => {
    await button(page, /^Share (with somebody|something)$/).click();
    // She works at two places, and is shut out at both.
    await page.getByRole('radio', { name: chen }).first().check();
    await button(page, 'Choose what').click();
    await page.getByRole('checkbox', { name: 'Readings', exact: true }).check();
    await button(page, 'Choose until when').click();
    await page.getByRole('radio', { name: 'A week' }).check();
    await button(page, 'Check it').click();
    await button(page, 'Share now').click();
    await sees(page, /You shut out Dr Mei Chen under “Limits” below/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
  await step('she lets her read again', page, async () => {
    await letsReadAgain(page, chen);
    await button(page, `Let read again ${chen}`).waitFor({ state: 'detached' });
  });
  await step('Dr Chen finds her when she looks again', desk.page, async () => {
    await desk.page.keyboard.press('Shift+L');
    await reads(desk.page, 'Locked');
    await desk.page.getByLabel('Passphrase', { exact: true }).fill('lantern steps');
    await button(desk.page, 'Unlock').click();
    await goTo(desk.page, 'Patients');
    await soon(link(desk.page, 'Ada Marlow'), 20_000);
  });
  await step('only named doctors, and undone from the bar', page, async () => {
    await button(page, 'Only named doctors Northgate Hospital').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Only named doctors' }).click();
    await sees(page, 'Only doctors who are named for you read at Northgate Hospital by their work.');
    await sees(page, 'Only doctors who are named for you read there by their work.');
    await button(page, 'Undo').click();
    await sees(page, /^Doctors read at Northgate Hospital by their work again/);
    await sees(page, 'Doctors there read by their work.');
  });
  expect(desk.faults).toEqual([]);
});

test('axe finds nothing where a patient limits who reads', { timeout: 400_000 }, async () => {
  expect(await axeInStates(stage, limitsStates)).toEqual([]);
});
