/**
 * Every task without a mouse: Tab, Enter, space, arrows and the keys that the help names.
 */
import { vital } from '@carelet/care/model';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringCrowd } from './crowd.testing.ts';
import { reads, sees, step } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import { crowdedStates } from './states.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

/** The name of what has the focus, as it is read out, and whether one can see where it is. */
const focused = `(() => {
  const at = document.activeElement;
  const by = (ids) => ids.split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ');
  const name = at.getAttribute('aria-labelledby') ? by(at.getAttribute('aria-labelledby')) : at.getAttribute('aria-label') ?? (at.labels?.[0]?.innerText || at.innerText || at.value || '');
  return name.replaceAll(/\\s+/g, ' ').trim();
})()`;

/** Presses Tab until something of this name has the focus. */
async function tabsTo(page: Page, name: RegExp, back = false): Promise<void> {
  const came: string[] = [];
  for (let times = 0; times < 120; times++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    came.push(await page.evaluate<string>(focused));
    if (name.test(came.at(-1)!)) return;
  }
  throw new Error(`Tab never came to ${name}, but to ${[...new Set(came)].map((one) => one.slice(0, 40)).join(' | ')}`);
}

async function comesInByKeyboard(page: Page, who: string): Promise<void> {
  await page.getByRole('link', { name: who }).waitFor();
  await tabsTo(page, new RegExp(`^${who}`));
  await page.keyboard.press('Enter');
  await reads(page, `Sign in as ${who}`);
  await tabsTo(page, /^Passphrase$/);
  await page.keyboard.type('lantern steps');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Places' }).first().waitFor();
}

test('a patient does everything without a mouse', { timeout: 400_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await comesInByKeyboard(page, 'Ada Marlow');
  await reads(page, /higher than usual/);
  await step('she skips to the page', page, async () => {
    await page.keyboard.press('Tab');
    await tabsTo(page, /^Skip to the page$/, true);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
  });
  await step('she opens the trend and asks for a year', page, async () => {
    await tabsTo(page, /^See the trend$/);
    await page.keyboard.press('Enter');
    await reads(page, /^Blood pressure$/);
    await tabsTo(page, /^(Week|Month|3 months|Year)$/);
    for (let times = 0; times < 4 && !page.url().includes('days=365'); times++) await page.keyboard.press('ArrowRight');
    await page.waitForURL(/days=365/);
  });
  await step('she opens a reading, and both sides of it', page, async () => {
    await tabsTo(page, /^Open the reading of/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/records\//);
    await tabsTo(page, /^How do I know\?$/);
    await page.keyboard.press('Enter');
    await sees(page, 'Opens to what you see');
    await tabsTo(page, /Change one character/);
    await page.keyboard.press('Enter');
    await sees(page, 'It did not open.');
  });
  await step('she goes to her records by two keys, and through them by arrows', page, async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await reads(page, /^Records$/);
    await page.getByRole('group', { name: 'Records' }).getByRole('link').first().waitFor();
    const first = (await page.getByRole('group', { name: 'Records' }).getByRole('link').first().textContent()) ?? '';
    await tabsTo(page, new RegExp(`^${first.replaceAll(/[^\w ]/g, '.')}`));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/patient\/records\/[0-9a-f]+/);
  });
  await step('she reads the help, and closes it', page, async () => {
    await page.keyboard.press('?');
    await reads(page, 'Keyboard shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
  await step('she keeps her keyring', page, async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await reads(page, 'Your account');
    await tabsTo(page, /^Save a copy$/);
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(file.suggestedFilename()).toBe('ada.keyring');
  });
  await step('she locks, and comes back where she was', page, async () => {
    await page.keyboard.press('Shift+L');
    await reads(page, 'Locked');
    expect(page.url()).toContain('/patient/account');
  });
  expect(visit.faults).toEqual([]);
});

test('a patient shares and stops without a mouse', { timeout: 400_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  const presses = async (name: RegExp, key = 'Enter') => {
    await tabsTo(page, name);
    await page.keyboard.press(key);
  };
  await comesInByKeyboard(page, 'Ada Marlow');
  await reads(page, /higher than usual/);
  await step('she goes to Sharing by two keys, and begins', page, async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await reads(page, 'You share with nobody by name');
    await presses(/^Share with somebody$/);
    await reads(page, 'Who may see something?');
  });
  await step('she finds the doctor, and compares', page, async () => {
    await tabsTo(page, /^Find by name/);
    await page.keyboard.type('liver');
    await page.getByRole('radio').nth(1).waitFor({ state: 'detached' });
    await presses(/^Dr Rafael Diaz$/, 'Space');
    await presses(/^Is it the right one/);
    await sees(page, /^Ask Dr Rafael Diaz to read out/);
    await presses(/^Choose what$/);
  });
  await step('each step begins at its question', page, async () => {
    await reads(page, 'What may Dr Rafael Diaz see?');
    expect(await page.evaluate<string>(focused)).toBe('What may Dr Rafael Diaz see?');
    await presses(/^Readings$/, 'Space');
    await presses(/^Choose until when$/);
    await reads(page, 'Until when?');
  });
  await step('she chooses a length by arrows, and shares', page, async () => {
    await presses(/^A week$/, 'Space');
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { name: 'A month' }).isChecked()).toBe(true);
    await presses(/^Check it$/);
    await reads(page, 'Is this what you want?');
    await presses(/^Share now$/);
    await reads(page, '1 doctor can see what you share');
  });
  await step('she stops, and the focus is on what it did', page, async () => {
    await presses(/^Stop Dr Rafael Diaz$/);
    await reads(page, 'You no longer share with Dr Rafael Diaz');
    expect(await page.evaluate<string>(focused)).toMatch(/^You no longer share with Dr Rafael Diaz It stopped at once/);
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>(focused)).toBe('Share again Dr Rafael Diaz');
  });
  expect(visit.faults).toEqual([]);
});

