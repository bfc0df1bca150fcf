/**
 * What a patient does to limit who reads by work, by role and label, and the states of it.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import { button, comesIn, sees } from './deeds.testing.ts';
import { looksAtSharing } from './sharing.testing.ts';
import type { State } from './states.testing.ts';

export const chen = 'Dr Mei Chen';

const atLimits = async (page: Page) => {
  await comesIn(page, 'Ada Marlow');
  await looksAtSharing(page);
  await page.getByRole('heading', { name: 'Northgate Hospital' }).scrollIntoViewIfNeeded();
};

/** Chooses who is shut out, and reads what that does. */
export async function choosesToShutOut(page: Page, doctor: string): Promise<void> {
  await button(page, 'Shut a doctor out').click();
  await page.getByRole('radio', { name: doctor }).check();
  await sees(page, new RegExp(`^From now on nothing of yours opens for ${doctor}`));
}

/** Shuts a doctor out who is not yet. */
export async function shutsOut(page: Page, doctor: string): Promise<void> {
  await choosesToShutOut(page, doctor);
  await button(page, 'Shut out').click();
  await sees(page, `Nothing of yours opens for ${doctor} any more.`);
}

/** Takes it back. */
export async function letsReadAgain(page: Page, doctor: string): Promise<void> {
  await button(page, `Let read again ${doctor}`).click();
  await sees(page, new RegExp(`^${doctor} reads again what that work opens`));
}

/** Each leaves it as it was. */
export const limitsStates: readonly State[] = [
  { name: 'limits', show: ({ page }) => atLimits(page) },
  {
    name: 'limits-who',
    async show({ page }) {
      await atLimits(page);
      await choosesToShutOut(page, chen);
    },
  },
  {
    name: 'limits-who-none',
    async show({ page }) {
      await atLimits(page);
      await button(page, 'Shut a doctor out').click();
      await page.getByLabel('Find by name, specialty or place').fill('zebra');
      await sees(page, 'No doctor like this');
      await page.getByRole('dialog').getByRole('button', { name: 'Shut out' }).click();
      await sees(page, 'Choose a doctor first.');
    },
  },
  {
    name: 'limits-named',
    async show({ page }) {
      await atLimits(page);
      await button(page, 'Only named doctors Northgate Hospital').click();
      await sees(page, /^What doctors of Northgate Hospital open by their work closes at once/);
    },
  },
  {
    name: 'limits-said',
    async show({ page }) {
      await atLimits(page);
      const allow = button(page, `Let read again ${chen}`);
      if (!(await allow.isVisible())) await shutsOut(page, chen);
      await allow.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'limits-failed',
    async show({ page, context }) {
      await atLimits(page);
      await context.route('**/v1/limits/state', (route) => route.abort());
      await page.getByRole('link', { name: 'Home' }).first().click();
      await looksAtSharing(page);
      await page.getByRole('alert').first().waitFor();
    },
  },
];
