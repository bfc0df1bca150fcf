/**
 * What a doctor does to ask a patient, and what she does with it, by role and label.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import { button, goTo, link, reads, sees } from './deeds.testing.ts';

/** Opens the chart of a patient who is in sight, from wherever the doctor is. */
export async function looksAtChart(page: Page, patient: string): Promise<void> {
  await goTo(page, 'Patients');
  await link(page, patient).click();
  await reads(page, 'Everything');
}

/** Opens the sheet to ask for what is locked under this name. */
export async function beginsToAsk(page: Page, what: string): Promise<void> {
  await button(page, askFor(what)).click();
  await page.getByRole('dialog').getByLabel('Why').waitFor();
}

/** Asks for what is locked under this name. */
export async function asks(page: Page, what: string, why: string, patient: string): Promise<void> {
  await beginsToAsk(page, what);
  await page.getByRole('dialog').getByLabel('Why').fill(why);
  await button(page, 'Ask now').click();
  await sees(page, `Asked. ${patient} decides.`);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** What the button is called that asks for what is locked under this name, asked before or not. */
export const askFor = (what: string): RegExp => new RegExp(`^Ask( again)?\\s*: ${what}$`);
