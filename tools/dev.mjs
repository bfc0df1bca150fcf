// The town in one terminal: builds services and pages on every change, and starts the town again on every build of its
// own. Ctrl-C ends all. For pages that change under one's eyes there is `npm run dev -w apps/portal`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './house.mjs';

// Each in a process group of its own, so that ending it ends what it started.
const run = (...args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit', detached: true });
const children = [
  run(join(root, 'node_modules/typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'),
  run(join(root, 'node_modules/vite/bin/vite.js'), 'build', join(root, 'apps/portal'), '--watch', '--logLevel', 'warn'),
  run('--watch-preserve-output', '--watch', join(root, 'testbed/dist/main.js'), ...process.argv.slice(2)),
];

let ending = false;
function end(code) {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  for (const child of children) if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGTERM');
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));
for (const child of children) child.on('exit', (code) => end(code ?? 0)).on('error', () => end(1));
