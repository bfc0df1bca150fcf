/**
 * What a patient does to let a doctor read, and to take it back, by role and label.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import { button, goTo, reads, sees } from './deeds.testing.ts';

/** Goes where sharing is, however it stands. */
export async function looksAtSharing(page: Page): Promise<void> {
  await goTo(page, 'Sharing');
  await reads(page, /can see what you share$|^You share with nobody by name$/);
}

/** Takes everything back, so that the day begins with nothing shared. */
export async function sharesNothing(page: Page): Promise<void> {
  const nothing = page.getByRole('heading', { name: 'Only you and the clinics that wrote them see your records' });
  const stops = page.getByRole('button', { name: /^Stop (Dr|Harbour)/ });
  await looksAtSharing(page);
  while (!(await nothing.isVisible())) {
    for (let left = await stops.count(); left > 0; left--) {
      await stops.first().click();
      await sees(page, 'It stopped at once');
      await stops.nth(left - 1).waitFor({ state: 'detached' });
    }
    // What was stopped stays in its place until one comes back.
    await goTo(page, 'Home');
    await looksAtSharing(page);
    await nothing.or(stops.first()).first().waitFor();
  }
}

/** First step: who. */
export async function choosesWho(page: Page, doctor: string): Promise<void> {
  await button(page, /^Share (with somebody|something)$/).click();
  await reads(page, 'Who may see something?');
  await page.getByRole('radio', { name: doctor }).check();
}

/** Second step: what, by the names of groups. */
export async function choosesWhat(page: Page, groups: readonly string[]): Promise<void> {
  await button(page, 'Choose what').click();
  await reads(page, /^What may .* see\?$/);
  for (const group of groups) await page.getByRole('checkbox', { name: group, exact: true }).check();
}

/** Third step: until when. */
export async function choosesUntil(page: Page, length: string): Promise<void> {
  await button(page, 'Choose until when').click();
  await reads(page, 'Until when?');
  await page.getByRole('radio', { name: length }).check();
}

/** Looks at what it comes to, without sharing yet. */
export async function checks(page: Page): Promise<void> {
  await button(page, 'Check it').click();
  await reads(page, 'Is this what you want?');
}

/** All of it, from the place of sharing. */
export async function shares(page: Page, doctor: string, groups: readonly string[], length: string): Promise<void> {
  await choosesWho(page, doctor);
  await choosesWhat(page, groups);
  await choosesUntil(page, length);
  await checks(page);
  await button(page, 'Share now').click();
  await sees(page, new RegExp(`^Shared with ${doctor} until `));
}
