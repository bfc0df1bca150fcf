/**
 * The days of those who let doctors in: the first of a town, and one with two signatures and a refusal.
 */

import { vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import { connectCloud, connectCloudlet } from '@carelet/client/login';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, choose, comesIn, goTo, link, reads, sees, step, textOf, unlocks } from './deeds.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

const passphrase = 'four odd words here';

test('the first administrator of a town makes her keyring with the printed code, and invites the second', {
  timeout: 400_000,
}, async () => {
  await using fresh = await openPortalStage({ settlers: null });
  await using first = await fresh.visit();
  const { page } = first;
  const code = (await fresh.town.authority.firstInvitation())!;

  await step('a town that is no demonstration asks for a keyring at once', page, () => reads(page, 'Sign in'));
  await link(page, 'I have a code for an administrator').click();
  await step('a code that nobody gave out is refused kindly', page, async () => {
    await claims(page, { code: 'aaaa-bbbb-cccc', name: 'Sam Adeyemi', place: 'Harbour Clinic' });
    await sees(page, 'This code does not work');
  });
  await step('the printed one makes an administrator', page, async () => {
    await page.getByLabel('One-time code').fill(code);
    await button(page, 'Become administrator').click();
    await reads(page, 'You are an administrator, Sam Adeyemi');
  });
  await step('his keyring is kept before anything else', page, async () => {
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Save my keyring').click()]);
    expect(file.suggestedFilename()).toMatch(/\.keyring$/);
    await button(page, 'Go on').click();
    await reads(page, 'No doctor waits for an answer');
  });
  const second = await step('he invites another', page, async () => {
    await button(page, 'Invite another administrator').click();
    await button(page, 'Make the code').click();
    const made = await page.getByLabel('The code').inputValue();
    await button(page, 'Done').click();
    return made;
  });
  await using other = await fresh.visit({ size: 'phone' });
  await step('who comes in with it', other.page, async () => {
    await other.page.goto(`${fresh.url}/first-run`);
    await claims(other.page, { code: second, name: 'Mara Holt', place: 'Medical Board' });
    await reads(other.page, 'You are an administrator, Mara Holt');
    await button(other.page, 'Go on').click();
    await reads(other.page, 'No doctor waits for an answer');
  });
  await step('the code works once', other.page, async () => {
    await using third = await fresh.visit();
    await third.page.goto(`${fresh.url}/first-run`);
    await claims(third.page, { code: second, name: 'Ivy Crane', place: 'Nowhere' });
    await sees(third.page, 'This code does not work');
  });
  expect([...first.faults, ...other.faults]).toEqual([]);
});

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test('two people of two organisations let a doctor in, and turn another down', { timeout: 400_000 }, async () => {
  await using mara = await stage.visit();
  await using joan = await stage.visit({ scheme: 'dark' });
  await using robin = await stage.visit({ size: 'phone' });
  const { page } = mara;
  let fingerprint = '';

  await step('Mara is told how the town is', page, async () => {
    await comesIn(page, 'Mara Holt');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('row', { name: /Harbour Clinic/ }).waitFor();
  });
  await step('one doctor waits', page, async () => {
    await goTo(page, 'People');
    await reads(page, '1 doctor waits for an answer');
    await link(page, 'Dr Jonas Lind').waitFor();
  });
  await step('she learns how a new one begins', page, async () => {
    await button(page, 'Add a doctor').click();
    await reads(page, 'A doctor registers first, then you decide');
    expect(await page.getByLabel('The doctor opens this address').inputValue()).toBe(`${stage.url}/join`);
  });
  await step('Dr Field opens that address and registers', robin.page, async () => {
    await robin.page.goto(`${stage.url}/join`);
    await button(robin.page, 'Register').click();
    await sees(robin.page, 'Please fill this in.');
    await robin.page.getByLabel('Your name, as on your certificate').fill('Dr Robin Field');
    await robin.page.getByLabel('Certificate number').fill('C 77 412');
    await robin.page.getByLabel('Specialty').fill('cardiology');
    await robin.page.getByLabel('Where you work').fill('Harbour Clinic');
    await choosesPassphrase(robin.page);
    await button(robin.page, 'Register').click();
    await reads(robin.page, 'You are registered, Dr Robin Field');
    fingerprint = ((await robin.page.getByRole('definition').first().textContent()) ?? '').trim();
    expect(fingerprint.length).toBeGreaterThan(10);
  });
  await step('and is told what happens next', robin.page, async () => {
    await button(robin.page, 'Go on').click();
    await reads(robin.page, 'You registered. Two people have to agree first.');
    await button(robin.page, 'Ask again').click();
    await sees(robin.page, /Asked .*: not yet\./);
    await link(robin.page, 'See how far it is').click();
    await reads(robin.page, 'You asked for a role at Harbour Clinic');
    await sees(robin.page, 'An administrator calls you, compares your fingerprint and signs');
  });
  await step('the name appears at Mara by itself', page, async () => {
    await goTo(page, 'People');
    await reads(page, '2 doctors wait for an answer');
    await link(page, 'Dr Robin Field').click();
    await reads(page, 'Let Dr Robin Field open records?');
  });
  await step('both read the same fingerprint', page, () => sees(page, fingerprint));
  await step('nothing is signed before it was compared', page, async () => {
    await button(page, 'Approve').click();
    await sees(page, 'Compare the fingerprint first.');
  });
  await step('Mara signs; that alone lets nobody in', page, async () => {
    await page.getByLabel('We compared the fingerprint by voice').check();
    await button(page, 'Approve').click();
    await sees(page, /You signed\. 1 of 2/);
    await reads(robin.page, 'Harbour Clinic: one more signature is missing');
    await sees(robin.page, 'Mara Holt signed, Medical Board');
  });
  // The cloud is away when the key comes.
  const cloudTakes = (url: URL) => url.href === `${stage.cloud}/v1/sharing/enter`;
  await robin.context.route(cloudTakes, (route) => route.abort());
  await step('Joan finds the very same rule, and signs it', joan.page, async () => {
    await comesIn(joan.page, 'Joan Pike');
    await goTo(joan.page, 'People');
    await link(joan.page, 'Dr Robin Field').click();
    await sees(joan.page, /^Mara Holt.* signed this rule\. Sign the very same, and it counts\./);
    await joan.page.getByLabel('We compared the fingerprint by voice').check();
    await button(joan.page, 'Approve').click();
    await reads(joan.page, 'Dr Robin Field may open records');
  });
  await step('the doctor, who only watches, is told who made the key, and on whom it waits', robin.page, async () => {
    await reads(robin.page, 'Your key for Harbour Clinic is being made');
    await sees(robin.page, 'North Harbour Hospitals made its half');
    await sees(robin.page, 'Medical Board made its half');
    await sees(robin.page, 'The cloud did not take its part.');
  });
  await step('the cloud is back: the key is here, and so are the patients', robin.page, async () => {
    await robin.context.unroute(cloudTakes);
    await button(robin.page, 'Try now').click();
    await reads(robin.page, 'You hold the keys of your roles');
    await sees(robin.page, 'Checked here: the parts fit together. You keep yours.');
    await sees(robin.page, /^North Harbour Hospitals and Medical Board made your key, .*nobody has it whole\.$/);
  });
  await step('Joan sees that it was made, and by whom', joan.page, async () => {
    await sees(joan.page, /^Key made by North Harbour Hospitals and Medical Board/);
  });
  await step('the doctor asks for a role at another hospital', robin.page, async () => {
    await button(robin.page, 'Ask for a role').click();
    await robin.page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click();
    await sees(robin.page, 'Choose an organisation.');
    await robin.page.getByLabel('At which organisation').selectOption('Northgate Hospital');
    await robin.context.route('**/v1/enrolment/register', (route) => route.abort());
    await robin.page.keyboard.press('Enter');
    await sees(robin.page, 'The authority does not answer. Nothing was asked; try again in a minute.');
    await robin.context.unroute('**/v1/enrolment/register');
    await robin.page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click();
    await reads(robin.page, 'You asked for a role at Northgate Hospital');
  });
  await step('and the administrators are told of somebody who goes by another number there', page, async () => {
    await goTo(page, 'People');
    await reads(page, '2 doctors wait for an answer');
    await link(page, 'Dr Robin Field').click();
    await reads(page, 'Let Dr Robin Field open records?');
    await sees(page, /Northgate Hospital/);
    expect(await textOf(page)).not.toContain(fingerprint);
  });
  await step('the patients are there', robin.page, async () => {
    await goTo(robin.page, 'Patients');
    await reads(robin.page, /^[2-9]\d* patients$/);
    await sees(robin.page, 'Ada Marlow');
  });
  await step('Joan turns the other one down, with a reason', joan.page, async () => {
    await goTo(joan.page, 'People');
    await link(joan.page, 'Dr Jonas Lind').click();
    await button(joan.page, 'Turn down').click();
    await sees(joan.page, 'No rule opens anything to Dr Jonas Lind yet, and none will.');
    expect(await joan.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await button(joan.page, 'Turn down Dr Jonas Lind').click();
    await sees(joan.page, 'Write the reason first.');
    await joan.page.getByLabel('Reason').fill('Your certificate ended in May. Send us the new one.');
    await button(joan.page, 'Turn down Dr Jonas Lind').click();
    await reads(joan.page, 'Dr Jonas Lind was turned down');
    // Nobody's keys ended by this: there were none.
    expect(await textOf(joan.page)).not.toMatch(/keys of/i);
  });
  await step('who reads it', page, async () => {
    await using lind = await stage.visit();
    await comesIn(lind.page, 'Dr Jonas Lind');
    await reads(lind.page, 'You were turned down');
    await sees(lind.page, 'Your certificate ended in May. Send us the new one.');
    expect(lind.faults).toEqual([]);
  });
  await step('nobody new waits any more', page, async () => {
    await goTo(page, 'People');
    await reads(page, '1 doctor waits for an answer');
    await choose(page, 'Which doctors', /^Turned down/);
    await sees(page, 'Dr Jonas Lind');
    await choose(page, 'Which doctors', /^Let in/);
    expect(await textOf(page)).toMatch(/Dr Robin Field/);
  });
  await step('Mara turns down the doctor who was let in, and reads first what that does', page, async () => {
    await link(page, 'Dr Robin Field').click();
    await button(page, 'Turn down').click();
    await sees(page, /^At once, at the cloud and at every clinic, the keys of Dr Robin Field open nothing any more/);
    await sees(page, 'It cannot make Dr Robin Field forget what was read.');
    await sees(page, /^It cannot be undone/);
    await button(page, 'Cancel').click();
    await button(page, 'Turn down').click();
    await page.getByLabel('Reason').fill('You left the clinic on Friday. Thank you for your work.');
  });
  await step('where the authority does not answer, she is not told that nothing was changed', page, async () => {
    await mara.context.route('**/v1/enrolment/reject', (route) => route.abort());
    await button(page, 'Turn down Dr Robin Field').click();
    await sees(page, /It may have been done in part\. The authority does not answer/);
    await mara.context.unroute('**/v1/enrolment/reject');
  });
  await step('she is told what came of it, and which clinic did not hear', page, async () => {
    await mara.context.route('**/cloudlets/0/v1/sharing/endKeys', (route) => route.abort());
    await button(page, 'Turn down Dr Robin Field').click();
    await reads(page, 'Dr Robin Field was turned down');
    await sees(page, 'The keys of Dr Robin Field open nothing any more.');
    await sees(page, /^1 clinic did not answer\. It hears of it within a minute/);
    await sees(page, 'You left the clinic on Friday. Thank you for your work.');
  });
  await step('the doctor unlocks again and finds the reason where a chart was', robin.page, async () => {
    await link(robin.page, 'Ada Marlow').click();
    await reads(robin.page, 'Everything');
    await robin.page.reload();
    await unlocks(robin.page, passphrase);
    await reads(robin.page, 'You were turned down');
    expect(await textOf(robin.page)).not.toMatch(/Marlow/);
  });
  await step('and in the place of every list', robin.page, async () => {
    await goTo(robin.page, 'Patients');
    await reads(robin.page, 'You were turned down');
    await goTo(robin.page, 'Today');
    await reads(robin.page, 'You were turned down');
    await sees(robin.page, 'You left the clinic on Friday. Thank you for your work.');
  });
  expect([...mara.faults, ...joan.faults, ...robin.faults]).toEqual([]);
});

test('a head nurse sees which devices send, pairs one with a patient, and takes out the one that was lost', {
  timeout: 400_000,
}, async () => {
  await using joan = await stage.visit();
  const { page } = joan;
  const ada = await stage.keyrings.of('patient', 'ada', 'Ada Marlow');
  const { url } = stage.town.cloudlets.get('harbour')!;
  const as = { keyring: ada.keyring, mathematics: stage.mathematics, clock: stage.clock };
  const cloud = connectCloud(stage.cloud, ada.keyring, stage.clock);
  const cloudlet = connectCloudlet(url, ada.keyring, stage.clock);

  await stage.watchSends([vital('heart-rate', stage.clock() - 60_000, 'ada-watch', [71])]);
  const rows = (state: string | RegExp) => page.getByRole('row').filter({ has: page.getByText(state) });
  await step('Joan sees that a watch sends, and nothing of what', page, async () => {
    await comesIn(page, 'Joan Pike');
    await page.getByRole('slider', { name: /^Strips that came in from .*Passed on: [1-9]\d*\. Waiting here: 0\.$/ }).waitFor();
    await button(page, 'As a table').click();
    await page
      .getByRole('table', { name: 'Strips every two minutes' })
      .getByRole('row', { name: /^(Since )?\d\d:\d\d.* 1 0$/ })
      .waitFor();
    expect(await textOf(page)).not.toMatch(/Ada|heart/i);
    await goTo(page, 'Devices');
    await reads(page, /devices? (is|are) paired/);
    await rows('Sending').first().waitFor();
    expect(await textOf(page)).not.toMatch(/\b71\b|Ada|heart/i);
  });
  const code = await step('she asks for a code, which a camera can read', page, async () => {
    await button(page, 'Pair a device').click();
    await button(page, 'Show the code').click();
    await page.getByRole('img', { name: 'The code, for a camera' }).waitFor();
    await sees(page, 'Waits for the patient');
    return page.getByLabel('The code', { exact: true }).inputValue();
  });
  const wearable = await step('Ada takes it at home, and Joan is told', page, async () => {
    const paired = await pairDevice({ ...as, cloud, cloudlet }, { name: 'lost-watch', code, address: url });
    await sees(page, 'The patient has taken it');
    await button(page, 'Done').click();
    await rows('Nothing heard yet').first().waitFor();
    return paired;
  });
  const way = sender({
    wearable,
    save: async () => {},
    cloudlet: connectCloudlet(url, null, stage.clock),
    clock: stage.clock,
    battery: () => 12,
  });
  const keep = () => {
    const at = stage.clock();
    return way.keep({
      kind: 'vital-signs',
      from: at,
      bytes: packStrip([vital('heart-rate', at, 'lost-watch', [140])]),
      urgency: 'emergency',
    });
  };
  await step('it calls; that it did so at once, and that its battery is low, stands in its row', page, async () => {
    await keep();
    await way.send();
    await rows('At once').filter({ hasText: '12%' }).first().waitFor();
  });
  await step('it is lost, and Joan takes it out, once she has read what that does', page, async () => {
    await rows('At once')
      .getByRole('button', { name: /^Take out device/ })
      .click();
    await sees(page, 'It cannot be undone');
    await button(page, 'Take it out').click();
    await rows('Taken out').first().waitFor();
  });
  await step('whoever found it is not heard', page, async () => {
    await keep();
    await expect(way.send()).rejects.toMatchObject({ kind: 'cannot-open' });
  });
  expect(joan.faults).toEqual([]);
});

async function choosesPassphrase(page: Page): Promise<void> {
  await page.getByLabel('Choose a passphrase').fill(passphrase);
  await page.getByLabel('The same again').fill(passphrase);
}

async function claims(page: Page, { code, name, place }: { code: string; name: string; place: string }): Promise<void> {
  await page.getByLabel('One-time code').fill(code);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Where you work').fill(place);
  await choosesPassphrase(page);
  await button(page, 'Become administrator').click();
}
