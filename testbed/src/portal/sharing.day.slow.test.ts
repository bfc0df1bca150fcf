/**
 * A day of sharing: a patient lets a doctor read, the doctor sees it by himself, the patient stops, and his list loses it.
 * Around it what may go wrong: a sheet left and gone back to, a clinic's box that is away, a line that is cut.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { button, comesIn, goTo, link, reads, sees, shown, soon, step, textOf } from './deeds.testing.ts';
import { askFor, asks, beginsToAsk, looksAtChart } from './requests.testing.ts';
import { checks, choosesUntil, choosesWhat, choosesWho, looksAtSharing, shares, sharesNothing } from './sharing.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';

const diaz = 'Dr Rafael Diaz';
/** What is asked of a clinic's box. */
const atBox = /\/cloudlets\/.*\/v1\/sharing\//;

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

test('Ada shares with Dr Diaz on her phone and stops; he sits at a desk in the dark', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit({ size: 'phone' });
  await using desk = await stage.visit({ scheme: 'dark' });
  const { page } = visit;

  await step('Dr Diaz sees one patient, and not Ada', desk.page, async () => {
    await comesIn(desk.page, diaz);
    await goTo(desk.page, 'Patients');
    await reads(desk.page, '1 patient');
    expect(await textOf(desk.page)).not.toMatch(/Ada/);
  });
  await step('Ada shares with nobody, and is shown how to', page, async () => {
    await comesIn(page, 'Ada Marlow');
    await looksAtSharing(page);
    await reads(page, 'You share with nobody by name');
  });
  await step('she finds the doctor by what he is for', page, async () => {
    await button(page, 'Share with somebody').click();
    await page.getByLabel('Find by name, specialty or place').fill('liver');
    await page.getByRole('radio').nth(1).waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: diaz }).check();
  });
  await step('nothing that is private is turned on', page, async () => {
    await choosesWhat(page, ['Readings']);
    for (const group of ['Mental health', 'Sexual health', 'HIV'])
      expect(await page.getByRole('checkbox', { name: group, exact: true }).isChecked()).toBe(false);
  });
  await step('going back is going back, and what was chosen is still chosen', page, async () => {
    await page.goBack();
    await reads(page, 'Who may see something?');
    expect(await page.getByRole('radio', { name: diaz }).isChecked()).toBe(true);
    await page.goForward();
    expect(await page.getByRole('checkbox', { name: 'Readings', exact: true }).isChecked()).toBe(true);
  });
  await step('the sheet is left, and what she began waits for her', page, async () => {
    await choosesUntil(page, 'A month');
    await page.keyboard.press('Escape');
    await sees(page, `You began to share with ${diaz}.`);
    await goTo(page, 'Records');
    await looksAtSharing(page);
    await button(page, 'Go on').click();
  });
  await step('she reads what it comes to, and shares', page, async () => {
    await reads(page, 'Is this what you want?');
    await sees(page, `${diaz} will not see by this`);
    expect(await shown(page)).toMatch(new RegExp(`${diaz}\\s+will see\\s+readings\\s+until`));
    await button(page, 'Share now').click();
    await reads(page, '1 doctor can see what you share');
  });
  await step('the doctor sees her by himself', desk.page, async () => {
    await soon(link(desk.page, 'Ada Marlow'), 5000);
    await link(desk.page, 'Ada Marlow').click();
    await sees(desk.page, /^Ada Marlow shares with you: readings, until /);
    await reads(desk.page, 'Medicines: locked for you');
  });
  await step('each reading says who sees it, with a way to Sharing', page, async () => {
    await goTo(page, 'Records');
    await page.getByRole('group', { name: 'Records' }).getByRole('link').first().click();
    await link(page, diaz).click();
    await reads(page, '1 doctor can see what you share');
  });
  await step('she changes what he sees, and reads what is more and what is less', page, async () => {
    await button(page, `Change ${diaz}`).click();
    await reads(page, `What may ${diaz} see?`);
    expect(await page.getByRole('checkbox', { name: 'Readings', exact: true }).isChecked()).toBe(true);
    await page.getByRole('checkbox', { name: 'Readings', exact: true }).uncheck();
    await page.getByRole('checkbox', { name: 'Test results', exact: true }).check();
    await choosesUntil(page, 'A week');
    await checks(page);
    await sees(page, `${diaz} will also see test results.`);
    await sees(page, `${diaz} will no longer see readings.`);
    await sees(page, /^Until .* instead of /);
    await button(page, 'Change now').click();
    await sees(page, new RegExp(`^Changed\\. ${diaz} sees this until `));
    await reads(page, '1 doctor can see what you share');
  });
  await step('it is so at the doctor’s, and undone as well', desk.page, async () => {
    await desk.page.getByText(/^Ada Marlow shares with you: test results, until /).waitFor();
    await button(page, 'Undo').click();
    await sees(page, `Changed back for ${diaz}.`);
    await sees(desk.page, /^Ada Marlow shares with you: readings, until /);
  });
  await step('she stops, and is told at once what it did', page, async () => {
    await button(page, `Stop ${diaz}`).click();
    await reads(page, `You no longer share with ${diaz}`);
    await sees(page, 'It stopped at once');
    await reads(page, 'You share with nobody by name');
  });
  await step('the doctor’s list loses her, though he looks at her chart', desk.page, async () => {
    await reads(desk.page, 'This record is not here');
    await goTo(desk.page, 'Patients');
    await reads(desk.page, '1 patient');
    expect(await textOf(desk.page)).not.toMatch(/Ada/);
  });
  await step('she shares again where she stopped', page, async () => {
    await button(page, `Share again ${diaz}`).click();
    await reads(page, '1 doctor can see what you share');
    await soon(link(desk.page, 'Ada Marlow'), 5000);
  });
  await step('and undoes it from the bar', page, async () => {
    await button(page, 'Undo').click();
    await sees(page, `Taken back. ${diaz} can no longer open it.`);
    await reads(page, 'You share with nobody by name');
  });
  await step('she shares with everyone at his clinic, and the sentence says so', page, async () => {
    await button(page, 'Share with somebody').click();
    await page.getByLabel('Find by name, specialty or place').fill('harbour');
    await page.getByRole('radio', { name: 'Harbour Clinic', exact: true }).check();
    await sees(page, 'Everyone who works at Harbour Clinic, today and later');
    await choosesWhat(page, ['Readings']);
    await choosesUntil(page, 'A week');
    await checks(page);
    await sees(page, /^Whoever starts to work there can see it too/);
    expect(await shown(page)).toMatch(/Harbour Clinic\s+will see\s+readings\s+until/);
    await button(page, 'Share now').click();
    await reads(page, 'Others can see what you share');
    await sees(page, 'Everyone who works there, today and later');
  });
  await step('it stands at the doctor’s, with the clinic’s name, and is gone when she stops', desk.page, async () => {
    await soon(link(desk.page, 'Ada Marlow'), 8000);
    await link(desk.page, 'Ada Marlow').click();
    await sees(desk.page, /^Ada Marlow shares with Harbour Clinic, where you work: readings, until /);
    await button(page, 'Stop Harbour Clinic').click();
    await reads(page, 'You share with nobody by name');
    await reads(desk.page, 'This record is not here');
    await goTo(desk.page, 'Patients');
    await reads(desk.page, '1 patient');
  });
  await step('locked, nothing of it is left on the page', page, async () => {
    await button(page, /^Share (with somebody|something)$/).click();
    await page.getByRole('radio', { name: diaz }).check();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+L');
    await reads(page, 'Locked');
    expect(await shown(page)).not.toMatch(/Diaz|Marlow/);
    await comesInAgain(page);
    await reads(page, 'You share with nobody by name');
    expect(await textOf(page)).not.toMatch(/You began/);
  });
  expect(visit.faults).toEqual([]);
  expect(desk.faults).toEqual([]);
});

