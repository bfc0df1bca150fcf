import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WaveformReading } from '@carelet/care/model';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { present, recorded } from './recorded.testing.ts';
import { openWfdb, parseHeader, wfdbReadings } from './wfdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'carelet-wfdb-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wfdb = (name: string): string => join(recorded, 'wfdb', name);
const start = Date.UTC(2026, 10, 20, 12);
const device = 'holter-1';

async function readingsOf(path: string, options: { start?: number; seconds?: number } = {}): Promise<WaveformReading[][]> {
  const blocks: WaveformReading[][] = [];
  for await (const block of wfdbReadings(path, { device, ...options })) blocks.push(block);
  return blocks;
}

/** Writes a record of its own into the temporary folder. */
function record(name: string, header: string, files: Record<string, Uint8Array> = {}): string {
  writeFileSync(join(folder, `${name}.hea`), header);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, file), bytes);
  return join(folder, name);
}

const sum16 = (samples: Iterable<number>): number => (([...samples].reduce((sum, sample) => sum + sample, 0) & 0xffff) << 16) >> 16;
const packed16 = (samples: readonly number[]): Uint8Array => new Uint8Array(Int16Array.from(samples).buffer);
function packed212(samples: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < samples.length; i += 2) {
    const [a, b] = [samples[i]! & 0xfff, (samples[i + 1] ?? 0) & 0xfff];
    bytes.push(a & 0xff, (a >> 8) | ((b >> 8) << 4), b & 0xff);
  }
  return Uint8Array.from(samples.length % 2 === 0 ? bytes : bytes.slice(0, -1));
}

