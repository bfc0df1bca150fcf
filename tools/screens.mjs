// Pictures of every page and state of the portal, into docs/screens: `name.size.scheme.png`.
//
//   npm run screens                 all of them
//   npm run screens -- patient-     those whose names begin so
//
// The town, its pages and their worker all believe that it is Friday 20 November 2026, 09:41. What is random stays
// random: card numbers, fingerprints, and what the cloud holds. Everything else is the same each time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctors, organisations, patients } from '@carelet/testbed/cast';
import { brokenStates, emergencyStates } from '@carelet/testbed/portal/break-glass.testing';
import { bringCrowd } from '@carelet/testbed/portal/crowd.testing';
import { comesIn, goTo, link, reads } from '@carelet/testbed/portal/deeds.testing';
import { twoHours } from '@carelet/testbed/portal/hours.testing';
import { limitsStates } from '@carelet/testbed/portal/limits.testing';
import { receiptsStates } from '@carelet/testbed/portal/receipts.testing';
import { rejectedStates } from '@carelet/testbed/portal/rejected.testing';
import { sharingStates } from '@carelet/testbed/portal/sharing-states.testing';
import { openPortalStage } from '@carelet/testbed/portal/stage.testing';
import { busyStates, crowdedStates, endingStates, outageStates, states } from '@carelet/testbed/portal/states.testing';
import { walks, walksTo } from '@carelet/testbed/portal/views.testing';
import { root } from './house.mjs';
import { withPalette } from './palette.mjs';

const moment = Date.UTC(2026, 10, 20, 9, 41);
const wanted = process.argv[2] ?? '';
const folder = join(root, 'docs/screens');
/** Shown in the dark too. */
const inTheDark =
  /^(doors|sign-in|patient-home|patient-pressure|record-trace|proof|doctor-today|doctor-chart|admin-status|admin-devices|admin-doctor|sharing-none|sharing-who|sharing-what|sharing-check|sharing-given|sharing-stopped|sharing-asked|sharing-requests|receipts|receipts-beside|receipts-wrong|admin-rejecting|admin-rejected|emergency-sheet|emergency-told|limits-who|limits-said)$/;

/** States of people whom only the whole town has. */
const ofTheTown = [
  {
    name: 'patient-long-name',
    async show({ page }) {
      await comesIn(page, 'María de los Ángeles Guadalupe Inmaculada Etxeberría-Montenegro y Villaseñor de la Peña');
      await page.getByRole('heading', { name: 'To do' }).waitFor();
    },
  },
  {
    name: 'doctor-long-names',
    async show({ page }) {
      await comesIn(page, 'Dr Petra Novák');
      await goTo(page, 'Patients');
      await reads(page, '3 patients');
      await link(page, /^María/).waitFor();
    },
  },
  {
    name: 'doctor-nobody-new',
    async show({ page }) {
      await comesIn(page, 'Dr Rafael Diaz');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(1500);
    },
  },
];