async function comesInAgain(page: Parameters<typeof textOf>[0]): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill('lantern steps');
  await button(page, 'Unlock').click();
}

test('while the clinic’s box is away nothing is shared, and what is stopped says who has not heard', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit();
  const { page, context } = visit;
  await comesIn(page, 'Ada Marlow');
  await looksAtSharing(page);
  await context.route(atBox, (route) => route.abort());
  await step('it could not be shared, and she is told that nothing is', page, async () => {
    await choosesWho(page, diaz);
    await choosesWhat(page, ['Readings']);
    await choosesUntil(page, 'A week');
    await checks(page);
    await button(page, 'Share now').click();
    await sees(page, `It could not be shared with ${diaz}`);
    await sees(page, /^Nothing is shared/);
  });
  await step('with the box back, trying again is enough', page, async () => {
    await context.unrouteAll();
    await button(page, 'Try again').click();
    await reads(page, '1 doctor can see what you share');
  });
  await step('stopped without the box, nothing opens, and it is told later', page, async () => {
    await context.route(atBox, (route) => route.abort());
    await button(page, `Stop ${diaz}`).click();
    await sees(page, /^Nothing of this opens for Dr Rafael Diaz any more.* did not answer/);
    await reads(page, 'You share with nobody by name');
    await context.unrouteAll();
    await button(page, `Tell it now ${diaz}`).click();
    await sees(page, /^It stopped at once/);
  });
});

