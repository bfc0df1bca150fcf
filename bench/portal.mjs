// The portal in a real Chromium: how much a browser fetches before it shows anything, and how long somebody waits for
// 10,000 sealed readings between the open keyring and the drawn chart.
//
// `theirs` is the same amount of FHIR in the clear in the same browser: fetched as one answer and parsed, nothing drawn.
//
// The browser, the services and the database share this machine's cores. Their processor time, from the click until a second
// after the chart is drawn, divided by the cores is about the least that the wait can last; unlike the wait it can be
// compared while other work goes on beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { renewManifest } from '@carelet/client/enrolment';
import { keyringPath } from '@carelet/client/keyring/file';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import { linkPatient } from '@carelet/client/records/link';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import { bundleOf, print } from '@carelet/testbed/days/index';
import { openPortalStage } from '@carelet/testbed/portal/stage.testing';
import { sensor } from '@carelet/wearable/sensor';
import { strips } from '@carelet/wearable/strips';
import { figure, median, size } from './kit.mjs';
import { importInto, sourceOf } from './stage.mjs';
import { processorTime } from './town-process.mjs';

export const says = 'first load, and 10,000 sealed readings from unlocked to drawn, in a real Chromium';

const amount = size(10_000, 200);
const hour = 3_600_000;

export async function* run() {
  yield figure('JavaScript before the first page, gzip', 'kB', firstLoad(), null, '<= 250 kB');
  const stage = await openPortalStage({
    settlers: { organisations: ['harbour'], patients: ['ada'], doctors: [] },
    database: 'of its own',
  });
  try {
    for (const [what, settle] of [
      ['as a wearable sends them', worn],
      ['a record each', single],
    ]) {
      const { name, total, clear } = await settle(stage);
      const runs = [];
      for (let round = 0; round < size(3, 1); round++) runs.push(await watchUnlock(stage, name, total, clear));
      const of = (key) => median(runs.map((one) => one[key]));
      const label = `${amount.toLocaleString('en')} readings, ${what}`;
      yield figure(`${label}: from unlocked to drawn`, 'ms', of('drawn'), of('clear'), '<= 1000 ms');
      yield figure(`${label}: keyring file to unlocked`, 'ms', of('unlocked'));
      yield figure(`${label}: longest task of the page`, 'ms', of('longest'), null, '<= 200 ms');
      yield figure(`${label}: first progress shown after`, 'ms', of('progress'));
      yield figure(`${label}: processor time in the browser's worker`, 'ms', of('worker'));
      yield figure(`${label}: processor time in browser, services and database`, 'ms', of('all'));
    }
  } finally {
    await stage[Symbol.asyncDispose]();
  }
}

/** Kilobytes of JavaScript, gzipped, that the document loads at once. */
function firstLoad() {
  const built = join(import.meta.dirname, '../apps/portal/dist/web');
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const paths = Array.from(html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="(\/assets\/[^"]+\.js)"/g), ([, path]) => path);
  return paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(built, path)), { level: 9 }).length, 0) / 1000;
}

/** A patient whose watch sent them, minute by minute. */
async function worn({ town, keyrings, mathematics, clock }) {
  const file = await keyrings.of('patient', 'stella', 'Stella Strip');
  const clinic = await keyrings.of('organisation', 'harbour', 'Harbour Clinic');
  const address = town.cloudlets.get('harbour').url;
  const { code } = await connectCloudlet(address, clinic.keyring, clock).sessions.pair();
  await renewManifest(connectAuthority(town.addresses.authority, file.keyring, clock), file.keyring);
  const as = { keyring: file.keyring, cloud: connectCloud(town.cloud.url, file.keyring, clock), mathematics, clock };
  const cloudlet = connectCloudlet(address, file.keyring, clock);
  const wearable = await pairDevice({ ...as, cloudlet }, { name: 'bench-watch', code, address });
  await file.save();
  const watch = sensor('bench', { ecg: false, device: 'bench-watch' });
  const from = clock() - 3 * hour;
  const readings = watch.between(from, clock()).slice(0, amount);
  const way = sender({ wearable, save: async () => {}, cloudlet: connectCloudlet(address, null, clock), clock });
  for await (const strip of strips([readings])) await way.keep(strip);
  await way.send();
  while ((await cloudlet.town.state()).waiting > 0) await new Promise((done) => setTimeout(done, 50));
  const pulses = readings.filter(({ sign }) => sign === 'heart-rate');
  return { name: 'stella', total: pulses.length, clear: JSON.stringify(readings) };
}

