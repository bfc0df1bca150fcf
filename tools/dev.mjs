// The town in one terminal: builds on every change and starts the town again on every build. Ctrl-C ends both.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './house.mjs';

// Each in a process group of its own, so that ending it ends what it started.
const run = (...args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit', detached: true });
const children = [
  run(join(root, 'node_modules/typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'),
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