describe.skipIf(!present)('records of PhysioNet', () => {
  test('record 100 is what MIT-BIH says it is', async () => {
    const opened = await openWfdb(wfdb('100'));
    expect(opened).toMatchObject({ frames: 650_000, seconds: 650_000 / 360 });
    expect(opened.header).toMatchObject({
      record: '100',
      frequency: 360,
      frames: 650_000,
      start: undefined,
      segments: undefined,
      comments: ['unnecessary comment', '69 M 1085 1629 x1', 'Aldomet, Inderal'],
    });
    expect(opened.header.signals).toMatchObject([
      { description: 'MLII', format: 212, gain: 200, resolution: 11, adcZero: 1024, baseline: 1024, initialValue: 995, checksum: -22131 },
      { description: 'V5', format: 212, gain: 200, resolution: 11, adcZero: 1024, baseline: 1024, initialValue: 1011, checksum: 20052 },
    ]);
    await opened.verify();
  });

  test('record 100 has 650,000 samples of two leads, the first 995 and 1011, however it is cut', async () => {
    const whole = (await readingsOf(wfdb('100.hea'), { start, seconds: 1e6 })).flat();
    const blocks = (await readingsOf(wfdb('100'), { start, seconds: 7 })).flat();
    expect(whole).toHaveLength(1);
    expect(blocks).toHaveLength(Math.ceil(650_000 / 2520));
    expect(blocks[1]!.at).toBe(start + 7000);
    expect(blocks[0]).toMatchObject({
      kind: 'waveform',
      device,
      frequency: 360,
      leads: [{ name: 'MLII', unit: 'mV', gain: 200, baseline: 1024 }, { name: 'V5' }],
    });
    for (const [i, { samples }] of whole[0]!.leads.entries()) {
      expect(samples).toHaveLength(650_000);
      expect(samples[0]).toBe([995, 1011][i]);
      const joined = Int32Array.from(blocks.flatMap(({ leads }) => [...leads[i]!.samples]));
      expect(Buffer.compare(new Uint8Array(joined.buffer), new Uint8Array(samples.buffer))).toBe(0);
    }
  });

  test('a truncated copy gives nothing', async () => {
    for (const name of ['100.hea', '100.dat']) copyFileSync(wfdb(name), join(folder, name));
    writeFileSync(join(folder, '100.dat'), readFileSync(wfdb('100.dat')).subarray(0, 1_500_000));
    await expect(openWfdb(join(folder, '100'))).rejects.toThrow(
      'Cannot read WFDB record "100.dat": it is truncated: it ends after 500000 of 650000 samples',
    );
    await expect(openWfdb(join(folder, '100'))).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('a copy with one byte changed gives nothing', async () => {
    const bytes = readFileSync(wfdb('100.dat'));
    bytes[1_234_567]! ^= 0x01;
    writeFileSync(join(folder, '100.dat'), bytes);
    copyFileSync(wfdb('100.hea'), join(folder, '100.hea'));
    const readings = wfdbReadings(join(folder, '100'), { device, start });
    await expect(readings.next()).rejects.toMatchObject({ kind: 'invalid', because: expect.stringContaining('wrong checksum') as string });
  });

  test('a record without its samples says which file is missing', async () => {
    copyFileSync(wfdb('a103l.hea'), join(folder, 'a103l.hea'));
    await expect(openWfdb(join(folder, 'a103l'))).rejects.toThrow('Cannot read WFDB record "a103l.mat": there is no such file');
    await expect(openWfdb(join(folder, 'a103l'))).rejects.toMatchObject({ kind: 'missing' });
    await expect(openWfdb(join(folder, 'nobody'))).rejects.toMatchObject({ kind: 'missing', subject: 'nobody.hea' });
  });

  test('a103l lies behind a MATLAB header, its pulse wave in units of its own', async () => {
    const [block] = await readingsOf(wfdb('a103l'), { start, seconds: 1000 });
    expect(block).toMatchObject([
      {
        frequency: 250,
        leads: [
          { name: 'II', unit: 'mV', gain: 7247, baseline: 0, absent: -32768 },
          { name: 'V', gain: 10520 },
          { name: 'PLETH', unit: '{NU}', gain: 12530 },
        ],
      },
    ]);
    expect(block![0]!.leads.map(({ samples }) => [samples.length, samples[0]])).toEqual([
      [82_500, -171],
      [82_500, 9127],
      [82_500, 6042],
    ]);
  });

  test('test01_00s has four leads of format 16', async () => {
    const [block] = await readingsOf(wfdb('test01_00s'), { start });
    expect(block![0]!.frequency).toBe(500);
    expect(block![0]!.leads.map(({ name, samples }) => [name, samples.length, samples[0]])).toEqual([
      ['ECG 1', 4000, 10],
      ['ECG 2', 4000, -8],
      ['ECG 3', 4000, -57],
      ['ECG 4', 4000, -66],
    ]);
  });

  test('041s runs over two segments, at 500 and 125 samples a second', async () => {
    const blocks = await readingsOf(wfdb('041s/041s'));
    const began = Date.UTC(1994, 9, 26, 8, 26, 4);
    expect(
      blocks.map((block) =>
        block.map(({ at, frequency, leads }) => [at - began, frequency, leads.map(({ name }) => name).join(), leads[0]!.samples.length]),
      ),
    ).toEqual([
      [
        [0, 500, 'III,I,V', 4000],
        [0, 125, 'ABP,PAP,PLETH,RESP', 1000],
      ],
      [
        [8000, 500, 'III,I,V', 4000],
        [8000, 125, 'ABP,PAP,PLETH,RESP', 1000],
      ],
    ]);
    expect(blocks.map((block) => block.flatMap(({ leads }) => leads.map(({ samples }) => samples[0])))).toEqual([
      [168, 2, 155, -242, 706, -841, 401],
      [-103, -64, 89, -715, -583, -840, -861],
    ]);
    expect(blocks[0]![1]!.leads[0]).toMatchObject({ unit: 'mm[Hg]', gain: 20, baseline: -1600 });
  });

  test('a segment that is missing, or shorter than announced, is refused', async () => {
    copyFileSync(wfdb('041s/041s.hea'), join(folder, '041s.hea'));
    for (const name of ['041s01.hea', '041s01.dat']) copyFileSync(wfdb(`041s/${name}`), join(folder, name));
    await expect(openWfdb(join(folder, '041s'))).rejects.toMatchObject({ kind: 'missing', subject: '041s02.hea' });
    writeFileSync(join(folder, '041s.hea'), '041s/2 7 125 2000\n041s01 900\n041s01 1100\n');
    await expect(openWfdb(join(folder, '041s'))).rejects.toThrow('its segment 041s01 should have 900 samples and has 1000');
  });
});

describe('headers', () => {
  const data = { 'x.dat': packed16([1, 2, 3, 4]) };
  test.each([
    ['empty', '', 'it is empty'],
    ['only comments', '# nothing\n\n', 'it is empty'],
    ['no number of signals', 'x', 'line 1": a number of signals is missing or unreadable'],
    ['a word for a frequency', 'x 1 fast 4\nx.dat 16', 'line 1": a frequency is missing or unreadable'],
    ['a frequency of 0', 'x 1 0 4\nx.dat 16', 'its frequency is 0'],
    ['too few signals', 'x 2 250 2\nx.dat 16', 'it announces 2 lines of signals or segments and has 1'],
    ['an unknown format', 'x 1 250 4\nx.dat 61', 'format 61 is not read here; formats 16 and 212 are'],
    ['a malformed format', 'x 1 250 4\nx.dat sixteen', 'line 2": a format is missing or unreadable'],
    ['a malformed gain', 'x 1 250 4\nx.dat 16 lots', 'line 2": a gain is missing or unreadable'],
    ['a malformed checksum', 'x 1 250 4\nx.dat 16 200 16 0 1 ?', 'line 2": a checksum is missing or unreadable'],
    ['a skew', 'x 1 250 4\nx.dat 16:3 200', 'skew is not read here'],
    ['a file in another folder', 'x 1 250 4\n../../secret.dat 16', 'a file name is missing or unreadable'],
    ['a date in no calendar', 'x 1 250 4 10:00:00 31/02/2020\nx.dat 16', 'its date is not in the calendar'],
    ['a time on no clock', 'x 1 250 4 25:00:00 01/02/2020\nx.dat 16', 'its time of day is on no clock'],
    ['no sample a frame', 'x 1 250 4\nx.dat 16x0', 'has no sample a frame'],
    ['two formats in one file', 'x 2 250 2\nx.dat 16\nx.dat 212', 'differ in format or offset'],
    ['no signal', 'x 0 250 4', 'it has no signal'],
    ['a claim of very many samples', 'x 1 250 900000000000000\nx.dat 16', 'it is truncated: it ends after 4 of 900000000000000 samples'],
    ['a claim of very many signals', 'x 100000000 250 4\nx.dat 16', 'it announces 100000000 lines'],
  ])('%s: refused, and said why', async (_, header, because) => {
    const path = record('x', header, data);
    await expect(openWfdb(path)).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(because) as string });
  });

  test('any text is a header or refused as invalid', () => {
    const word = fc.constantFrom(
      'x',
      'x/2',
      '1',
      '250',
      '4',
      '0',
      '-1',
      '1e999',
      '16',
      '212x4',
      '16:1+9',
      'x.dat',
      '200(5)/mV',
      '#',
      '~',
      '\n',
      '\n\n',
      '1/1/1',
      '1:2:3',
    );
    const text = fc.oneof(
      fc.array(word).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (header) => {
        try {
          expect(parseHeader(header, 'x.hea').record).toMatch(/^[\w-]+$/);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CareletError', kind: 'invalid', op: 'read WFDB record' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('what a header leaves out is as the manual says', async () => {
    const { header } = await openWfdb(record('x', 'x 1\nx.dat 16\n', data));
    expect(header).toMatchObject({ frequency: 250, frames: undefined, start: undefined });
    expect(header.signals[0]).toMatchObject({
      gain: 200,
      baseline: 0,
      unit: 'mV',
      resolution: 16,
      adcZero: 0,
      checksum: undefined,
      description: 'record x, signal 0',
    });
  });

  test('without a length the file says how long it is', async () => {
    expect((await openWfdb(record('x', 'x 2 250\nx.dat 16\nx.dat 16\n', data))).frames).toBe(2);
  });

  test('without a date somebody must say when it began', async () => {
    await expect(readingsOf(record('x', 'x 1 250 4\nx.dat 16', data))).rejects.toThrow('its header has no date: say when it began');
    const [block] = await readingsOf(record('x', 'x 1 250 4 23:59:59.5 29/02/2024\nx.dat 16', data));
    expect(new Date(block![0]!.at).toISOString()).toBe('2024-02-29T23:59:59.500Z');
  });

  test('a gap takes its time and gives no reading; a layout segment takes none', async () => {
    record('x', 'x 1 4 4\nx.dat 16', data);
    const [first, second] = await readingsOf(record('m', 'm/4 1 4 16\nm_layout 0\nx 4\n~ 8\nx 4\n'), { start });
    expect([first![0]!.at, second![0]!.at]).toEqual([start, start + 3000]);
  });

  test('a unit that UCUM does not know is an annotation', async () => {
    const [block] = await readingsOf(record('x', 'x 1 250 4\nx.dat 16 5/wiggles{s} 16 0 1 10', data), { start });
    expect(block![0]!.leads[0]!.unit).toBe('{wiggles_s_}');
  });
});

test('whatever is packed in formats 16 and 212, in files of several signals and frames, is read back', async () => {
  const shape = fc.record({
    format: fc.constantFrom(16, 212),
    perFrame: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
    frames: fc.integer({ min: 1, max: 40 }),
    block: fc.integer({ min: 1, max: 45 }),
    offset: fc.nat(30),
    seed: fc.integer(),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ format, perFrame, frames, block, offset, seed }) => {
      const bits = format === 16 ? 16 : 12;
      const sample = (n: number) => (Math.imul(n + 1, seed | 1) << (32 - bits)) >> (32 - bits);
      const width = perFrame.reduce((sum, count) => sum + count, 0);
      const mixed = Array.from({ length: width * frames }, (_, n) => sample(n));
      let before = 0;
      const signals = perFrame.map((count) => {
        const from = before;
        before += count;
        return mixed.filter((_, n) => n % width >= from && n % width < from + count);
      });
      const lines = signals.map(
        (samples, i) => `p.dat ${format}x${perFrame[i]}+${offset} 200 12 0 ${samples[0]} ${sum16(samples)} 0 lead ${i}`,
      );
      const packed = format === 16 ? packed16(mixed) : packed212(mixed);
      const path = record('p', `p ${perFrame.length} 100 ${frames}\n${lines.join('\n')}\n`, {
        'p.dat': Uint8Array.of(...new Uint8Array(offset), ...packed),
      });
      const opened = await openWfdb(path);
      await opened.verify();
      const read: number[][] = signals.map(() => []);
      for await (const { samples } of opened.blocks(block)) for (const [i, run] of samples.entries()) read[i]!.push(...run);
      expect(read).toEqual(signals);
    }),
    { numRuns: 60 },
  );
});
