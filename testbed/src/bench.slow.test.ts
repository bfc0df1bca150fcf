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
  'fetch',
  'kp-abe',
  'ntru',
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

test.each(names)('%s runs, names the machine and gives a line of JSON a figure', async (name) => {
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
