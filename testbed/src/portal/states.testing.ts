/**
 * States of the portal that need more than going somewhere: a line that is slow or cut, a page that nobody touches, very
 * many rows. Each begins in a window of its own at the portal's first page, whose clock stands still.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import type { Crowd } from './crowd.testing.ts';
import { comesIn, comesInWithFile, goTo, link, reads, sees, unlocks } from './deeds.testing.ts';
import type { BroughtKeyring } from './newcomer.testing.ts';
import type { Visit } from './visit.testing.ts';

export type State = {
  /** As its picture is called. */
  readonly name: string;
  /** @param moment where the window's clock stands, UTC milliseconds */
  readonly show: (visit: Pick<Visit, 'page' | 'context'>, moment: number) => Promise<void>;
};

const passphrase = 'lantern steps';

/** The first rows come, the rest stays on its way. */
const slowly = async ({ context }: Pick<Visit, 'context'>, first: number): Promise<void> => {
  let asked = 0;
  await context.route('**/v1/records/rows', (route) => (asked++ < first ? route.continue() : undefined));
};

export const states: readonly State[] = [
  {
    name: 'patient-opening',
    async show(visit) {
      const { page } = visit;
      await slowly(visit, 1);
      await link(page, 'Ada Marlow').click();
      await unlocks(page, passphrase);
      await sees(page, /records? (is|are) open/);
      await page.waitForTimeout(1000);
    },
  },
  {
    name: 'doctor-opening',
    async show(visit) {
      const { page } = visit;
      await slowly(visit, 2);
      await link(page, 'Dr Mei Chen').click();
      await unlocks(page, passphrase);
      await page.getByRole('progressbar').waitFor();
      await page.waitForTimeout(1000);
    },
  },
  {
    name: 'patient-failed',
    async show({ page, context }) {
      await context.route('**/v1/records/nodes', (route) => route.abort());
      await link(page, 'Ada Marlow').click();
      await unlocks(page, passphrase);
      await reads(page, 'This cannot be shown now');
    },
  },
  {
    name: 'patient-offline',
    async show({ page, context }) {
      await comesIn(page, 'Ada Marlow');
      await reads(page, /higher than usual/);
      await context.setOffline(true);
      await sees(page, 'You are offline.');
    },
  },
  {
    name: 'idle',
    async show({ page, context }, moment) {
      await comesIn(page, 'Ada Marlow');
      await reads(page, /higher than usual/);
      await context.clock.setFixedTime(moment + 14 * 60_000 + 10_000);
      await sees(page, 'Still here?');
      await page.waitForTimeout(500);
    },
  },
];

const brings = async (page: Page, keyring: BroughtKeyring): Promise<void> => {
  await link(page, 'Sign in with your own keyring').click();
  await comesInWithFile(page, keyring, passphrase);
  await page.getByRole('navigation', { name: 'Places' }).first().waitFor({ state: 'attached' });
};

/** What very many rows look like, to her whose they are and to a doctor. */
export const crowdedStates = ({ patient, doctor, records }: Crowd): readonly State[] => [
  {
    name: 'patient-records-thousand',
    async show({ page }) {
      await brings(page, patient);
      await goTo(page, 'Records');
      await sees(page, `${records.toLocaleString('en')} records, in all`);
      await page.locator('[role=group][aria-busy=false]').waitFor();
    },
  },
  {
    name: 'doctor-patients-many',
    async show({ page }) {
      await brings(page, doctor);
      await goTo(page, 'Patients');
      await reads(page, /^\d+ patients$/);
      await page.getByRole('table').waitFor();
      await page.getByText('Opening').first().waitFor({ state: 'hidden' });
    },
  },
];
