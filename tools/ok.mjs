// What CI runs before the tests: build, lint, floors, examples, lock. One line a step; stops at the first failure.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

const steps = [
  ['build', () => node('node_modules/typescript/bin/tsc', '-b')],
  ['lint', () => node('tools/biome.mjs', 'check', '.')],
  ['floors', () => node('tools/floors.mjs')],
  ['examples', () => node('tools/examples.mjs')],
  ['lock', lock],
];

for (const [name, step] of steps) {
  const started = performance.now();
  const problem = step();
  console.log(`${problem ? 'not ok' : 'ok    '}  ${name.padEnd(9)} ${seconds(started)}`);
  if (!problem) continue;
  console.error(`\n${problem}`);
  process.exit(1);
}