/** A patient whose clinic wrote each of them as a record of its own. */
async function single({ town, keyrings, mathematics, clock }) {
  const file = await keyrings.of('patient', 'rhea', 'Rhea Record');
  const clinic = await keyrings.of('organisation', 'harbour', 'Harbour Clinic');
  const cloud = connectCloud(town.cloud.url, clinic.keyring, clock);
  const pulses = Array.from({ length: amount }, (_, i) => pulse(i, clock() - (amount - i) * 0.8 * hour));
  const bundle = bundleOf('bench', [{ resourceType: 'Patient', id: 'rhea', name: [{ family: 'Record', given: ['Rhea'] }] }, ...pulses]);
  const text = print(bundle);
  await importInto({ clinic, cloud, mathematics }, [sourceOf('bench', text)]);
  const chart = clinic.keyring.charts.find(({ references, cradle }) => cradle && references.includes('urn:uuid:rhea'));
  await linkPatient({ keyring: clinic.keyring, save: () => clinic.save(), cloud }, chart, file.keyring.card);
  return { name: 'rhea', total: amount, clear: text };
}

const pulse = (i, at) => ({
  resourceType: 'Observation',
  id: `pulse-${i}`,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }], text: 'Heart rate' },
  subject: { reference: 'urn:uuid:rhea' },
  effectiveDateTime: new Date(at).toISOString(),
  valueQuantity: { value: 64 + ((i * 7) % 15), unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
});

/** One sitting: the page of the heart rate is locked, somebody unlocks it, and it is watched until all readings are drawn. */
async function watchUnlock({ url, browser, keyrings }, name, total, clear) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  try {
    const page = await context.newPage();
    await context.route('**/bench.json', (route) => route.fulfill({ contentType: 'application/json', body: clear }));
    await page.goto(`${url}/patient/vitals/heart-rate?days=365`);
    await page.setInputFiles('input[type=file]', keyringPath(keyrings.folder, name));
    await page.getByLabel('Passphrase', { exact: true }).fill(keyrings.passphrase);
    await page.evaluate(watching(total));
    const before = processorTime(process.pid);
    await page.getByRole('button', { name: 'Unlock' }).click();
    const seen = await page.evaluate('watched');
    const after = processorTime(process.pid);
    const fetched = await page.evaluate(`(async () => {
      const began = performance.now();
      const parsed = await (await fetch('/bench.json')).json();
      return parsed ? performance.now() - began : 0;
    })()`);
    return { ...seen, clear: fetched, worker: after.workers - before.workers, all: after.all - before.all };
  } finally {
    await context.close();
  }
}

/**
 * Runs in the page: notes when the sign-in is gone, when progress is first shown, and when all readings are drawn, two
 * frames after their number is in the page.
 */
const watching = (total) => `
  var watched = new Promise((done) => {
    let began = 0;
    let unlocked = 0;
    let progress = 0;
    let longest = 0;
    const tasks = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    });
    tasks.observe({ type: 'longtask' });
    addEventListener('click', () => { began = performance.now(); }, { once: true, capture: true });
    const look = () => {
      const now = performance.now();
      if (!unlocked && document.querySelector('nav[aria-label="Places"]')) unlocked = now;
      if (unlocked && !progress && document.querySelector('[role=progressbar]')) progress = now;
      if (!document.body.innerText.includes('${total.toLocaleString('en')} in all')) return;
      eyes.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const drawn = performance.now() - unlocked;
        setTimeout(() => done({ drawn, unlocked: unlocked - began, progress: progress ? progress - unlocked : drawn, longest }), 1000);
      }));
    };
    const eyes = new MutationObserver(look);
    eyes.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
`;
