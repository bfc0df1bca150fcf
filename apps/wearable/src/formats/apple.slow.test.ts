import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, expect, test } from 'vitest';
import { openRecording } from '../formats.ts';
import { madeExport, madeRecord } from './making.testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'carelet-apple-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Ten years of a watch: a gigabyte. */
const wanted = 2 ** 30;
const began = Date.UTC(2016, 0, 1);
const written = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000`;

/** Writes an export and says how many records it holds. */
async function exported(path: string): Promise<number> {
  const out = createWriteStream(path);
  const [head, tail] = madeExport('<!-- -->').split('<!-- -->') as [string, string];
  out.write(head);
  let records = 0;
  for (let bytes = head.length; bytes < wanted; ) {
    const lines: string[] = [];
    for (let i = 0; i < 2000; i++, records++) {
      const at = written(began + records * 30_000);
      lines.push(
        records % 3 === 0
          ? madeRecord('StepCount', 'count', String(records % 90), at, written(began + records * 30_000 + 20_000))
          : madeRecord(records % 3 === 1 ? 'HeartRate' : 'FlightsClimbed', 'count/min', String(55 + (records % 60)), at),
      );
    }
    const text = `${lines.join('\n')}\n`;
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end(tail);
  await finished(out);
  return records;
}

test('a gigabyte of Apple Health is read in the memory of a few blocks', async () => {
  const path = join(folder, 'export.xml');
  const records = await exported(path);
  expect(statSync(path).size).toBeGreaterThanOrEqual(wanted);
  let readings = 0;
  let steps = 0;
  let most = 0;
  let base = 0;
  for await (const block of (await openRecording(path)).readings({ device: 'phone-1' })) {
    readings += block.length;
    for (const one of block) if (one.kind === 'vital' && one.sign === 'steps') steps += one.values[0]!;
    // What is reachable and what waits to be collected, both: a leak of a tenth of the file would be 100 MB.
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    base ||= heapUsed + external + arrayBuffers;
    most = Math.max(most, heapUsed + external + arrayBuffers);
  }
  console.log(
    `${(wanted / 2 ** 20).toFixed(0)} MB of Apple Health, ${records.toLocaleString('en')} records: at most ${((most - base) / 2 ** 20).toFixed(0)} MB beyond the first block.`,
  );
  expect(readings).toBe(records);
  let expected = 0;
  for (let n = 0; n < records; n += 3) expected += n % 90;
  expect(steps).toBe(expected);
  expect(most - base).toBeLessThan(150 * 2 ** 20);
});
