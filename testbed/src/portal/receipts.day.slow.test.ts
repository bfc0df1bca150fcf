/**
 * A day of looking who looked: a doctor opens what was shared, the patient reads of it, asks what was checked, takes a copy home,
 * stops him where it looks wrong to her; and what the pages say when the cloud contradicts itself.
 */
import { readFile } from 'node:fs/promises';
import { uncbor, unhex } from '@carelet/crypto/algebra/bytes';
import { verifyExport } from '@carelet/crypto/receipts/export';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axe, axeInStates } from './axe.testing.ts';
import { button, comesIn, goTo, link, reads, sees, shown, step, textOf } from './deeds.testing.ts';
import { diaz, looksAtAda, looksWhoLooked, receiptsStates, toAll, whileSomethingIsGone } from './receipts.testing.ts';
import { looksAtSharing, shares, sharesNothing } from './sharing.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import type { VisitOptions } from './visit.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

afterEach(async () => {
  await using visit = await stage.visit();
  await comesIn(visit.page, 'Ada Marlow');
  await sharesNothing(visit.page);
}, 120_000);

async function spendDay(options: VisitOptions): Promise<void> {
  await using visit = await stage.visit(options);
  const { page } = visit;

  await step('Ada shares, and nobody has opened it yet', page, async () => {
    await comesIn(page, 'Ada Marlow');
    await looksAtSharing(page);
    await shares(page, diaz, ['Readings'], 'A week');
    await page.getByRole('definition').filter({ hasText: 'Not yet' }).waitFor();
  });
  await step('he opens it, and the list says so in a sentence', page, async () => {
    await looksAtAda(stage, diaz);
    await looksWhoLooked(page);
    await sees(page, `${diaz} opened your`);
    await sees(page, 'You allowed this');
  });
  await step('one person alone is chosen, and the address says so', page, async () => {
    const whose = page.getByRole('combobox', { name: 'Whose' });
    const [label] = (await whose.getByRole('option').allInnerTexts()).filter((text) => text.startsWith(diaz));
    await whose.selectOption({ label: label! });
    expect(new URL(page.url()).searchParams.get('who')).toMatch(/^[0-9a-f]{32}$/);
    const list = page.getByRole('group', { name: 'Who looked' });
    for (const sentence of await list.getByRole('listitem').allInnerTexts()) expect(sentence).toContain(diaz);
    await page.goBack();
    expect(await whose.inputValue()).toBe('');
  });
  await step('the tick says in words what was checked', page, async () => {
    await button(page, new RegExp(`^Checked. What was checked\\? ${diaz}`)).click();
    await reads(page, 'What this device checked');
    await sees(page, /^Every receipt stands in the log/);
    await sees(page, /signed that it only grew/);
    expect(await shown(page)).not.toMatch(/[0-9a-f]{16}/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
  await step('the copy holds, offline, by the hash the town is known by', page, async () => {
    // What was written while the town was founded, a clinic's box has to have seen.
    for (const cloudlet of stage.town.cloudlets.values()) await cloudlet.witness();
    await looksAtSharing(page);
    await looksWhoLooked(page);
    await page.getByRole('button', { name: 'Keep a copy' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Keep a copy').click()]);
    expect(download.suggestedFilename()).toBe('ada-receipts.cbor');
    const report = verifyExport(new Uint8Array(await readFile(await download.path())), unhex(stage.town.addresses.manifest));
    expect(report).toMatchObject({ kind: 'read', manifest: 'pinned', hidden: [], holds: true });
  });
  await step('it looks wrong to her, and she stops it there and has words for the clinic', page, async () => {
    await button(page, new RegExp(`^Looks wrong\\? ${diaz}`)).click();
    await reads(page, 'Say it to the clinic');
    expect(await page.getByRole('region', { name: 'What to say' }).textContent()).toMatch(
      /Dr Rafael Diaz opened your .* receipt \d+ of the log/,
    );
    expect(await axe(page, 'looks wrong')).toEqual([]);
    await button(page, `Stop ${diaz}`).click();
    await sees(page, 'It stopped at once');
    await page.keyboard.press('Escape');
  });
  await step('the place of sharing has lost him, and what he looked at stays in the list', page, async () => {
    await looksAtSharing(page);
    await reads(page, 'You share with nobody by name');
    expect(await textOf(page)).toContain(`${diaz} opened your`);
  });
  expect(visit.faults).toEqual([]);
}

// The checker has to be let in.
test('Ada looks who looked, on a phone', { timeout: 300_000 }, () => spendDay({ size: 'phone', unguarded: true }));

test('a share says when it was opened last', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await comesIn(page, 'Ada Marlow');
  await looksAtSharing(page);
  await shares(page, diaz, ['Readings'], 'A week');
  await looksAtAda(stage, diaz);
  await looksWhoLooked(page);
  await looksAtSharing(page);
  await page
    .getByRole('definition')
    .filter({ hasText: /^Today .*, once since you allowed it$/ })
    .waitFor();
});

test('when the cloud contradicts itself it is said, with what is safe, and nothing is ticked', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await comesIn(page, 'Ada Marlow');
  await page.getByRole('heading', { name: 'To do' }).waitFor();
  await whileSomethingIsGone(stage, async () => {
    await goTo(page, 'Sharing');
    await sees(page, 'The list of looks contradicts itself');
    await link(page, toAll).click();
    await reads(page, 'The list of looks contradicts itself');
    await sees(page, 'A part of your records is not what the log says it is.');
    await sees(page, /^What you have is still locked/);
    expect(await page.getByRole('button', { name: /^Checked/ }).count()).toBe(0);
    // It is being looked through again as the page is opened.
    await button(page, 'Check again').click({ trial: true });
  });
  await step('and once it fits again, it is said too', page, async () => {
    await button(page, 'Check again').click();
    await sees(page, /receipts? checked/);
  });
});

test('a browser remembers which log it saw, also when it is closed', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit();
  const { page } = visit;
  await comesIn(page, 'Ada Marlow');
  await looksWhoLooked(page);
  await page.reload();
  const asked = page.waitForRequest('**/v1/receipts/nodes');
  await page.getByLabel('Passphrase', { exact: true }).fill('lantern steps');
  await button(page, 'Unlock').click();
  const { seen } = uncbor(new Uint8Array((await asked).postDataBuffer()!)) as { seen: number };
  expect(seen).toBeGreaterThan(0);
});

test('axe finds nothing where somebody looks who looked', { timeout: 400_000 }, async () => {
  expect(await axeInStates(stage, await receiptsStates(stage))).toEqual([]);
});