test('a doctor does everything without a mouse', { timeout: 400_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await stage.watchSends([vital('blood-pressure', Date.now(), 'ada-watch', [169, 101])]);
  await comesInByKeyboard(page, 'Dr Mei Chen');
  await reads(page, /needs a look/);
  await step('e marks her as looked at', page, async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await sees(page, 'Marked as looked at.');
  });
  await step('she opens the chart from everybody', page, async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await reads(page, '1 patient');
    await tabsTo(page, /^Find by name$/);
    await page.keyboard.type('marlow');
    await tabsTo(page, /^Ada Marlow$/);
    await page.keyboard.press('Enter');
    await reads(page, 'Everything');
  });
  await step('she moves along the heart trace', page, async () => {
    await tabsTo(page, /^Open$|Heart trace/);
    await page.keyboard.press('Enter');
    await sees(page, '25 mm a second, 10 mm a millivolt');
    await tabsTo(page, /^Heart trace (of|:)/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('+');
  });
  expect(visit.faults).toEqual([]);
});

test('more than a thousand records are counted, stand there whole, and the last is one key away from the first', {
  timeout: 400_000,
}, async () => {
  const crowd = await bringCrowd(stage, { records: 1_200, patients: 2 });
  const [{ show }] = crowdedStates(crowd) as [ReturnType<typeof crowdedStates>[number]];
  await using visit = await stage.visit();
  const { page } = visit;
  await show(visit, Date.now());
  const rows = page.getByRole('group', { name: 'Records' }).getByRole('listitem');
  expect(await rows.count()).toBe(1_200);
  const here = () =>
    page.evaluate<number>(`[...document.querySelectorAll('[role=group] li')].findIndex((row) => row.contains(document.activeElement))`);
  await rows.first().getByRole('link').focus();
  await page.keyboard.press('End');
  expect(await here()).toBe(1_199);
  await page.keyboard.press('ArrowUp');
  expect(await here()).toBe(1_198);
  expect(await page.evaluate('scrollY > 10_000')).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/patient\/records\/[0-9a-f]+/);
  await page.goBack();
  await expect.poll(() => page.evaluate<number>('scrollY'), { message: 'she is where she was', timeout: 10_000 }).toBeGreaterThan(10_000);
  expect(visit.faults).toEqual([]);
});

test('an administrator does everything without a mouse', { timeout: 400_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await comesInByKeyboard(page, 'Joan Pike');
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await reads(page, '1 doctor waits for an answer');
  await step('he signs', page, async () => {
    await page.getByRole('link', { name: 'Dr Jonas Lind' }).waitFor();
    await tabsTo(page, /^Dr Jonas Lind$/);
    await page.keyboard.press('Enter');
    await reads(page, 'Will be able to open');
    await tabsTo(page, /^We compared the fingerprint by voice/);
    await page.keyboard.press('Space');
    await tabsTo(page, /^Approve$/);
    await page.keyboard.press('Enter');
    await sees(page, /You signed\. 1 of 2/);
  });
  await step('he invites another, and gives it up', page, async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await reads(page, '1 doctor waits for an answer');
    await tabsTo(page, /^Invite another administrator$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate<string>(focused)).toBe('Invite another administrator');
  });
  expect(visit.faults).toEqual([]);
});
