import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '@carelet/care/model';
import { toObservations } from '@carelet/care/rules/observation';
import { unpackStrip } from '@carelet/care/rules/strip/index';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present, recorded } from './recorded.testing.ts';
import { replay } from './replay.ts';
import { strips } from './strips.ts';
import { openWfdb } from './wfdb.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carelet-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const start = Date.UTC(2026, 10, 20, 12);

describe.skipIf(!present)('record 100', () => {
  test('replays whole into strips, and opens sample for sample equal', async () => {
    const path = join(recorded, 'wfdb/100');
    const original: number[][] = [[], []];
    for await (const { samples } of (await openWfdb(path)).blocks(100_000))
      for (const [i, run] of samples.entries()) for (const sample of run) original[i]!.push(sample);

    const unpacked: number[][] = [[], []];
    const opened: number[][] = [[], []];
    let bytes = 0;
    let next = 0;
    for await (const strip of strips(replay(path, { device: 'holter-1', start }))) {
      expect(strip.number).toBe(next++);
      bytes += strip.bytes.length;
      const readings = unpackStrip(strip.bytes);
      for (const reading of readings)
        if (reading.kind === 'waveform')
          for (const [i, { samples }] of reading.leads.entries()) for (const sample of samples) unpacked[i]!.push(sample);
      for (const observation of toObservations(readings, { patient: 'Patient/ada', device: 'Device/holter-1', strip: strip.number })) {
        const { component } = observation as unknown as { component: { valueSampledData: { data: string } }[] };
        for (const [i, { valueSampledData }] of component.entries())
          for (const sample of valueSampledData.data.split(' ')) opened[i]!.push(Number(sample));
      }
    }
    const same = (a: readonly number[][], b: readonly number[][]) =>
      a.every((run, i) => run.length === 650_000 && b[i]!.length === 650_000 && run.every((sample, n) => sample === b[i]![n]));
    expect(next).toBe(61);
    expect(same(unpacked, original)).toBe(true);
    expect(same(opened, original)).toBe(true);
    expect((8 * bytes) / 1_300_000).toBeLessThan(4);
  });

  test('is found by its header, its samples, or its name', async () => {
    for (const name of ['100', '100.hea', '100.dat']) {
      const blocks = replay(join(recorded, 'wfdb', name), { device: 'holter-1', start })[Symbol.asyncIterator]();
      const first = (await blocks.next()).value as Reading[];
      expect(first).toMatchObject([{ at: start, leads: [{ name: 'MLII' }, { name: 'V5' }] }]);
      await blocks.return?.(undefined);
    }
  });
});

test('CSV is told by its ending, and read line by line', async () => {
  const path = join(folder, 'pulse.csv');
  await writeFile(path, `time,hr\n${Array.from({ length: 1200 }, (_, s) => `${s},${60 + (s % 20)}\n`).join('')}`);
  const mapping = { time: { column: 'time', as: 'elapsed-s' }, signs: [{ sign: 'heart-rate', columns: ['hr'] }] } as const;
  const sizes: number[] = [];
  for await (const block of replay(path, { device: 'watch-1', start, mapping })) sizes.push(block.length);
  expect(sizes).toEqual([500, 500, 200]);
});

test('a file of another kind is refused with the kinds there are, one that is not there is missing', async () => {
  const path = join(folder, 'ride.fit');
  await writeFile(path, 'x');
  const first = (of: string) => replay(of, { device: 'w' }).next();
  await expect(first(path)).rejects.toThrow('Cannot read recording "ride.fit": it is text, and of no format known here; read are WFDB');
  await expect(first(join(folder, 'none.fit'))).rejects.toMatchObject({ kind: 'missing' });
});
