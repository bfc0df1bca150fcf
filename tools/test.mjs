// Runs the tests and ends with one line a machine can read: `N passed, N failed[, N skipped]`.
//
//   node tools/test.mjs                 the quick tests
//   node tools/test.mjs --slow          all of them
//   node tools/test.mjs --only-slow     those that are not quick
//   … --no-days                         without the long days, in a browser or of recorded hearts
//   node tools/test.mjs crypto/src/ntru -t "opens"    anything else goes to vitest
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from './house.mjs';

const args = process.argv.slice(2);
const flags = { '--only-slow': 'only', '--slow': 'too' };
const slow = Object.entries(flags).find(([flag]) => args.includes(flag))?.[1];
const folder = mkdtempSync(join(tmpdir(), 'carelet-count-'));
const counted = join(folder, 'count.json');

const withoutDays = '--no-days';
const given = args.filter((arg) => !(arg in flags) && arg !== withoutDays);
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, ...given];
const reporters = ['--reporter=default', `--reporter=${join(root, 'tools/test-reporter.mjs')}`];
const env = {
  ...process.env,
  CARELET_TEST_COUNT: counted,
  ...(slow && { CARELET_SLOW: slow }),
  ...(args.includes(withoutDays) && { CARELET_DAYS: 'no' }),
};
const child = spawn(process.execPath, [...vitest, ...reporters], { stdio: 'inherit', env });
process.on('SIGINT', () => {}); // the terminal has told vitest too; it ends its database before it goes
process.on('SIGTERM', () => child.kill('SIGTERM'));
const status = await new Promise((done) => child.on('exit', done).on('error', () => done(1)));

const count = existsSync(counted) ? JSON.parse(readFileSync(counted, 'utf8')) : { passed: 0, failed: 0, skipped: 0, notes: {} };
rmSync(folder, { recursive: true, force: true });
if (status !== 0 && count.failed === 0) count.failed = 1; // vitest itself broke, or found nothing to run

const data = resolve(root, process.env.CARELET_DATA ?? '../shared/data');
const unsaid = existsSync(data)
  ? 'not for this run or this machine'
  : 'they replay recorded inputs, which are not here (CARELET_DATA names their folder)';
for (const [note, times] of Object.entries(count.notes)) console.log(`Skipped ${times}: ${note || unsaid}`);
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`);
process.exit(count.failed > 0 ? 1 : 0);
