/**
 * Every page and state of the portal, and how somebody comes to it: for those who look at all of them.
 *
 * @module
 */
import type { Page } from 'playwright-core';
import { button, choose, goTo, link, reads, sees, unlocks } from './deeds.testing.ts';
import { checks, choosesUntil, choosesWhat, choosesWho, sharesNothing } from './sharing.testing.ts';

export type View = {
  /** As its picture is called. */
  readonly name: string;
  /** Shows it to whoever came in, from wherever that person is. */
  readonly show: (page: Page) => Promise<void>;
};

/** Somebody at a door and what that person can come to see, one view after the other. */
export type Walk = { readonly who: string | null; readonly views: readonly View[] };

/** Goes to an address without loading anything anew: that would lock. */
export async function walksTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState({}, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`);
  await page.getByRole('heading').first().waitFor();
}

const still = (page: Page) => page.waitForTimeout(300);

const outside: Walk = {
  who: null,
  views: [
    {
      name: 'doors',
      show: (page) => reads(page, 'Whose eyes do you want to look through?').then(() => link(page, 'Ada Marlow').waitFor()),
    },
    {
      name: 'sign-in',
      async show(page) {
        await link(page, 'Ada Marlow').click();
        await reads(page, 'Sign in as Ada Marlow');
      },
    },
    {
      name: 'sign-in-wrong',
      async show(page) {
        await unlocks(page, 'not this one');
        await sees(page, 'This passphrase does not open it');
      },
    },
    {
      name: 'sign-in-file',
      async show(page) {
        await walksTo(page, '/sign-in');
        await sees(page, 'Keyring file');
      },
    },
    {
      name: 'join',
      async show(page) {
        await walksTo(page, '/join');
        await reads(page, 'Ask to open records as a doctor');
      },
    },
    {
      name: 'join-faults',
      async show(page) {
        await button(page, 'Register').click();
        await sees(page, 'Please fill this in.');
      },
    },
    {
      name: 'first-run',
      async show(page) {
        await walksTo(page, '/first-run');
        await reads(page, /first administrator/);
      },
    },
    {
      name: 'nowhere',
      async show(page) {
        await walksTo(page, '/no/such/page');
        await reads(page, 'There is nothing at this address');
      },
    },
  ],
};

/** A record of a kind: the newest in the list of records. */
const recordOf = (name: string, section: RegExp): View => ({
  name,
  async show(page) {
    await goTo(page, 'Records');
    await reads(page, /^Records$/);
    await choose(page, 'Kind of record', section);
    await still(page);
    await page.getByRole('group', { name: 'Records' }).getByRole('link').first().click();
    await link(page, 'How do I know?').waitFor();
  },
});

const patient: Walk = {
  who: 'Ada Marlow',
  views: [
    { name: 'patient-home', show: (page) => reads(page, /higher than usual/) },
    {
      name: 'patient-records',
      async show(page) {
        await goTo(page, 'Records');
        await sees(page, /records, in all/);
      },
    },
    {
      name: 'patient-records-none',
      async show(page) {
        await walksTo(page, '/patient/records?kind=conditions&time=week');
        await reads(page, 'No records like this');
      },
    },
    recordOf('record-reading', /^Readings/),
    {
      name: 'proof',
      async show(page) {
        await link(page, 'How do I know?').click();
        await sees(page, 'Opens to what you see');
      },
    },
    {
      name: 'proof-tried',
      async show(page) {
        await button(page, /Change one character/).click();
        await sees(page, 'It did not open.');
      },
    },
    recordOf('record-result', /^Results/),
    recordOf('record-note', /^Notes/),
    recordOf('record-medicine', /^Medicines/),
    recordOf('record-condition', /^Conditions/),
    recordOf('record-visit', /^Visits/),
    {
      name: 'record-trace',
      async show(page) {
        await goTo(page, 'Home');
        await link(page, /^Heart trace/).click();
        await sees(page, '25 mm a second, 10 mm a millivolt');
      },
    },
    {
      name: 'patient-pressure',
      async show(page) {
        await walksTo(page, '/patient/vitals/blood-pressure');
        await reads(page, /Above your usual/);
      },
    },
    {
      name: 'patient-vital-year',
      async show(page) {
        await walksTo(page, '/patient/vitals/heart-rate?days=365');
        await reads(page, /^Heart rate$/);
      },
    },
    {
      name: 'patient-vital-none',
      async show(page) {
        await walksTo(page, '/patient/vitals/body-height');
        await reads(page, 'No readings in this time');
      },
    },
    {
      name: 'record-missing',
      async show(page) {
        await walksTo(page, `/patient/records/${'0'.repeat(32)}`);
        await reads(page, 'This record is not here');
      },
    },
    {
      name: 'patient-account',
      async show(page) {
        await walksTo(page, '/patient/account');
        await reads(page, 'Your account');
      },
    },
    {
      name: 'account-menu',
      async show(page) {
        await page.getByRole('button', { name: /^Ada Marlow/ }).click();
        await page.getByRole('menuitem', { name: 'Lock' }).waitFor();
        await still(page);
      },
    },
    {
      name: 'help',
      async show(page) {
        await page.keyboard.press('Escape');
        await page.getByRole('menuitem', { name: 'Lock' }).waitFor({ state: 'hidden' });
        await page.keyboard.press('?');
        await reads(page, 'Keyboard shortcuts');
        await still(page);
      },
    },
    {
      name: 'locked',
      async show(page) {
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await page.keyboard.press('Shift+L');
        await reads(page, 'Locked');
      },
    },
  ],
};

/** Begins with nothing shared, and ends so. */
const sharing: Walk = {
  who: 'Ada Marlow',
  views: [
    { name: 'sharing-none', show: sharesNothing },
    { name: 'sharing-who', show: (page) => choosesWho(page, 'Dr Rafael Diaz') },
    {
      name: 'sharing-who-compare',
      async show(page) {
        await page.getByText('Is it the right one? Compare').click();
        await sees(page, /^Ask Dr Rafael Diaz to read out/);
      },
    },
    {
      name: 'sharing-who-none',
      async show(page) {
        await page.getByLabel('Find by name, specialty or place').fill('zzz');
        await reads(page, 'No doctor like this');
      },
    },
    { name: 'sharing-what', show: (page) => choosesWhat(page, ['Readings', 'Test results']) },
    {
      name: 'sharing-what-private',
      async show(page) {
        await page.getByRole('checkbox', { name: 'Mental health' }).check();
        await page.getByRole('radio', { name: 'From a day I choose' }).check();
        await page.getByLabel('First day').fill('2026-03-01');
        await page.getByLabel('First day').scrollIntoViewIfNeeded();
      },
    },
    { name: 'sharing-until', show: (page) => choosesUntil(page, 'A month') },
    {
      name: 'sharing-until-bad',
      async show(page) {
        await page.getByRole('radio', { name: 'Until a day I choose' }).check();
        await page.getByLabel('Last day').fill('2030-01-01');
        await sees(page, /^Choose a day from today to/);
      },
    },
    {
      name: 'sharing-check',
      async show(page) {
        await page.getByRole('radio', { name: 'A month' }).check();
        await checks(page);
      },
    },
    {
      name: 'sharing-begun',
      async show(page) {
        await button(page, 'Close without sharing').click();
        await sees(page, 'You began to share with Dr Rafael Diaz.');
      },
    },
    {
      name: 'sharing-given',
      async show(page) {
        await button(page, 'Go on').click();
        await button(page, 'Share now').click();
        await sees(page, /^Shared with Dr Rafael Diaz/);
        await reads(page, '1 doctor can see what you share');
      },
    },
    {
      name: 'sharing-stopped',
      async show(page) {
        await button(page, 'Stop Dr Rafael Diaz').click();
        await reads(page, 'You no longer share with Dr Rafael Diaz');
      },
    },
  ],
};

const doctor: Walk = {
  who: 'Dr Mei Chen',
  views: [
    { name: 'doctor-today', show: (page) => reads(page, /needs a look|need a look/) },
    {
      name: 'doctor-patients',
      async show(page) {
        await goTo(page, 'Patients');
        await reads(page, /patients?$/);
        await page.getByRole('table').waitFor();
      },
    },
    {
      name: 'doctor-patients-none',
      async show(page) {
        await page.getByLabel('Find by name').fill('zzz');
        await reads(page, 'No patient has this name');
      },
    },
    {
      name: 'doctor-chart',
      async show(page) {
        await page.getByLabel('Find by name').fill('');
        await link(page, 'Ada Marlow').click();
        await reads(page, 'Everything');
      },
    },
    {
      name: 'doctor-chart-table',
      async show(page) {
        await button(page, 'As a table').click();
        await page.getByRole('table', { name: 'Medicines over the same days' }).scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'doctor-today-looked',
      async show(page) {
        await goTo(page, 'Today');
        await reads(page, /^Looked at$/);
      },
    },
    {
      name: 'doctor-vital',
      async show(page) {
        await link(page, 'Ada Marlow').click();
        await link(page, /^Blood pressure/).click();
        await reads(page, /Above their usual/);
      },
    },
    {
      name: 'doctor-record',
      async show(page) {
        await link(page, /^Open the reading of/).click();
        await link(page, 'How do I know?').waitFor();
      },
    },
    {
      name: 'doctor-proof',
      async show(page) {
        await link(page, 'How do I know?').click();
        await sees(page, 'Opens to what you see');
      },
    },
    {
      name: 'doctor-unknown',
      async show(page) {
        await walksTo(page, `/doctor/patients/${'0'.repeat(32)}`);
        await reads(page, /Nothing here is open to you|This record is not here/);
      },
    },
    {
      name: 'doctor-roles',
      async show(page) {
        await walksTo(page, '/doctor/roles');
        await reads(page, 'You hold the keys of your roles');
      },
    },
    {
      name: 'doctor-roles-ask',
      async show(page) {
        await button(page, 'Ask for a role').click();
        // In a small town she has a role everywhere already.
        await sees(page, /^(At which organisation|You have a role, or asked for one, at every organisation)/);
      },
    },
    {
      name: 'doctor-account',
      async show(page) {
        await walksTo(page, '/doctor/account');
        await reads(page, 'Your account');
      },
    },
  ],
};

const waiting: Walk = {
  who: 'Dr Jonas Lind',
  views: [
    { name: 'doctor-waiting', show: (page) => reads(page, 'You registered. Two people have to agree first.') },
    {
      name: 'doctor-roles-waiting',
      async show(page) {
        await link(page, 'See how far it is').click();
        await reads(page, /^You asked for a role at/);
      },
    },
  ],
};

const administrator: Walk = {
  who: 'Mara Holt',
  views: [
    { name: 'admin-status', show: (page) => page.getByRole('row', { name: /Harbour Clinic/ }).waitFor() },
    {
      name: 'admin-devices',
      async show(page) {
        await goTo(page, 'Devices');
        await page
          .getByRole('row', { name: /Sending|Quiet|Nothing heard/ })
          .first()
          .waitFor();
      },
    },
    {
      name: 'admin-pair',
      async show(page) {
        await button(page, 'Pair a device').click();
        await page.getByRole('dialog').getByText('You get a code for one device').waitFor();
      },
    },
    {
      name: 'admin-pair-code',
      async show(page) {
        await button(page, 'Show the code').click();
        await page.getByRole('img', { name: 'The code, for a camera' }).waitFor();
        await still(page);
      },
    },
    {
      name: 'admin-device-end',
      async show(page) {
        await button(page, 'Done').click();
        await page
          .getByRole('button', { name: /^Take out device/ })
          .first()
          .click();
        await sees(page, 'It cannot be undone');
        await still(page);
      },
    },
    {
      name: 'admin-people',
      async show(page) {
        await page.keyboard.press('Escape');
        await goTo(page, 'People');
        await reads(page, /waits? for an answer/);
      },
    },
    {
      name: 'admin-people-approved',
      async show(page) {
        await walksTo(page, '/admin/people?state=approved');
        await link(page, 'Dr Mei Chen').waitFor();
      },
    },
    {
      name: 'admin-people-rejected',
      async show(page) {
        await walksTo(page, '/admin/people?state=rejected');
        await reads(page, 'Nobody was turned down');
      },
    },
    {
      name: 'admin-invite',
      async show(page) {
        await button(page, 'Invite another administrator').click();
        await button(page, 'Make the code').waitFor();
        await still(page);
      },
    },
    {
      name: 'admin-add',
      async show(page) {
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await walksTo(page, '/admin/people/add');
        await reads(page, 'A doctor registers first, then you decide');
      },
    },
    {
      name: 'admin-doctor-approved',
      async show(page) {
        await walksTo(page, '/admin/people?state=approved');
        await link(page, 'Dr Mei Chen').click();
        await reads(page, 'Dr Mei Chen may open records');
      },
    },
    {
      name: 'admin-doctor',
      async show(page) {
        await walksTo(page, '/admin/people');
        await link(page, 'Dr Jonas Lind').click();
        await reads(page, 'Will be able to open');
      },
    },
    {
      name: 'admin-doctor-reject',
      async show(page) {
        await button(page, 'Turn down').click();
        await button(page, 'Turn down Dr Jonas Lind').click();
        await sees(page, 'Write the reason first.');
      },
    },
    {
      name: 'admin-account',
      async show(page) {
        await walksTo(page, '/admin/account');
        await reads(page, 'Your account');
      },
    },
  ],
};

export const walks: readonly Walk[] = [outside, patient, sharing, doctor, waiting, administrator];
