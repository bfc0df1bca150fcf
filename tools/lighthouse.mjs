// Lighthouse over the built portal: the doors and the sign-in as somebody meets them first, on a phone and at a desk,
// and the patient's home as it stands once it is open. Each is met five times, because whatever else the machine does
// counts too; what is told is the one in the middle. Ends with 1 below the marks that the portal has to reach.
//
//   npm run lighthouse
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { browserPlace } from '@carelet/testbed/portal/browser.testing';
import { openPortalStage } from '@carelet/testbed/portal/stage.testing';
import { desktopConfig, navigation, snapshot } from 'lighthouse';

// Lighthouse drives a browser by this one, and brings it along.
const puppeteer = createRequire(import.meta.resolve('lighthouse'))('puppeteer-core');

const times = 5;
const marks = { performance: 95, accessibility: 100, 'best-practices': 100 };

const stage = await openPortalStage({
  settlers: { organisations: ['northgate', 'harbour'], patients: ['ada'], doctors: [] },
  database: 'of its own',
});
let failed = false;
let browser;
try {
  const { executablePath, args, env } = await browserPlace();
  browser = await puppeteer.launch({ executablePath, args, env, headless: true, debuggingPort: await freePort() });
  for (const [look, config] of [
    ['phone', undefined],
    ['desk', desktopConfig],
  ]) {
    for (const [name, path] of [
      ['doors', '/'],
      ['sign-in', '/sign-in?as=ada'],
    ]) {
      const met = [];
      for (let time = 0; time < times; time++) {
        const page = await browser.newPage();
        met.push(
          await navigation(page, `${stage.url}${path}`, { config, flags: { onlyCategories: Object.keys(marks), logLevel: 'error' } }),
        );
        await page.close();
      }
      met.sort((a, b) => performanceOf(a) - performanceOf(b));
      tell(`${name}, ${look}`, met[Math.floor(times / 2)]);
    }
    const page = await browser.newPage();
    await page.goto(`${stage.url}/sign-in?as=ada`);
    await page.locator('input[type=password]').fill(stage.keyrings.passphrase);
    await page.locator('button[type=submit]').click();
    await page.waitForSelector('article h3');
    tell(
      `patient's home, ${look}`,
      await snapshot(page, { config, flags: { onlyCategories: ['accessibility', 'best-practices'], logLevel: 'error' } }),
    );
    await page.close();
  }
} finally {
  await browser?.close();
  await stage[Symbol.asyncDispose]();
}
process.exit(failed ? 1 : 0);

function performanceOf({ lhr }) {
  return lhr.categories.performance.score ?? 0;
}

/** A line for a page; what costs points is named below it. */
function tell(name, { lhr }) {
  const scores = Object.entries(lhr.categories).map(([id, { score }]) => [id, Math.round((score ?? 0) * 100)]);
  const low = scores.filter(([id, score]) => score < marks[id]);
  const largest = lhr.audits['largest-contentful-paint']?.displayValue;
  console.log(
    `${low.length > 0 ? 'not ok' : 'ok    '}  ${name.padEnd(22)} ${scores.map(([id, score]) => `${id} ${score}`).join('  ')}${largest ? `  largest paint ${largest}` : ''}`,
  );
  for (const [id] of low) {
    failed = true;
    for (const { id: audit, weight } of lhr.categories[id].auditRefs) {
      const { title, score, displayValue = '', details } = lhr.audits[audit];
      if (weight === 0 || score === null || score === 1) continue;
      console.log(`          ${id}: ${title} ${displayValue}`);
      for (const { description, node } of (details?.items ?? []).slice(0, 3)) {
        const what = description ?? node?.selector;
        if (what) console.log(`            ${what}`);
      }
    }
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
