/**
 * A day with an emergency: a doctor opens what is locked to him, his patient is told while it happens, the clinic says what it thinks of
 * it, and when the hours are over it is closed again.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeInStates } from './axe.testing.ts';
import { beginsEmergency, ben, breaksGlass, brokenStates, emergencyStates, looksAtBens, why } from './break-glass.testing.ts';
import { button, comesIn, goTo, link, reads, sees, shown, step } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test('axe finds nothing before it', { timeout: 300_000 }, async () => {
  expect(await axeInStates(stage, emergencyStates)).toEqual([]);
});

test('Dr Diaz breaks the glass of Ben’s chart, and Ben is told', { timeout: 300_000 }, async () => {
  await using desk = await stage.visit();
  await using phone = await stage.visit({ size: 'phone' });
  const { page } = desk;

  await comesIn(phone.page, ben);
  await step('nothing is told where nothing happened', phone.page, async () => {
    await reads(phone.page, 'To do');
    expect(await shown(phone.page)).not.toMatch(/emergency/);
  });
  await step('Dr Diaz sees blood tests, and no name', page, async () => {
    await comesIn(page, 'Dr Rafael Diaz');
    await looksAtBens(page);
    await reads(page, 'Conditions: locked for you');
    expect(await shown(page)).not.toMatch(/Okoro/);
  });
  await step('by the keyboard, he says why', page, async () => {
    await beginsEmergency(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await breaksGlass(page);
  });
  await step('it opens: a name, and nothing is locked', page, async () => {
    await reads(page, /Okoro/);
    await page.getByRole('heading', { name: 'Conditions: locked for you' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Open in an emergency' }).count()).toBe(0);
  });
  await step('Ben is told on his first page, with the doctor’s words', phone.page, async () => {
    await sees(phone.page, /Dr Rafael Diaz opened your records of Harbour Clinic in an emergency\.$/);
    await sees(phone.page, why);
    await sees(phone.page, /Harbour Clinic has not said yet whether it was right\./);
  });
  await using office = await stage.visit();
  await step('Joan, who signs for the clinic, finds it as something to do', office.page, async () => {
    await comesIn(office.page, 'Joan Pike');
    await sees(office.page, '1 emergency at Harbour Clinic waits for your word.');
    await goTo(office.page, 'People');
    await link(office.page, 'Review').click();
    await reads(office.page, '1 emergency to review');
    await sees(office.page, 'Dr Rafael Diaz');
    await sees(office.page, why);
    // Whose chart it is, she is not told.
    expect(await shown(office.page)).not.toMatch(/Okoro|Chukwuemeka/);
  });
  await step('a cloud that does not answer is told of', office.page, async () => {
    await office.context.route('**/v1/breakGlass/review', (route) => route.abort());
    await button(office.page, 'It was not justified').click();
    await sees(office.page, /^The cloud or the authority does not answer\. Nothing was said/);
    await office.context.unroute('**/v1/breakGlass/review');
  });
  await step('by the keyboard, she says that it was right', office.page, async () => {
    await button(office.page, 'It was justified').focus();
    await office.page.keyboard.press('Enter');
    await reads(office.page, 'No emergency waits for your word');
    await sees(office.page, 'Said: it was justified');
    await sees(phone.page, /Harbour Clinic says that it was right\./);
  });
  await step('and says it anew: the last word counts', office.page, async () => {
    await button(office.page, 'Say it anew').click();
    await button(office.page, 'It was not justified').click();
    await sees(office.page, 'Said: it was not justified');
    await sees(phone.page, /Harbour Clinic says that it was not right\./);
  });
  await step('who looked says what he opened', phone.page, async () => {
    await link(phone.page, /^See what was opened/).click();
    await sees(phone.page, /said it was an emergency, and opened more than usual/);
  });
  await step('locked, nothing of it is left', page, async () => {
    await page.keyboard.press('Shift+L');
    await reads(page, 'Locked');
    expect(await shown(page)).not.toMatch(/Okoro/);
  });
  expect(desk.faults).toEqual([]);
  expect(phone.faults).toEqual([]);
  expect(office.faults).toEqual([]);
});

test('axe finds nothing while it is open', { timeout: 300_000 }, async () => {
  expect(await axeInStates(stage, brokenStates(stage))).toEqual([]);
});

test('when the hours are over it is closed again', { timeout: 200_000 }, async () => {
  await using desk = await stage.visit({ frozen: Date.now() });
  const { page } = desk;
  await comesIn(page, 'Dr Rafael Diaz');
  await goTo(page, 'Patients');
  await link(page, /Okoro/).waitFor();
  const later = 5 * 3_600_000;
  stage.putBack(-later);
  try {
    await desk.later(Date.now() + later);
    await page.reload();
    await page.getByLabel('Passphrase', { exact: true }).fill('lantern steps');
    await button(page, 'Unlock').click();
    await reads(page, '1 patient');
    expect(await shown(page)).not.toMatch(/Okoro/);
  } finally {
    stage.putBack(0);
  }
});
