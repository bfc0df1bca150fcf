/**
 * What a patient does to see who looked, by role and label, and every state of the pages that tell it.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import { cloudTables } from '../cloud-tables.ts';
import { button, comesIn, goTo, link, reads, sees } from './deeds.testing.ts';
import { shares, sharesNothing } from './sharing.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { State } from './states.testing.ts';

export const chen = 'Dr Mei Chen';
export const diaz = 'Dr Rafael Diaz';

/** A doctor comes in, opens Ada's chart, and leaves. */
export async function looksAtAda(stage: Pick<PortalStage, 'visit'>, doctor: string, frozen?: number): Promise<void> {
  await using visit = await stage.visit(frozen === undefined ? {} : { frozen });
  const { page } = visit;
  await comesIn(page, doctor);
  await goTo(page, 'Patients');
  await link(page, 'Ada Marlow').click();
  await reads(page, 'Everything');
}

/** The way to all looks, whatever is known of them. */
export const toAll = /^(All .* looks|.* look in all|Everything, with what was written)$/;

/** Goes to all looks, from wherever one is at a patient's door. */
export async function looksWhoLooked(page: Page): Promise<void> {
  await goTo(page, 'Sharing');
  await link(page, toAll).click();
  await reads(page, /your records this week$|of yours this week$/);
}

/** Takes parts of records out of the cloud's tables while something is looked at, and puts it back. */
export async function whileSomethingIsGone(stage: Pick<PortalStage, 'town'>, work: () => Promise<void>): Promise<void> {
  await using tables = await cloudTables(stage.town);
  // One row of every node that has several: the nodes stay, and the log counts more on them.
  await tables.sql(`create table gone as select distinct on (pat, node_id) * from shelf_mi
    where (pat, node_id) in (select pat, node_id from shelf_mi group by pat, node_id having count(*) > 1)`);
  await tables.sql(
    'delete from shelf_mi using gone where shelf_mi.pat = gone.pat and shelf_mi.row_id = gone.row_id and shelf_mi.version = gone.version',
  );
  try {
    await work();
  } finally {
    await tables.sql('insert into shelf_mi select * from gone');
    await tables.sql('drop table gone');
  }
}

/** Each begins at the portal's first page. Dr Chen has looked before, by what the town approved. */
export async function receiptsStates(stage: PortalStage): Promise<readonly State[]> {
  const ada = async (page: Page) => {
    await comesIn(page, 'Ada Marlow');
    await looksWhoLooked(page);
  };
  const chenLooked = async (moment: number) => looksAtAda(stage, chen, moment);
  return [
    {
      name: 'receipts',
      async show({ page }, moment) {
        await chenLooked(moment);
        await ada(page);
        await sees(page, /opened your/);
      },
    },
    {
      name: 'receipts-everything',
      async show({ page }) {
        await comesIn(page, 'Ada Marlow');
        await sharesNothing(page);
        await shares(page, diaz, ['Readings'], 'A week');
        await looksWhoLooked(page);
        await page.getByRole('radiogroup', { name: 'What' }).getByText('Everything').click();
        await sees(page, 'You shared something.');
      },
    },
    {
      name: 'receipts-checked',
      async show({ page }) {
        await ada(page);
        await button(page, 'What was checked?').click();
        await reads(page, 'What this device checked');
        await page.waitForTimeout(300);
      },
    },
    {
      name: 'receipts-wrong',
      async show({ page }, moment) {
        await chenLooked(moment);
        await ada(page);
        await button(page, new RegExp(`^Looks wrong\\? ${chen}`)).click();
        await reads(page, 'Say it to the clinic');
        await page.waitForTimeout(300);
      },
    },
    {
      name: 'receipts-wrong-shared',
      async show({ page }, moment) {
        await comesIn(page, 'Ada Marlow');
        await sharesNothing(page);
        await shares(page, diaz, ['Readings'], 'A week');
        await looksAtAda(stage, diaz, moment);
        await looksWhoLooked(page);
        await page.getByRole('combobox', { name: 'Whose' }).waitFor();
        await button(page, new RegExp(`^Looks wrong\\? ${diaz}`)).click();
        await button(page, `Stop ${diaz}`).waitFor();
        await page.waitForTimeout(300);
      },
    },
    {
      name: 'receipts-beside',
      async show({ page }) {
        await comesIn(page, 'Ada Marlow');
        await goTo(page, 'Sharing');
        await sees(page, /receipts checked/);
        await page.waitForTimeout(300);
      },
    },
    {
      name: 'receipts-loading',
      async show({ page, context }) {
        await context.route('**/v1/receipts/list', () => undefined);
        await comesIn(page, 'Ada Marlow');
        await goTo(page, 'Sharing');
        await link(page, 'Everything, with what was written').click();
        await page.getByText('Looking through your receipts').first().waitFor({ state: 'attached' });
      },
    },
    {
      name: 'receipts-failed',
      async show({ page, context }) {
        await context.route('**/v1/receipts/list', (route) => route.abort());
        await comesIn(page, 'Ada Marlow');
        await goTo(page, 'Sharing');
        await link(page, 'Everything, with what was written').click();
        await page.getByRole('alert').first().waitFor();
      },
    },
    {
      name: 'receipts-contradiction',
      async show({ page }) {
        await comesIn(page, 'Ada Marlow');
        await page.getByRole('heading', { name: 'To do' }).waitFor();
        await whileSomethingIsGone(stage, async () => {
          await goTo(page, 'Sharing');
          await link(page, toAll).click();
          await reads(page, 'The list of looks contradicts itself');
          await button(page, 'Check again').waitFor();
        });
      },
    },
  ];
}
