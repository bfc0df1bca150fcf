import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reading } from '@carelet/care/model';
import { inOrder, unpackStrip } from '@carelet/care/rules/strip/index';
import FitParser from 'fit-file-parser';
import { describe, expect, test } from 'vitest';
import { openRecording } from './formats.ts';
import { openings } from './openings.testing.ts';
import { present, recorded } from './recorded.testing.ts';
import { strips } from './strips.ts';

if (!present) console.log('Recorded signals are not here (CARELET_DATA names their folder): no recording goes into strips.');

const start = Date.UTC(2026, 10, 20, 12);
const at = (name: string): string => join(recorded, name);

describe.skipIf(!present)('recordings that nobody here wrote', () => {
  test('a cycling computer’s pulses are those an independent parser finds, file for file', async () => {
    for (const [name, { format, refused }] of openings) {
      // That parser reads only the first of several files in one.
      if (format !== 'FIT' || refused !== undefined || name.includes('activity-settings')) continue;
      const parsed = await new FitParser({ force: false, mode: 'list' }).parseAsync(
        Buffer.from(readFileSync(at(name))) as Buffer<ArrayBuffer>,
      );
      const theirs = (parsed.records ?? []).map(({ heart_rate: pulse }) => pulse).filter((pulse) => pulse !== undefined && pulse !== 0);
      const ours: number[] = [];
      for await (const block of (await openRecording(at(name))).readings({ device: 'd-1', start }))
        for (const one of block) if (one.kind === 'vital' && one.sign === 'heart-rate') ours.push(one.values[0]!);
      expect(ours, name).toEqual(theirs);
    }
  });

  test('every file goes into strips and comes back, reading for reading', async () => {
    let files = 0;
    for (const [name, { format, refused, options }] of openings) {
      if (format === undefined || refused !== undefined) continue;
      const recording = await openRecording(at(name));
      let total = 0;
      async function* given(): AsyncGenerator<Reading[]> {
        for await (const block of recording.readings({ device: 'd-1', start, ...options })) {
          total += block.length;
          yield block;
        }
      }
      let back = 0;
      for await (const { readings, bytes } of strips(given())) {
        const unpacked = unpackStrip(bytes);
        // What the strip was made of, object for object, in the order in which a strip keeps it.
        expect(inOrder(readings), name).toEqual(readings);
        expect(
          unpacked.every((one, i) => alike(one, readings[i]!)),
          name,
        ).toBe(true);
        back += unpacked.length;
      }
      expect(back, name).toBe(total);
      files++;
    }
    expect(files).toBeGreaterThan(90);
  });
});

/** Equal in every field and sample; `toEqual` over a million samples takes minutes. */
function alike(a: Reading, b: Reading): boolean {
  if (a.kind !== 'waveform' || b.kind !== 'waveform') return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
  const heads = (one: typeof a) =>
    JSON.stringify({ ...one, leads: one.leads.map(({ samples, ...rest }) => [sorted(rest), samples.length]) });
  return (
    heads(a) === heads(b) &&
    a.leads.every(({ samples }, i) => Buffer.compare(Buffer.from(samples.buffer), Buffer.from(b.leads[i]!.samples.buffer)) === 0)
  );
}

const sorted = (value: object): unknown => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