test('an older copy of the keyring tells what it knows, and can stop it', { timeout: 300_000 }, async () => {
  {
    await using visit = await stage.visit();
    await comesIn(visit.page, 'Ada Marlow');
    await looksAtSharing(visit.page);
    await shares(visit.page, diaz, ['Readings'], 'A week');
  }
  await using visit = await stage.visit();
  const { page } = visit;
  await comesIn(page, 'Ada Marlow');
  await step('it says that another device knows what it is about', page, async () => {
    await looksAtSharing(page);
    await sees(page, /^You shared it on another device/);
  });
  await step('stopping works, and sharing again asks what', page, async () => {
    await button(page, `Stop ${diaz}`).click();
    await reads(page, `You no longer share with ${diaz}`);
    await button(page, `Share again ${diaz}`).click();
    await reads(page, `What may ${diaz} see?`);
  });
});

test('without a connection it can be looked at, and a stop that did not happen says so', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit();
  const { page, context } = visit;
  await comesIn(page, 'Ada Marlow');
  await looksAtSharing(page);
  await shares(page, diaz, ['Readings'], 'A week');
  await context.setOffline(true);
  await step('it still says who sees what', page, async () => {
    await sees(page, /^You can look here at what you share/);
    await goTo(page, 'Home');
    await looksAtSharing(page);
    await button(page, `Stop ${diaz}`).waitFor();
  });
  await step('it says that it still holds', page, async () => {
    await button(page, `Stop ${diaz}`).click();
    await sees(page, 'It could not be stopped now.');
    await reads(page, '1 doctor can see what you share');
  });
  await step('and stops once the line is back', page, async () => {
    await context.setOffline(false);
    await button(page, `Stop ${diaz}`).click();
    await reads(page, `You no longer share with ${diaz}`);
  });
});

