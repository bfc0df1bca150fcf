/**
 * A doctor's day at two desks side by side: who needs a look, a chart, a reading that comes in while she sits there.
 */
import { vital } from '@carelet/care/model';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meddle } from '../breach/dump.ts';
import { button, choose, comesIn, comesInWithFile, goTo, link, reads, sees, soon, step, unlocks } from './deeds.testing.ts';
import { newcomer } from './newcomer.testing.ts';
import { neighbours, openPortalStage, type PortalStage } from './stage.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage({ settlers: { ...neighbours, organisations: [...neighbours.organisations, 'st-brigids'] } });
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test('Dr Chen spends her day at two desks', { timeout: 400_000 }, async () => {
  await using left = await stage.visit();
  await using right = await stage.visit({ scheme: 'dark' });
  const { page } = left;
  let records = 0;

  await step('she comes in and is told how many need a look', page, async () => {
    await comesIn(page, 'Dr Mei Chen');
    await reads(page, 'Your one patient needs a look');
  });
  await step('the second desk says the same', right.page, async () => {
    await comesIn(right.page, 'Dr Mei Chen');
    await reads(right.page, 'Your one patient needs a look');
  });
  await step('everybody she may see is one filter away, and the address says so', page, async () => {
    await choose(page, 'Which patients', /^All/);
    await page.waitForURL(/show=all/);
    await choose(page, 'Which patients', /^Needs a look/);
  });
  await step('she goes through the list without a mouse, and opens a chart', page, async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/doctor\/patients\/[0-9a-f]+$/);
    await reads(page, 'Ada Marlow');
  });
  await step('allergies stand beside the name', page, () => sees(page, /Allergic to/));
  await step('what her key does not reach is said to be locked, and not how much it is', page, async () => {
    await sees(page, 'Also locked for you');
  });
  await step('everything is below, and can be narrowed', page, async () => {
    await reads(page, 'Everything');
    await choose(page, 'Kind of record', /^Notes/);
    await page.waitForURL(/kind=notes/);
    await page.goBack();
  });
  await step('she looks at the pressure over a year', page, async () => {
    await link(page, /Blood pressure/).click();
    await reads(page, /^Blood pressure$/);
    await reads(page, /Above their usual on \d of the last 7 days/);
    await choose(page, 'How much to show', 'Year');
    await page.waitForURL(/days=365/);
  });
  await step('she opens a reading and asks how she can know', page, async () => {
    await link(page, /^Open the reading of/).click();
    await link(page, 'How do I know?').click();
    await reads(page, 'How do I know?');
    await sees(page, 'Opens to what you see');
  });
  await step('she finds a patient by name, and the name stays out of the address', page, async () => {
    await goTo(page, 'Patients');
    await reads(page, '1 patient');
    await page.getByLabel('Find by name').fill('okoro');
    await reads(page, 'No patient has this name');
    expect(page.url()).not.toContain('okoro');
    await page.getByLabel('Find by name').press('Escape');
    records = await recordsOf(page);
    expect(records).toBeGreaterThan(100);
  });
  await step('a new reading is at both desks within two seconds', page, async () => {
    await goTo(page, 'Today');
    // She opened the chart at this desk; at the other nobody has looked yet.
    await reads(page, 'Nobody needs a look right now');
    await reads(right.page, 'Your one patient needs a look');
    await stage.watchSends([vital('blood-pressure', Date.now(), 'ada-watch', [224, 121])]);
    await Promise.all([soon(page.getByText('224/121'), 2000), soon(right.page.getByText('224/121'), 2000)]);
    await reads(page, 'Now');
    await reads(page, 'Your one patient needs a look');
  });
  await step('both count it', page, async () => {
    for (const desk of [page, right.page]) {
      await goTo(desk, 'Patients');
      await desk.getByRole('cell', { name: (records + 1).toLocaleString('en'), exact: true }).waitFor();
    }
  });
  await step('she marks it as looked at, and takes that back', page, async () => {
    await goTo(page, 'Today');
    await reads(page, 'Your one patient needs a look');
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await sees(page, 'Marked as looked at.');
    await reads(page, 'Nobody needs a look right now');
    await button(page, 'Undo').click();
    await page.getByText('Marked as looked at.').waitFor({ state: 'hidden' });
    await reads(page, 'Your one patient needs a look');
  });
  await step('she marks it once more, and that lasts when she locks and when she loads the page anew', page, async () => {
    await button(page, 'Looked at').click();
    await reads(page, 'Nobody needs a look right now');
    await reads(page, 'Looked at');
    await page.keyboard.press('Shift+L');
    await reads(page, 'Locked');
    await reads(right.page, '1 patient');
    await unlocks(page, 'lantern steps');
    await reads(page, 'Nobody needs a look right now');
    await page.reload();
    await reads(page, /^Sign in|^Locked/);
    await unlocks(page, 'lantern steps');
    await reads(page, 'Nobody needs a look right now');
    await sees(page, /^Looked at \d\d:\d\d$/);
  });
  await step('it can still be taken back, and a new reading asks for another look by itself', page, async () => {
    await button(page, 'Mark as not looked at').click();
    await reads(page, 'Your one patient needs a look');
    await button(page, 'Looked at').click();
    await reads(page, 'Nobody needs a look right now');
    await stage.watchSends([vital('blood-pressure', Date.now(), 'ada-watch', [221, 117])]);
    await reads(page, 'Your one patient needs a look');
  });
  expect([...left.faults, ...right.faults]).toEqual([]);
});

