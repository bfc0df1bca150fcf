// What CI runs before the tests: build, pages, lint, floors, examples, lock. One line a step; stops at the first failure.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root, seconds } from './house.mjs';

const node = (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? '' : `${stdout}${stderr}` || `${args[0]} ended with ${status}`;
};

/** The lock must not tie us to one registry: only links between our own workspaces may be resolved in it. */
function lock() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const tied = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  return tied
    .map(([path]) => `package-lock.json: ${path} is tied to a registry by "resolved"; install with the settings of .npmrc`)
    .join('\n');
}

/** How much JavaScript a browser fetches before the first page shows: the entry and what it imports at once. */
const firstLoadLimit = 250_000;

function firstLoad() {
  const built = join(root, 'apps/portal/dist/web');
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const files = Array.from(html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="(\/assets\/[^"]+\.js)"/g), ([, path]) => path);
  const size = files.reduce((sum, path) => sum + gzipSync(readFileSync(join(built, path)), { level: 9 }).length, 0);
  const kilobytes = `${(size / 1000).toFixed(1)} kB`;
  told = `${kilobytes} of JavaScript at first load`;
  if (files.length === 0) return 'apps/portal/dist/web/index.html loads no script';
  return size > firstLoadLimit ? `The first load has ${kilobytes} of JavaScript, gzipped; ${firstLoadLimit / 1000} kB are allowed.` : '';
}

/** What a step found worth a word beside its time. */
let told = '';

const steps = [
  ['build', () => node('node_modules/typescript/bin/tsc', '-b')],
  ['pages', () => node('node_modules/typescript/bin/tsc', '-p', 'apps/portal/tsconfig.web.json') || firstLoad()],
  ['lint', () => node('tools/biome.mjs', 'check', '.')],
  ['floors', () => node('tools/floors.mjs')],
  ['examples', () => node('tools/examples.mjs')],
  ['lock', lock],
];

for (const [name, step] of steps) {
  const started = performance.now();
  told = '';
  const problem = step();
  console.log(`${problem ? 'not ok' : 'ok    '}  ${name.padEnd(9)} ${seconds(started)}${told && `  ${told}`}`);
  if (!problem) continue;
  console.error(`\n${problem}`);
  process.exit(1);
}