test('Dr Diaz asks Ada for more, and she decides, at a desk', { timeout: 300_000 }, async () => {
  await using visit = await stage.visit();
  await using desk = await stage.visit();
  const { page } = visit;
  const why = 'Before I change your tablets I want to see what you take.';

  await comesIn(page, 'Ada Marlow');
  await looksAtSharing(page);
  await shares(page, diaz, ['Readings'], 'A week');
  await comesIn(desk.page, diaz);
  await goTo(desk.page, 'Patients');
  await soon(link(desk.page, 'Ada Marlow'), 5000);

  await step('what is locked says so, and lets him ask', desk.page, async () => {
    await looksAtChart(desk.page, 'Ada Marlow');
    await reads(desk.page, 'Medicines: locked for you');
    await beginsToAsk(desk.page, 'Medicines');
  });
  await step('without a reason nothing is asked', desk.page, async () => {
    await button(desk.page, 'Ask now').click();
    await sees(desk.page, 'Say why, in a sentence.');
    await desk.page.getByLabel('Why').fill(why);
    await sees(desk.page, /^Dr Rafael Diaz asks to see your medicines and vaccinations until/);
  });
  await step('by the keyboard he asks', desk.page, async () => {
    await button(desk.page, 'Ask now').press('Enter');
    await sees(desk.page, 'Asked. Ada Marlow decides.');
    await sees(desk.page, /^Asked: .* Ada Marlow has not answered yet\.$/);
    expect(await desk.page.getByRole('button', { name: askFor('Medicines') }).count()).toBe(0);
  });
  await step('it is the first thing to do at Ada’s Home, with his words', page, async () => {
    await goTo(page, 'Home');
    await reads(page, /^Dr Rafael Diaz asks to see your medicines and vaccinations until/);
    await sees(page, why);
  });
  await step('she declines where she shares, and undoes it', page, async () => {
    await looksAtSharing(page);
    await button(page, `Decline ${diaz}`).click();
    await sees(page, /^Declined\. Dr Rafael Diaz learns that, and no reason/);
    await button(page, `Decide ${diaz}`).waitFor({ state: 'detached' });
    await button(page, 'Undo').click();
    await sees(page, /^Not declined/);
    await button(page, `Decide ${diaz}`).waitFor();
  });
  await step('from Home, deciding opens the sheet with what he asks filled in', page, async () => {
    await goTo(page, 'Home');
    await link(page, `Decide ${diaz}`).click();
    await reads(page, 'Is this what you want?');
    await sees(page, `${diaz} asks, and says:`);
    expect(await shown(page)).toMatch(new RegExp(`${diaz}\\s+will see\\s+medicines and vaccinations\\s+until`));
  });
  await step('she gives it for less time, and it is answered', page, async () => {
    await page.getByRole('dialog').getByRole('link').nth(2).click();
    await reads(page, 'Until when?');
    await page.getByRole('radio', { name: 'A week' }).check();
    await checks(page);
    await button(page, 'Share now').click();
    await sees(page, new RegExp(`^Shared with ${diaz} until `));
    await button(page, `Decide ${diaz}`).waitFor({ state: 'detached' });
  });
  await step('it opens at the doctor’s by itself', desk.page, async () => {
    await desk.page.getByRole('heading', { name: 'Medicines: locked for you' }).waitFor({ state: 'detached' });
    await reads(desk.page, 'Medicines');
  });
  await step('he asks for more and takes it back; at Ada’s nothing is left of it', desk.page, async () => {
    await asks(desk.page, 'Notes and documents', 'To read about the liver.', 'Ada Marlow');
    await button(page, `Decide ${diaz}`).waitFor();
    await button(desk.page, /^Take it back/).click();
    await button(desk.page, askFor('Notes and documents')).waitFor();
    await button(page, `Decide ${diaz}`).waitFor({ state: 'detached', timeout: 20_000 });
  });
  await step('declined when she locks, he learns that and no reason', page, async () => {
    await asks(desk.page, 'Notes and documents', 'To read about the liver.', 'Ada Marlow');
    await button(page, `Decline ${diaz}`).click();
    await button(page, `Decide ${diaz}`).waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+L');
    await reads(page, 'Locked');
    expect(await shown(page)).not.toMatch(/Diaz|liver/);
    await sees(desk.page, /^Ada Marlow declined what you asked/);
    await button(desk.page, askFor('Notes and documents')).waitFor();
  });
  expect(visit.faults).toEqual([]);
  expect(desk.faults).toEqual([]);
});
