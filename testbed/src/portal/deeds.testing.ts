/**
 * What people do in the portal, by role and label: nothing here knows how a page is built.
 *
 * @module
 */
import type { Locator, Page } from 'playwright-core';

/** One step of a day; a failure says which one it was, and what stood on the page. */
export async function step<T>(what: string, page: Page, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const there = await shown(page).catch(() => 'nothing');
    throw new Error(`It did not happen that ${what}. At ${page.url()} stood:\n${there.slice(0, 3000)}`, { cause });
  }
}

/** Waits until a heading stands on the page. */
export const reads = (page: Page, heading: string | RegExp): Promise<void> =>
  page.getByRole('heading', { name: heading }).first().waitFor();

/** Waits until words stand somewhere on the page. */
export const sees = (page: Page, words: string | RegExp): Promise<void> =>
  page.getByText(words).filter({ visible: true }).first().waitFor();

/** Everything that stands in the window. */
export const shown = (page: Page): Promise<string> => page.evaluate('document.documentElement.innerText');

/** What the page says, as a person would read it. */
export const textOf = async (page: Page): Promise<string> =>
  (await page.evaluate<string>("document.querySelector('main').innerText")).replaceAll(/\s+/g, ' ').trim();

export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name }).filter({ visible: true }).first();
export const link = (page: Page, name: string | RegExp): Locator => page.getByRole('link', { name }).filter({ visible: true }).first();

/** Goes to one of the places of rail or bar. */
export const goTo = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Places' }).filter({ visible: true }).getByRole('link', { name: place }).click();

/** Chooses in a filter, which is segments on a desk and a list on a phone. */
export async function choose(page: Page, filter: string, option: string | RegExp): Promise<void> {
  const list = page.getByRole('combobox', { name: filter });
  if (await list.isVisible()) {
    const label = (await list.getByRole('option').allInnerTexts()).find((text) =>
      typeof option === 'string' ? text.startsWith(option) : option.test(text),
    );
    await list.selectOption({ label: label ?? String(option) });
    return;
  }
  await page.getByRole('radiogroup', { name: filter }).getByText(option).click();
}

/** Through a door of the demo town, from its first page to behind the door. */
export async function comesIn(page: Page, who: string, passphrase = 'lantern steps'): Promise<void> {
  await link(page, who).click();
  await reads(page, `Sign in as ${who}`);
  await unlocks(page, passphrase);
  await page.getByRole('navigation', { name: 'Places' }).first().waitFor({ state: 'attached' });
}

/** Types a passphrase where one is asked for. */
export async function unlocks(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await button(page, 'Unlock').click();
}

/** With a file from this device instead of a door. */
export async function comesInWithFile(page: Page, keyring: { name: string; bytes: Uint8Array }, passphrase: string): Promise<void> {
  await page.setInputFiles('input[type=file]', {
    name: keyring.name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(keyring.bytes),
  });
  await unlocks(page, passphrase);
}

/** Waits until something is there; it has to be within so many milliseconds. */
export async function soon(what: Locator, within: number): Promise<void> {
  const began = performance.now();
  await what.first().waitFor();
  const took = performance.now() - began;
  if (took > within) throw new Error(`It was there after ${Math.round(took)} ms; ${within} are allowed`);
}
