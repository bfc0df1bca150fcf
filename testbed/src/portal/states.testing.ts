/**
 * States of the portal that need more than going somewhere: a line that is slow or cut, a page that nobody touches, very
 * many rows. Each begins in a window of its own at the portal's first page, whose clock stands still.
 *
 * @module
 */
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Page } from 'playwright-core';
import type { Crowd } from './crowd.testing.ts';
import { button, comesIn, comesInWithFile, goTo, link, reads, sees, unlocks } from './deeds.testing.ts';
import { type BroughtKeyring, newcomer } from './newcomer.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { Visit } from './visit.testing.ts';

export type State = {
  /** As its picture is called. */
  readonly name: string;
  /** @param moment where the window's clock stands, UTC milliseconds */
  readonly show: (visit: Pick<Visit, 'page' | 'context' | 'later'>, moment: number) => Promise<void>;
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

/** Doctors who may open records until a day that is soon, and one that is over. */
export async function endingStates(stage: PortalStage): Promise<readonly State[]> {
  const hospital = await stage.keyrings.of('organisation', 'northgate', 'Northgate Hospital');
  const until = (days: number) => addDays(dayOf(stage.clock()), days);
  const comes = (name: string, days: number) =>
    newcomer(stage, name, {
      unit: hex(hospital.keyring.card.id),
      patients: 'everyone',
      kinds: ['vital-signs', 'identity'],
      until: until(days),
    });
  const [soon, over] = [await comes('until-soon', 3), await comes('until-over', 1)];
  return [
    {
      name: 'doctor-ending',
      async show({ page }) {
        await brings(page, soon);
        await goTo(page, 'Patients');
        await sees(page, /^Opens until .* Ask an administrator/);
        await page.getByRole('table').waitFor();
        await page.getByText('Opening').first().waitFor({ state: 'hidden' });
      },
    },
    {
      name: 'doctor-ended',
      async show({ page, later }, moment) {
        await brings(page, over);
        await reads(page, /needs? a look|Nobody needs/);
        stage.putBack(-threeDays);
        try {
          await later(moment + threeDays);
          await page.reload();
          await unlocks(page, passphrase);
          await reads(page, 'Your keys have ended');
        } finally {
          stage.putBack(0);
        }
      },
    },
  ];
}

const threeDays = 3 * 86_400_000;

/** After two hours in which watches sent. */
export const busyStates: readonly State[] = [
  {
    name: 'admin-status-busy',
    async show({ page }) {
      await comesIn(page, 'Mara Holt');
      await reads(page, 'Strips every two minutes');
      await page.getByRole('row', { name: /Harbour Clinic/ }).waitFor();
    },
  },
  {
    name: 'admin-status-table',
    async show({ page }) {
      await comesIn(page, 'Mara Holt');
      await button(page, 'As a table').click();
      await page.getByRole('table', { name: 'Strips every two minutes' }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'admin-devices-busy',
    async show({ page }) {
      await comesIn(page, 'Mara Holt');
      await goTo(page, 'Devices');
      await page.getByRole('row', { name: /12\s?%/ }).waitFor();
    },
  },
];

/** While the cloud is away. */
export const outageStates: readonly State[] = [
  {
    name: 'admin-status-outage',
    async show({ page }) {
      await comesIn(page, 'Mara Holt');
      await reads(page, /^Cloud unreachable/);
      await sees(page, /cloud unreachable since/);
    },
  },
];