const settlers = Object.fromEntries(
  Object.entries({ organisations, patients, doctors }).map(([name, all]) => [name, all.map(({ slug }) => slug)]),
);
const stage = await openPortalStage({ settlers, clock: () => moment, database: 'of its own' });
let taken = 0;
let bytes = 0;
try {
  mkdirSync(folder, { recursive: true });
  for (const size of ['desk', 'phone']) {
    for (const scheme of ['light', 'dark']) {
      for (const { who, views } of walks) {
        const last = views.findLastIndex(({ name }) => isWanted(name, scheme));
        if (last < 0) continue;
        const visit = await stage.visit({ size, scheme, frozen: moment });
        if (who !== null) await comesIn(visit.page, who);
        for (const { name, show } of views.slice(0, last + 1)) {
          await show(visit.page);
          if (isWanted(name, scheme)) await take(visit.page, `${name}.${size}.${scheme}`);
        }
        await visit[Symbol.asyncDispose]();
      }
    }
    for (const state of [...states, ...ofTheTown]) await takeState(state, size);
    if (isWanted('patient-home-arabic', 'light')) {
      const visit = await stage.visit({ size, language: 'ar', frozen: moment });
      await visit.page.goto(`${stage.url}/sign-in?as=layla`);
      await visit.page.locator('input[type=password]').fill('lantern steps');
      await visit.page.locator('button[type=submit]').click();
      await visit.page.locator('main h2').first().waitFor();
      await take(visit.page, `patient-home-arabic.${size}.light`);
      await visit[Symbol.asyncDispose]();
    }
    if (isWanted('sharing-arabic', 'light')) {
      const visit = await stage.visit({ size, language: 'ar', frozen: moment });
      await visit.page.goto(`${stage.url}/sign-in?as=layla`);
      await visit.page.locator('input[type=password]').fill('lantern steps');
      await visit.page.locator('button[type=submit]').click();
      await visit.page.locator('main h2').first().waitFor();
      await walksTo(visit.page, '/patient/sharing?step=who');
      await visit.page.getByRole('radio').last().check();
      await visit.page.getByRole('dialog').getByRole('button').last().click();
      await visit.page.getByRole('checkbox').first().check();
      await take(visit.page, `sharing-arabic.${size}.light`);
      await visit[Symbol.asyncDispose]();
    }
  }
  // Last, because many come to town.
  if (crowdedStates({ records: 0 }).some(({ name }) => isWanted(name, 'light'))) {
    const crowd = await bringCrowd(stage, { records: 1_200, patients: 40 });
    for (const size of ['desk', 'phone']) for (const state of crowdedStates(crowd)) await takeState(state, size);
  }
  if ('sharing'.startsWith(wanted) || wanted.startsWith('sharing')) {
    const sharing = await sharingStates(stage);
    for (const size of ['desk', 'phone']) for (const state of sharing) await takeState(state, size);
  }
  const around = [...emergencyStates, ...brokenStates(stage), ...limitsStates];
  for (const state of around) for (const size of ['desk', 'phone']) await takeState(state, size);
  if ('receipts'.startsWith(wanted) || wanted.startsWith('receipts')) {
    const receipts = await receiptsStates(stage);
    for (const size of ['desk', 'phone']) for (const state of receipts) await takeState(state, size);
  }
  if (['doctor-ending', 'doctor-ended'].some((name) => isWanted(name, 'light'))) {
    const endings = await endingStates(stage);
    for (const size of ['desk', 'phone']) for (const state of endings) await takeState(state, size);
  }
  const rejected = rejectedStates(stage);
  for (const size of ['desk', 'phone']) for (const state of rejected) await takeState(state, size);
  if ([...busyStates, ...outageStates].some(({ name }) => isWanted(name, 'light'))) {
    const hours = await twoHours(stage);
    for (const size of ['desk', 'phone']) for (const state of busyStates) await takeState(state, size);
    const later = moment + (await hours.outage());
    for (const size of ['desk', 'phone']) for (const state of outageStates) await takeState(state, size, later);
  }
  console.log(`${taken} pictures in docs/screens, ${Math.round(bytes / 1024 / Math.max(1, taken))} kB each on average`);
} finally {
  await stage[Symbol.asyncDispose]();
}

async function takeState({ name, show }, size, now = moment) {
  for (const scheme of ['light', 'dark']) {
    if (!isWanted(name, scheme)) continue;
    const visit = await stage.visit({ size, scheme, frozen: now });
    await show(visit, now);
    await take(visit.page, `${name}.${size}.${scheme}`);
    await visit[Symbol.asyncDispose]();
  }
}

function isWanted(name, scheme) {
  return name.startsWith(wanted) && (scheme === 'light' || inTheDark.test(name));
}

/** What stands in the window, without a caret that blinks, once fonts and charts are drawn. */
async function take(page, name) {
  await page.evaluate('document.fonts.ready');
  await page.mouse.move(0, 0);
  await page.waitForTimeout(250);
  const picture = withPalette(await page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' }));
  writeFileSync(join(folder, `${name}.png`), picture);
  taken++;
  bytes += picture.length;
}
