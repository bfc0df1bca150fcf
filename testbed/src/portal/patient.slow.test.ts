/**
 * A patient's day: she sees what changed, looks closer, does not believe it, proves it, measures, keeps her keyring,
 * locks. At its end the doctor sees what she sent.
 */
import { vital } from '@carelet/care/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, choose, comesIn, goTo, link, reads, sees, shown, soon, step, textOf, unlocks } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import type { VisitOptions } from './visit.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

/** The same day for everybody; `measured` is what the watch sends in it. */
async function spendDay(options: VisitOptions, measured: readonly [number, number]): Promise<void> {
  await using visit = await stage.visit(options);
  const { page } = visit;
  const pressure = measured.join('/');

  await step('the town asks whose eyes to look through', page, () => reads(page, 'Whose eyes do you want to look through?'));
  await step('Ada goes to her door', page, () => link(page, 'Ada Marlow').click());
  await step('a wrong passphrase gets a kind word', page, async () => {
    await unlocks(page, 'lantern stepz');
    await sees(page, 'This passphrase does not open it');
    await sees(page, 'Nothing was lost, and you can try as often as you like.');
  });
  await step('the right one opens her home, and its title is the news', page, async () => {
    await unlocks(page, 'lantern steps');
    await reads(page, 'Your blood pressure is higher than usual this week');
  });
  await step('she looks at the trend', page, async () => {
    await link(page, 'See the trend').click();
    await reads(page, /^Blood pressure$/);
    await reads(page, /Above your usual on \d of the last 7 days/);
  });
  await step('she asks for a year, and the address says so', page, async () => {
    await choose(page, 'How much to show', 'Year');
    await page.waitForURL(/days=365/);
  });
  await step('going back is going back', page, async () => {
    await page.goBack();
    await page.waitForURL((url) => !url.search.includes('365'));
    await reads(page, /^Blood pressure$/);
  });
  await step('she opens one reading', page, async () => {
    await link(page, /^Open the reading of/).click();
    await page.waitForURL(/\/patient\/records\//);
    await link(page, 'How do I know?').waitFor();
  });
  await step('she does not believe it, and sees both sides', page, async () => {
    await link(page, 'How do I know?').click();
    await reads(page, 'How do I know?');
    await sees(page, /was fetched from the cloud at/);
    await sees(page, 'The record');
    await sees(page, 'Opens to what you see');
  });
  await step('she changes one character, and it does not open', page, async () => {
    await button(page, /Change one character/).click();
    await sees(page, 'It did not open. One changed character is enough.');
  });
  await step('she tries another key, and it does not open', page, async () => {
    await button(page, /Open it with another key/).click();
    await sees(page, 'Another key gets nothing out of it.');
  });
  await step('her records are all there, by kind', page, async () => {
    await goTo(page, 'Records');
    await sees(page, /^[\d,]+ records, in all\.$/);
    await choose(page, 'Kind of record', /^Results/);
    await page.waitForURL(/kind=results/);
  });
  await step('a filter that leaves nothing says so, and lets go', page, async () => {
    await choose(page, 'Time', 'Week');
    await choose(page, 'Kind of record', /^Conditions|^All/);
    await page.waitForURL(/time=week/);
    await choose(page, 'Time', 'All time');
    await sees(page, /^[\d,]+ records, in all\.$/);
  });
  await step('a page loaded anew is locked', page, async () => {
    await page.reload();
    await reads(page, /^(Sign in|Locked)/);
    // That her keyring rests here is said, once it was looked up, and no more of her.
    await sees(page, 'Keyrings in this browser');
    await page.getByText('Ada Marlow').waitFor();
    expect((await shown(page)).replace('Ada Marlow', '')).not.toMatch(/Marlow|mmHg/);
    await page.goto(stage.url);
    await comesIn(page, 'Ada Marlow');
  });
  await step('what her watch measures now stands on her home by itself', page, async () => {
    await reads(page, /higher than usual/);
    await stage.watchSends([vital('blood-pressure', Date.now(), 'ada-watch', measured)]);
    await soon(page.getByText(pressure), 2000);
  });
  await step('she keeps a copy of her keyring', page, async () => {
    await page.getByRole('button', { name: /^Ada Marlow/ }).click();
    await page.getByRole('menuitem', { name: 'Account and language' }).click();
    await reads(page, 'Your account');
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Save a copy').click()]);
    expect(file.suggestedFilename()).toBe('ada.keyring');
    await sees(page, 'Saved as ada.keyring.');
  });
  await step('she locks, and nothing of her is left on the page', page, async () => {
    await page.keyboard.press('Shift+L');
    await reads(page, 'Locked');
    // But that her keyring rests here, once it was looked up.
    expect((await shown(page)).replace('Ada Marlow', '')).not.toMatch(/Marlow|mmHg|Cholesterol/);
  });
  await step('the doctor sees what Ada sent', page, async () => {
    await using desk = await stage.visit();
    await comesIn(desk.page, 'Dr Mei Chen');
    await reads(desk.page, /needs? a look/);
    await sees(desk.page, pressure);
    expect(desk.faults).toEqual([]);
  });
  await step('a doctor whom she lets see nothing sees nothing of it', page, async () => {
    await using desk = await stage.visit();
    await comesIn(desk.page, 'Dr Rafael Diaz');
    await goTo(desk.page, 'Patients');
    await reads(desk.page, '1 patient');
    expect(await textOf(desk.page)).not.toMatch(/Ada|Marlow/);
  });
  expect(visit.faults).toEqual([]);
}

test('Ada spends her day on a phone', { timeout: 400_000 }, () => spendDay({ size: 'phone', scheme: 'light' }, [171, 104]));

test('Ada spends her day at a desk, in the dark', { timeout: 400_000 }, () => spendDay({ size: 'desk', scheme: 'dark' }, [173, 103]));
