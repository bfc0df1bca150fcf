/**
 * What a doctor does in an emergency, and what her patient sees of it, by role and label; and the states of it.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import { button, comesIn, goTo, link, reads, sees } from './deeds.testing.ts';
import { looksAtSharing } from './sharing.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { State } from './states.testing.ts';
import { walksTo } from './views.testing.ts';

const diaz = 'Dr Rafael Diaz';
export const ben = 'Ben Chukwuemeka Okoro';
export const why = 'He was brought in confused. I have to know what he takes and what his heart does.';

/** Opens the chart of the one patient whom Dr Diaz sees by his role, not by name. */
export async function looksAtBens(page: Page): Promise<void> {
  await goTo(page, 'Patients');
  await page.getByRole('table').getByRole('link').first().click();
  await reads(page, 'Everything');
}

/** Opens the sheet that breaks the glass. */
export async function beginsEmergency(page: Page): Promise<void> {
  await button(page, 'Open in an emergency').click();
  await page.getByRole('dialog').getByLabel('Why').waitFor();
}

/** Breaks the glass of the chart in sight. */
export async function breaksGlass(page: Page): Promise<void> {
  await beginsEmergency(page);
  await page.getByRole('dialog').getByLabel('Why').fill(why);
  await button(page, 'Open now').click();
  await sees(page, /^Open until .* was told\.$/);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await sees(page, /^Emergency: open to you until/);
}

/** Before it: as long as the glass is whole. */
export const emergencyStates: readonly State[] = [
  {
    name: 'admin-emergencies-none',
    async show({ page }) {
      await comesIn(page, 'Joan Pike');
      await link(page, 'Emergencies at Harbour Clinic: none waits for a word').click();
      await reads(page, 'Nobody said that it was an emergency');
    },
  },
  {
    name: 'admin-emergencies-nowhere',
    async show({ page }) {
      await comesIn(page, 'Mara Holt');
      await walksTo(page, '/admin/emergencies');
      await reads(page, 'Medical Board keeps no records in this town');
    },
  },
  {
    name: 'emergency-begin',
    async show({ page }) {
      await comesIn(page, diaz);
      await looksAtBens(page);
      await button(page, 'Open in an emergency').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'emergency-sheet',
    async show({ page }) {
      await comesIn(page, diaz);
      await looksAtBens(page);
      await beginsEmergency(page);
      await page.getByRole('dialog').getByLabel('Why').fill(why);
    },
  },
  {
    name: 'emergency-faults',
    async show({ page }) {
      await comesIn(page, diaz);
      await looksAtBens(page);
      await beginsEmergency(page);
      await button(page, 'Open now').click();
      await sees(page, 'Say why, in a sentence.');
    },
  },
  {
    name: 'emergency-failed',
    async show({ page, context }) {
      await comesIn(page, diaz);
      await looksAtBens(page);
      await beginsEmergency(page);
      await page.getByRole('dialog').getByLabel('Why').fill(why);
      await context.route('**/v1/breakGlass/say', (route) => route.abort());
      await button(page, 'Open now').click();
      await sees(page, /so nothing was opened/);
    },
  },
];

/** Once it is broken; where it is not yet, it is done elsewhere first. */
export function brokenStates(stage: PortalStage): readonly State[] {
  let broken = false;
  const brokenElsewhere = async (moment: number) => {
    if (broken) return;
    await using other = await stage.visit({ frozen: moment });
    await comesIn(other.page, diaz);
    await looksAtBens(other.page);
    const begin = button(other.page, 'Open in an emergency');
    const open = other.page.getByText(/^Emergency: open to you until/);
    await begin.or(open).first().waitFor();
    if ((await open.count()) === 0) await breaksGlass(other.page);
    broken = true;
  };
  return [
    {
      name: 'admin-status-emergency',
      async show({ page }, moment) {
        await brokenElsewhere(moment);
        await comesIn(page, 'Joan Pike');
        await sees(page, /Harbour Clinic waits? for your word\.$|^Emergencies at Harbour Clinic/);
      },
    },
    {
      name: 'admin-emergencies',
      async show({ page }, moment) {
        await brokenElsewhere(moment);
        await comesIn(page, 'Joan Pike');
        await walksTo(page, '/admin/emergencies');
        await sees(page, why);
      },
    },
    {
      name: 'emergency-open',
      async show({ page }, moment) {
        await brokenElsewhere(moment);
        await comesIn(page, diaz);
        await goTo(page, 'Patients');
        await page.getByRole('table').getByRole('link').first().click();
        await sees(page, /^Emergency: open to you until/);
        await reads(page, 'Everything');
      },
    },
    {
      name: 'emergency-told',
      async show({ page }, moment) {
        await brokenElsewhere(moment);
        await comesIn(page, ben);
        await sees(page, /opened your records of Harbour Clinic in an emergency/);
      },
    },
    {
      name: 'emergency-told-sharing',
      async show({ page }, moment) {
        await brokenElsewhere(moment);
        await comesIn(page, ben);
        await looksAtSharing(page);
        await sees(page, /opened your records of Harbour Clinic in an emergency/);
      },
    },
  ];
}
