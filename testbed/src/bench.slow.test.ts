import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));
const bench = (...args: string[]) => run(process.execPath, [script, ...args], { env: { ...process.env, CARELET_BENCH_SMALL: '1' } });

const names = [
  'seal',
  'open',
  'strips',
  'air',
  'import',
  'ingest',
  'relay',
  'fetch',
  'kp-abe',
  'native',
  'consent',
  'sharing',
  'ntru',
  'aead',
  'wraps',
  'receipts',
  'memory',
  'start',
  'portal',
];

test('without a name the benchmarks are listed', async () => {
  const { stdout } = await bench();
  for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('a benchmark nobody has is refused', async () => {
  await expect(bench('speed')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('no benchmark "speed"') });
});

/** A benchmark that compares with something built elsewhere runs where that is. */
const isHere = (name: string) => name !== 'native' || Boolean(process.env.CARELET_BLST);

test.runIf(!isHere('native'))('native says what it lacks, and gives no figure', async () => {
  const { stdout, stderr } = await bench('native', '--json');
  expect([stdout.trim().split('\n').length, stderr]).toEqual([1, expect.stringContaining('CARELET_BLST')]);
});

test.for(names)('%s runs, names the machine and gives a line of JSON a figure', async (name, { skip }) => {
  skip(!isHere(name), 'CARELET_BLST names no folder of a built blst');
  const { stdout } = await bench(name, '--json');
  const [machine, ...figures] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(machine).toMatchObject({ machine: expect.any(String), cores: expect.any(Number), node: process.version, small: true });
  expect(figures.length).toBeGreaterThan(0);
  for (const figure of figures) {
    expect(figure).toMatchObject({ name: expect.stringMatching(`^${name}: `), ours: expect.any(Number), unit: expect.any(String) });
    expect(Object.hasOwn(figure, 'theirs') && Object.hasOwn(figure, 'ratio')).toBe(true);
  }
});
