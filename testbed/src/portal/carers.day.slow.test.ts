/**
 * A day of caring: Ben reads out his carer code, Ada lets him read, he finds her readings apart from his own, and loses them when she
 * stops. She is on her phone, he at a desk in the dark; axe looks at every new page on the way.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeInBoth } from './axe.testing.ts';
import { button, comesIn, goTo, link, reads, sees, shown, soon, step, textOf } from './deeds.testing.ts';
import { checks, choosesUntil, choosesWhat, looksAtSharing } from './sharing.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

/** With Enter, as with a mouse. */
async function checksCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Carer code', { exact: true }).fill(code);
  await page.keyboard.press('Enter');
}

test('Ben cares for Ada', { timeout: 300_000 }, async () => {
  await using adas = await stage.visit({ size: 'phone', unguarded: true });
  await using bens = await stage.visit({ scheme: 'dark', unguarded: true });
  const [ada, ben] = [adas.page, bens.page];
  const found: string[] = [];
  const look = async (page: Page, where: string) => void found.push(...(await axeInBoth(page, where)));

  const code = await step('Ben is shown his code, and nobody shares with him', ben, async () => {
    await comesIn(ben, 'Ben Chukwuemeka Okoro');
    await looksAtSharing(ben);
    await reads(ben, 'If you care for somebody');
    await sees(ben, /^Nobody shares with you so far/);
    await button(ben, 'Show my carer code').click();
    const field = ben.getByLabel('Your carer code');
    await field.waitFor();
    await look(ben, 'code');
    return field.inputValue();
  });
  expect(code).toMatch(/^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);

  await step('Ada says that it is somebody who cares for her, and mistypes his code', ada, async () => {
    await comesIn(ada, 'Ada Marlow');
    await looksAtSharing(ada);
    await button(ada, /^Share (with somebody|something)$/).click();
    await button(ada, 'Somebody who cares for me').click();
    await look(ada, 'carer');
    await ada.getByLabel('What do you call this person?').fill('Ben next door');
    await checksCode(ada, code.slice(0, -1));
    await sees(ada, /^This is not the carer code of somebody else/);
    await look(ada, 'carer-invalid');
    await checksCode(ada, code.startsWith('0') ? `2${code.slice(1)}` : `0${code.slice(1)}`);
    await sees(ada, /^Nobody has this code/);
    expect(await button(ada, 'Choose what').isDisabled()).toBe(true);
  });
  await step('typed right, it is his, as he read it out', ada, async () => {
    await checksCode(ada, code.toLowerCase().replaceAll('-', ' '));
    await sees(ada, 'The code is right. You can go on.');
    await look(ada, 'carer-right');
    expect(ada.url()).not.toMatch(new RegExp(`${code.slice(0, 4)}|next`, 'i'));
  });
  await step('another name would have to be checked again', ada, async () => {
    await ada.getByLabel('What do you call this person?').fill('Ben');
    await ada.getByText('The code is right. You can go on.').waitFor({ state: 'detached' });
    await ada.getByLabel('Carer code', { exact: true }).focus();
    await ada.keyboard.press('Enter');
    await sees(ada, 'The code is right. You can go on.');
  });
  await step('she chooses what and until when, and shares', ada, async () => {
    await choosesWhat(ada, ['Readings']);
    await choosesUntil(ada, 'A month');
    await checks(ada);
    expect(await shown(ada)).toMatch(/Ben\s+will see\s+readings\s+until/);
    await button(ada, 'Share now').click();
    await reads(ada, '1 person can see what you share');
    await sees(ada, 'Cares for you');
    await look(ada, 'given');
  });

  const shares = /^Ada Marlow shares with you: readings, until /;
  await step('it comes to Ben by itself, at Home as well', ben, async () => {
    await soon(link(ben, 'Ada Marlow'), 5000);
    await sees(ben, shares);
    await look(ben, 'with-me');
    await goTo(ben, 'Home');
    await reads(ben, 'Shared with you');
    await look(ben, 'home');
  });
  await step('he opens it, and is told that it is not his', ben, async () => {
    await link(ben, 'Ada Marlow').click();
    await reads(ben, 'What Ada Marlow shares with you');
    await sees(ben, 'These are not your own records.');
    await sees(ben, shares);
    await ben.getByRole('group', { name: 'Records' }).getByRole('link').first().waitFor();
    await look(ben, 'shared');
  });
  await step('a record, its trend and its proof are told as hers, and lead back to hers', ben, async () => {
    await ben.getByRole('group', { name: 'Records' }).getByRole('link').first().click();
    await ben.waitForURL('**/with-you/*/records/*');
    await sees(ben, /^Shared with you until |until/);
    await sees(ben, 'Ada Marlow');
    await sees(ben, 'These are not your own records.');
    await look(ben, 'shared-record');
    await link(ben, 'How do I know?').click();
    await reads(ben, 'How do I know?');
    await sees(ben, 'These are not your own records.');
    await look(ben, 'shared-proof');
    await ben.goBack();
    await link(ben, 'Chart').click();
    await reads(ben, 'What Ada Marlow shares with you');
    await link(ben, /Blood pressure/).click();
    await ben.waitForURL('**/with-you/*/vitals/*');
    await sees(ben, 'Their usual');
    expect(await textOf(ben)).not.toMatch(/your usual/i);
    await look(ben, 'shared-vital');
  });
  await step('among his own records is none of hers', ben, async () => {
    await goTo(ben, 'Records');
    await sees(ben, /records, in all/);
    expect(await textOf(ben)).not.toMatch(/Ada|not your own/);
    expect(ben.url()).not.toContain('with-you');
  });
  await step('Ada stops, and what he looks at is gone', ben, async () => {
    await goTo(ben, 'Home');
    await link(ben, 'Ada Marlow').click();
    await reads(ben, 'What Ada Marlow shares with you');
    await button(ada, 'Stop Ben').click();
    await reads(ada, 'You no longer share with Ben');
    await reads(ben, 'This record is not here');
    await goTo(ben, 'Home');
    await ben.getByRole('heading', { name: 'Shared with you' }).waitFor({ state: 'detached' });
    expect(await textOf(ben)).not.toMatch(/Ada Marlow/);
  });
  await step('Ada shares again where she stopped, and stops', ada, async () => {
    await button(ada, 'Share again Ben').click();
    await reads(ada, '1 person can see what you share');
    await soon(link(ben, 'Ada Marlow'), 5000);
    await button(ada, 'Stop Ben').click();
    await reads(ada, 'You no longer share with Ben');
  });
  expect(found).toEqual([]);
  expect(adas.faults).toEqual([]);
  expect(bens.faults).toEqual([]);
});
