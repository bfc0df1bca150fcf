/**
 * The mathematics of the acceptance tests in a real Chromium, under the very policy of our pages: the files that test it here test it there. With
 * WebAssembly, and where a browser refuses it with what is plain.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pagePolicy } from '@carelet/portal/headers';
import type { Browser } from 'playwright-core';
import { build, defaultClientConditions } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../portal/browser.testing.ts';
import type { Came } from './vitest.testing.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What a browser computes of it, and what it checks. */
const files = [
  'algebra/group/decode',
  ...['encoding', 'fabeo', 'keycheck', 'mediated', 'shares'].map((name) => `kp-abe/${name}`),
  ...['attacks', 'break-glass', 'joint'].map((name) => `ma-kp-abe/${name}`),
  ...['consent', 'vouched'].map((name) => `pre/${name}`),
  'kdc/kdc',
  ...['attacks', 'checkpoint', 'export', 'log', 'map', 'patient-witness', 'promise', 'witness'].map((name) => `receipts/${name}`),
];

const origin = 'http://mathematics.test';
const folder = mkdtempSync(join(tmpdir(), 'carelet-browser-'));
let browser: Browser;

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'virtual:entry' ? '\0entry' : null),
        load: (id) =>
          id === '\0entry'
            ? [
                `import ${JSON.stringify(join(root, 'apps/portal/src/worker/without-eval.ts'))};`,
                ...files.map((file) => `import ${JSON.stringify(join(root, `crypto/src/${file}.test.ts`))};`),
                `import { run } from ${JSON.stringify(here('vitest.testing.ts'))};`,
                "await run(new URLSearchParams(location.search).get('only'), globalThis.tell);",
                'globalThis.over();',
              ].join('\n')
            : null,
      },
    ],
    resolve: {
      conditions: ['source', ...defaultClientConditions],
      alias: [
        { find: /^vitest$/, replacement: here('vitest.testing.ts') },
        { find: /^node:util$/, replacement: here('util.testing.ts') },
      ],
    },
    build: {
      outDir: folder,
      target: 'es2022',
      minify: false,
      rolldownOptions: { input: 'virtual:entry', output: { entryFileNames: 'run.js' } },
    },
  });
  browser = await openBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs them on a page of this policy; also tells what broke the policy. */
async function runUnder(policy: string, only: string | null): Promise<{ came: Came[]; faults: string[] }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults: string[] = [];
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', ({ violatedDirective }) => console.error('policy: ' + violatedDirective))`,
  );
  page.on('console', (line) => line.text().startsWith('policy: ') && faults.push(line.text()));
  await context.route(`${origin}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const [body, contentType] =
      path === '/'
        ? ['<!doctype html><script type="module" src="/run.js"></script>', 'text/html']
        : [await readFile(join(folder, path)), 'text/javascript'];
    await route.fulfill({ body, contentType, headers: { 'content-security-policy': policy } });
  });
  const came: Came[] = [];
  await page.exposeFunction('tell', (one: Came) => void came.push(one));
  const over = new Promise<void>((done) => void page.exposeFunction('over', done));
  page.on('pageerror', (thrown) => faults.push(thrown.message));
  await page.goto(`${origin}/${only === null ? '' : `?only=${only}`}`);
  await over;
  await context.close();
  return { came, faults };
}

const failed = (came: readonly Came[]) => came.filter(({ fault }) => fault !== null);

test('in a browser what opens opens, and every lie is refused', { timeout: 400_000 }, async () => {
  const { came, faults } = await runUnder(pagePolicy(null), null);
  expect(failed(came)).toEqual([]);
  expect(faults).toEqual([]);
  expect(came.length).toBeGreaterThan(150);
  const titles = came.map(({ test: title }) => title).join('\n');
  for (const word of [
    'whoever lies on the way is refused',
    'a point outside the subgroup',
    'a cloud that lies is caught',
    'an export holds',
  ]) {
    expect(titles).toContain(word);
  }
});

test('a browser that compiles no WebAssembly computes the same, and what needs it says so', { timeout: 400_000 }, async () => {
  const policy = pagePolicy(null).replace(" 'wasm-unsafe-eval'", '');
  expect(policy).not.toBe(pagePolicy(null));
  const plain = await runUnder(policy, 'noble');
  expect(failed(plain.came)).toEqual([]);
  expect(plain.came.length).toBeGreaterThan(30);
  const { came } = await runUnder(policy, 'mcl');
  expect(failed(came).length).toBe(came.length);
});