test('the line falls and comes back: what is open stays, what was missed arrives', { timeout: 400_000 }, async () => {
  await using visit = await stage.visit();
  const { page, context } = visit;
  await comesIn(page, 'Dr Mei Chen');
  await reads(page, /needs a look/);
  await goTo(page, 'Patients');
  await link(page, 'Ada Marlow').click();
  await reads(page, 'Everything');
  await context.setOffline(true);
  await step('she is told, and keeps what is open', page, async () => {
    await sees(page, 'You are offline.');
    await goTo(page, 'Patients');
    await link(page, 'Ada Marlow').click();
    await reads(page, 'Ada Marlow');
  });
  await stage.watchSends([vital('blood-pressure', Date.now(), 'ada-watch', [219, 118])]);
  await context.setOffline(false);
  await step('the banner goes, and the reading is there', page, async () => {
    await page.getByText('You are offline.').waitFor({ state: 'hidden' });
    await sees(page, /219\/118/);
  });
});

test('a doctor whose key reaches nobody reads the same page as one for whom there is nobody', { timeout: 400_000 }, async () => {
  const harbour = await stage.keyrings.of('organisation', 'harbour', 'Harbour Clinic');
  const brigid = await stage.keyrings.of('organisation', 'st-brigids', "St Brigid's Hospital for Women and Children");
  // One is let in where there are patients, for a number that is nobody's; the other where there is no patient.
  const shut = await newcomer(stage, 'field-1', { unit: hex(harbour.keyring.card.id), patients: ['00'.repeat(16)] });
  const alone = await newcomer(stage, 'field-2', { unit: hex(brigid.keyring.card.id), patients: 'everyone' });
  const ada = hex((await stage.keyrings.of('patient', 'ada', 'Ada Marlow')).keyring.card.id);

  const seen: string[][] = [];
  for (const keyring of [shut, alone]) {
    await using visit = await stage.visit();
    const { page } = visit;
    const here: string[] = [];
    const look = async () => void here.push(`${await page.title()}\n${await page.getByRole('main').ariaSnapshot()}`);
    await page.goto(`${stage.url}/sign-in`);
    await comesInWithFile(page, keyring, stage.keyrings.passphrase);
    await reads(page, 'Nobody’s records are open to you yet');
    await look();
    await goTo(page, 'Patients');
    await reads(page, 'Nobody’s records are open to you yet');
    await look();
    // Ada's own address, and one of nobody.
    for (const id of [ada, '5e'.repeat(16)]) {
      await page.evaluate(`history.pushState(null, '', '/doctor/patients/${id}')`);
      await page.evaluate(`dispatchEvent(new PopStateEvent('popstate'))`);
      await page.waitForURL(new RegExp(id));
      await reads(page, /./);
      await page.waitForTimeout(500);
      await look();
    }
    expect(here[2]).toBe(here[3]);
    seen.push(here);
    expect(visit.faults).toEqual([]);
  }
  expect(seen[0]).toEqual(seen[1]);
});

test('a row that somebody changed shows as a problem, and hides nothing good', { timeout: 400_000 }, async () => {
  await using before = await stage.visit();
  await comesIn(before.page, 'Dr Mei Chen');
  await goTo(before.page, 'Patients');
  await before.page.getByRole('cell', { name: /^[\d,]{3,}$/ }).waitFor();
  const whole = await recordsOf(before.page);

  const changed = await meddle(
    stage.town.postgres.url(),
    `update cloud.shelf_mi set ct = overlay(ct placing '\\x00000000' from length(ct) / 2)
     where (pat, row_id) in (select pat, row_id from cloud.shelf_mi where pat = (select pat from cloud.chart where owner = $1 limit 1) order by row_id limit 12)`,
    [Buffer.from((await stage.keyrings.of('patient', 'ada', 'Ada Marlow')).keyring.card.id)],
  );
  expect(changed).toBe(12);
  await using after = await stage.visit();
  await comesIn(after.page, 'Dr Mei Chen');
  await link(after.page, 'Ada Marlow').click();
  await sees(after.page, /do(es)? not fit/);
  await goTo(after.page, 'Patients');
  expect(await recordsOf(after.page)).toBeGreaterThanOrEqual(whole - 12);
});

/** How many records the list of patients says that its one patient has. */
async function recordsOf(page: Page): Promise<number> {
  const cell = page.getByRole('cell', { name: /^[\d,]{3,}$/ });
  await cell.waitFor();
  return Number(((await cell.textContent()) ?? '').replaceAll(',', ''));
}
