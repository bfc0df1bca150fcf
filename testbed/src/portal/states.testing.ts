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
import { button, choose, comesIn, comesInWithFile, goTo, link, reads, sees, unlocks } from './deeds.testing.ts';
import { type BroughtKeyring, newcomer } from './newcomer.testing.ts';
import { askFor, asks, beginsToAsk, looksAtChart } from './requests.testing.ts';
import { checks, choosesUntil, choosesWhat, choosesWho, looksAtSharing, shares, sharesNothing } from './sharing.testing.ts';
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

/** What is shared by name and how that may go, at the patient's door and at the doctor's. */
export async function sharingStates(stage: PortalStage): Promise<readonly State[]> {
  const diaz = 'Dr Rafael Diaz';
  await newcomer(stage, 'not-ready', {
    unit: hex((await stage.keyrings.of('organisation', 'harbour', 'Harbour Clinic')).keyring.card.id),
    patients: 'everyone',
  });
  const atBox = /\/cloudlets\/\d+\/v1\/sharing\//;
  const filledIn = async (page: Page) => {
    await comesIn(page, 'Ada Marlow');
    await sharesNothing(page);
    await choosesWho(page, diaz);
    await choosesWhat(page, ['Readings', 'Test results']);
    await choosesUntil(page, 'A month');
    await checks(page);
  };
  /** As another device of Ada's would, unless it is her own. */
  const shared = async (page: Page) => {
    await comesIn(page, 'Ada Marlow');
    await sharesNothing(page);
    await shares(page, diaz, ['Readings', 'Test results'], 'A month');
  };
  const sharedElsewhere = async (frozen: number) => {
    await using other = await stage.visit({ frozen });
    await shared(other.page);
  };
  const why = 'To read how the last treatment went, before the stronger tablets.';
  /** At the doctor's, with one request that waits. */
  const asked = async (page: Page, moment: number) => {
    await sharedElsewhere(moment);
    await comesIn(page, diaz);
    await looksAtChart(page, 'Ada Marlow');
    const waits = page.getByText(/^Asked: .* has not answered yet/).first();
    await waits
      .or(page.getByRole('button', { name: askFor('Notes and documents') }))
      .first()
      .waitFor();
    if ((await waits.count()) === 0) await asks(page, 'Notes and documents', why, 'Ada Marlow');
    await waits.waitFor();
  };
  const askedElsewhere = async (moment: number) => {
    await using other = await stage.visit({ frozen: moment });
    await asked(other.page, moment);
  };
  /** What was declined is sent when she locks. */
  const declinedElsewhere = async (moment: number) => {
    await askedElsewhere(moment);
    await using other = await stage.visit({ frozen: moment });
    await comesIn(other.page, 'Ada Marlow');
    await looksAtSharing(other.page);
    await button(other.page, `Decline ${diaz}`).click();
    await sees(other.page, /^Declined/);
    await other.page.keyboard.press('Shift+L');
    await reads(other.page, 'Locked');
  };
  return [
    {
      name: 'sharing-loading',
      async show({ page, context }) {
        await context.route('**/v1/sharing/grants', () => undefined);
        await comesIn(page, 'Ada Marlow');
        await goTo(page, 'Sharing');
        await page.getByText('Looking who can see your records').waitFor({ state: 'attached' });
      },
    },
    {
      name: 'sharing-not-ready',
      async show({ page }) {
        await comesIn(page, 'Ada Marlow');
        await sharesNothing(page);
        await button(page, 'Share with somebody').click();
        await page.getByLabel('Find by name, specialty or place').fill('harbour');
        await sees(page, 'Not ready yet');
      },
    },
    {
      name: 'sharing-making',
      async show({ page, context }) {
        await filledIn(page);
        await context.route('**/v1/sharing/publish', () => undefined);
        await button(page, 'Share now').click();
        await sees(page, /^The keys are made/);
      },
    },
    {
      name: 'sharing-failed',
      async show({ page, context }) {
        await filledIn(page);
        await context.route(atBox, (route) => route.abort());
        await button(page, 'Share now').click();
        await sees(page, `It could not be shared with ${diaz}`);
      },
    },
    {
      name: 'sharing-half',
      async show({ page, context }) {
        await shared(page);
        await context.route(atBox, (route) => route.abort());
        await button(page, `Stop ${diaz}`).click();
        await sees(page, /did not answer/);
      },
    },
    {
      name: 'sharing-offline',
      async show({ page, context }) {
        await shared(page);
        await context.setOffline(true);
        await sees(page, /^You can look here/);
        await button(page, `Stop ${diaz}`).click();
        await sees(page, 'It could not be stopped now.');
      },
    },
    {
      name: 'sharing-elsewhere',
      async show({ page }, moment) {
        await sharedElsewhere(moment);
        await comesIn(page, 'Ada Marlow');
        await looksAtSharing(page);
        await sees(page, /^You shared it on another device/);
      },
    },
    {
      name: 'sharing-record',
      async show({ page }) {
        await shared(page);
        await goTo(page, 'Records');
        await sees(page, /records, in all/);
        await choose(page, 'Kind of record', /^Readings/);
        await page.getByRole('group', { name: 'Records' }).getByRole('link').first().click();
        await link(page, diaz).waitFor();
      },
    },
    {
      name: 'sharing-doctor-patients',
      async show({ page }, moment) {
        await sharedElsewhere(moment);
        await comesIn(page, diaz);
        await goTo(page, 'Patients');
        await link(page, 'Ada Marlow').waitFor();
        await page.getByText('Opening').first().waitFor({ state: 'hidden' });
      },
    },
    {
      name: 'sharing-doctor-chart',
      async show({ page }, moment) {
        await sharedElsewhere(moment);
        await comesIn(page, diaz);
        await goTo(page, 'Patients');
        await link(page, 'Ada Marlow').click();
        await sees(page, /^Ada Marlow shares with you/);
        await reads(page, 'Everything');
        await page.waitForTimeout(1000);
      },
    },
    {
      name: 'sharing-ask',
      async show({ page }, moment) {
        await sharedElsewhere(moment);
        await comesIn(page, diaz);
        await looksAtChart(page, 'Ada Marlow');
        await beginsToAsk(page, 'Notes and documents');
        await page.getByLabel('Why').fill(why);
        await page.getByText('will read').scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'sharing-ask-faults',
      async show({ page }, moment) {
        await sharedElsewhere(moment);
        await comesIn(page, diaz);
        await looksAtChart(page, 'Ada Marlow');
        await beginsToAsk(page, 'Also locked for you');
        await page.getByText('More private').click();
        await button(page, 'Ask now').click();
        await sees(page, 'Say why, in a sentence.');
      },
    },
    {
      name: 'sharing-asked',
      async show({ page }, moment) {
        await asked(page, moment);
        await page
          .getByText(/^Asked: /)
          .first()
          .scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'sharing-requests',
      async show({ page }, moment) {
        await askedElsewhere(moment);
        await comesIn(page, 'Ada Marlow');
        await looksAtSharing(page);
        await button(page, `Decide ${diaz}`).waitFor();
      },
    },
    {
      name: 'sharing-requests-home',
      async show({ page }, moment) {
        await askedElsewhere(moment);
        await comesIn(page, 'Ada Marlow');
        await link(page, `Decide ${diaz}`).waitFor();
      },
    },
    {
      name: 'sharing-requests-decide',
      async show({ page }, moment) {
        await askedElsewhere(moment);
        await comesIn(page, 'Ada Marlow');
        await link(page, `Decide ${diaz}`).click();
        await reads(page, 'Is this what you want?');
      },
    },
    {
      name: 'sharing-requests-what',
      async show({ page }, moment) {
        await askedElsewhere(moment);
        await comesIn(page, 'Ada Marlow');
        await link(page, `Decide ${diaz}`).click();
        await page.getByRole('dialog').getByRole('link').nth(1).click();
        await reads(page, `What may ${diaz} see?`);
      },
    },
    {
      name: 'sharing-requests-declined',
      async show({ page }, moment) {
        await askedElsewhere(moment);
        await comesIn(page, 'Ada Marlow');
        await looksAtSharing(page);
        await button(page, `Decline ${diaz}`).click();
        await sees(page, /^Declined/);
        await button(page, 'Undo').click();
        await sees(page, /^Not declined/);
        await button(page, `Decline ${diaz}`).click();
        await sees(page, /^Declined/);
      },
    },
    {
      name: 'sharing-ask-declined',
      async show({ page }, moment) {
        await declinedElsewhere(moment);
        await comesIn(page, diaz);
        await looksAtChart(page, 'Ada Marlow');
        await sees(page, /declined what you asked/);
        await page
          .getByText(/declined what you asked/)
          .first()
          .scrollIntoViewIfNeeded();
      },
    },
  ];
}
