/**
 * States of sharing: what is shared by name and how that may go, at the patient's door and at the doctor's.
 *
 * @module
 */
import { connectCloud } from '@carelet/client/login';
import { declineRequest, requestsMade, requestsReceived, withdrawRequest } from '@carelet/client/sharing/requests';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Page } from 'playwright-core';
import { button, choose, comesIn, goTo, link, reads, sees } from './deeds.testing.ts';
import { newcomer } from './newcomer.testing.ts';
import { asks, beginsToAsk, looksAtChart } from './requests.testing.ts';
import { checks, choosesUntil, choosesWhat, choosesWho, looksAtSharing, sharesNothing } from './sharing.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { State } from './states.testing.ts';

/** What is shared by name and how that may go, at the patient's door and at the doctor's. */
export async function sharingStates(stage: PortalStage): Promise<readonly State[]> {
  const diaz = 'Dr Rafael Diaz';
  await newcomer(stage, 'not-ready', {
    unit: hex((await stage.keyrings.of('organisation', 'harbour', 'Harbour Clinic')).keyring.card.id),
    patients: 'everyone',
  });
  const atBox = /\/cloudlets\/\d+\/v1\/sharing\//;
  /** Whether Ada shares with him as these states want it. */
  let given = false;
  const filledIn = async (page: Page) => {
    given = false;
    await comesIn(page, 'Ada Marlow');
    await sharesNothing(page);
    await choosesWho(page, diaz);
    await choosesWhat(page, ['Readings', 'Test results']);
    await choosesUntil(page, 'A month');
    await checks(page);
  };
  const shared = async (page: Page) => {
    await filledIn(page);
    await button(page, 'Share now').click();
    await sees(page, new RegExp(`^Shared with ${diaz} until `));
  };
  /** As another device of Ada's does, where it is not given already. */
  const sharedElsewhere = async (frozen: number) => {
    if (given) return;
    await using other = await stage.visit({ frozen });
    await shared(other.page);
    given = true;
  };
  const why = 'To read how the last treatment went, before the stronger tablets.';
  const asking = async (kind: 'doctor' | 'patient', slug: string, name: string) => {
    const { keyring } = await stage.keyrings.of(kind, slug, name);
    return { keyring, cloud: connectCloud(stage.cloud, keyring, stage.clock), clock: stage.clock };
  };
  const waiting = async () => (await requestsMade(await asking('doctor', 'dr-diaz', diaz))).filter(({ state }) => state === 'waits');
  /** At the chart of her who shares with him, of whom he has asked nothing yet. */
  const asksNothing = async (page: Page, moment: number) => {
    await sharedElsewhere(moment);
    for (const ref of await waiting()) await withdrawRequest(await asking('doctor', 'dr-diaz', diaz), ref);
    await comesIn(page, diaz);
    await looksAtChart(page, 'Ada Marlow');
  };
  /** As another window of his does, where nothing waits already. */
  const askedElsewhere = async (moment: number) => {
    await sharedElsewhere(moment);
    if ((await waiting()).length > 0) return;
    await using other = await stage.visit({ frozen: moment });
    await comesIn(other.page, diaz);
    await looksAtChart(other.page, 'Ada Marlow');
    await asks(other.page, 'Notes and documents', why, 'Ada Marlow');
  };
  const declinedElsewhere = async (moment: number) => {
    await askedElsewhere(moment);
    const ada = await asking('patient', 'ada', 'Ada Marlow');
    for (const request of (await requestsReceived(ada)).requests) await declineRequest(ada, request);
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
        await asksNothing(page, moment);
        await beginsToAsk(page, 'Notes and documents');
        await page.getByLabel('Why').fill(why);
        await page.getByText('will read').scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'sharing-ask-faults',
      async show({ page }, moment) {
        await asksNothing(page, moment);
        await beginsToAsk(page, 'Also locked for you');
        await page.getByText('More private').click();
        await button(page, 'Ask now').click();
        await sees(page, 'Say why, in a sentence.');
      },
    },
    {
      name: 'sharing-asked',
      async show({ page }, moment) {
        await askedElsewhere(moment);
        await comesIn(page, diaz);
        await looksAtChart(page, 'Ada Marlow');
        await page
          .getByText(/^Asked: .* has not answered yet/)
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
