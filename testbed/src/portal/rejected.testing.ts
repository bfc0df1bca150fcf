/**
 * Turning a doctor down who was let in: before it is done, after it, and where a clinic did not hear.
 *
 * @module
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Page } from 'playwright-core';
import { button, comesIn, link, reads, sees } from './deeds.testing.ts';
import { newcomer } from './newcomer.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { State } from './states.testing.ts';
import { walksTo } from './views.testing.ts';

const name = 'Dr Robin Field';

/** Another newcomer is turned down each time one of these is shown. */
export function rejectedStates(stage: PortalStage): readonly State[] {
  let newcomers = 0;
  /** Mara before somebody who was let in, with a reason written. */
  const begins = async (page: Page) => {
    const slug = `turned-down-${newcomers++}`;
    const clinic = await stage.keyrings.of('organisation', 'harbour', 'Harbour Clinic');
    await newcomer(stage, slug, { unit: hex(clinic.keyring.card.id), patients: 'everyone' });
    const { keyring } = await stage.keyrings.of('doctor', slug, name);
    await comesIn(page, 'Mara Holt');
    await walksTo(page, `/admin/people/${hex(keyring.card.id)}`);
    await reads(page, `${name} may open records`);
    await button(page, 'Turn down').click();
    await page.getByLabel('Reason').fill('You left the clinic on Friday. Thank you for your work.');
    await button(page, `Turn down ${name}`).scrollIntoViewIfNeeded();
  };
  const turnsDown = async (page: Page) => {
    await button(page, `Turn down ${name}`).click();
    await reads(page, `${name} was turned down`);
  };
  return [
    { name: 'admin-rejecting', show: ({ page }) => begins(page) },
    {
      name: 'admin-rejecting-failed',
      async show({ page, context }) {
        await begins(page);
        await context.route('**/v1/enrolment/reject', (route) => route.abort());
        await button(page, `Turn down ${name}`).click();
        await sees(page, /It may have been done in part/);
        await button(page, `Turn down ${name}`).scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'admin-rejected',
      async show({ page }) {
        await begins(page);
        await turnsDown(page);
        await sees(page, `The keys of ${name} open nothing any more.`);
      },
    },
    {
      name: 'admin-rejected-half',
      async show({ page, context }) {
        await begins(page);
        await context.route('**/v1/sharing/endKeys', (route) => route.abort());
        await turnsDown(page);
        await sees(page, `The keys of ${name} may still open what they did.`);
      },
    },
    {
      name: 'admin-rejected-people',
      async show({ page }) {
        await begins(page);
        await turnsDown(page);
        await walksTo(page, '/admin/people?state=rejected');
        await link(page, name).waitFor();
      },
    },
  ];
}
