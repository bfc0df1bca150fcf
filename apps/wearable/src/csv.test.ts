import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decimal, type Reading, type WaveformReading } from '@carelet/care/model';
import { afterAll, describe, expect, test } from 'vitest';
import { mappingOf } from './csv/mapping.ts';
import { timeOf } from './csv/time.ts';
import { type BadLine, type CsvMapping, csvReadings, dexcomClarity, guessMapping } from './csv.ts';
import { present, recorded } from './recorded.testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'carelet-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const start = Date.UTC(2026, 10, 20, 12);

async function read(
  path: string,
  options: { mapping?: CsvMapping; start?: number; seconds?: number } = {},
): Promise<{ readings: Reading[]; bad: BadLine[] }> {
  const readings: Reading[] = [];
  const bad: BadLine[] = [];
  for await (const block of csvReadings(path, { device: 'import-1', onBadLine: (line) => bad.push(line), ...options }))
    readings.push(...block);
  return { readings, bad };
}

function file(text: string): string {
  const path = join(folder, 'a.csv');
  writeFileSync(path, text);
  return path;
}

const short = (readings: readonly Reading[]) =>
  readings.map((reading) => {
    const at = new Date(reading.at).toISOString().slice(0, 19);
    if (reading.kind === 'other') return `${at} "${reading.name}" ${reading.value}${reading.unit && ` ${reading.unit}`}`;
    if (reading.kind === 'waveform') return `${at} waveform`;
    return `${at} ${reading.sign} ${reading.values.map((value) => decimal(value, reading.scale)).join('/')}${reading.unit ? ` ${reading.unit}` : ''}`;
  });

describe.skipIf(!present)('exports as they are', () => {
  test('a Dexcom Clarity export gives its glucose values', async () => {
    const path = join(recorded, 'cgm/dexcom-clarity.csv');
    const { readings, bad } = await read(path, { mapping: dexcomClarity });
    expect(readings).toHaveLength(readFileSync(path, 'utf8').match(/,EGV,/g)!.length);
    expect(short(readings.slice(0, 2))).toEqual(['2016-10-24T11:24:17 glucose 103', '2016-10-24T11:29:17 glucose 102']);
    expect(bad).toEqual([]);
  });

  test('the same export without a mapping: found by its header, alerts without a time reported', async () => {
    const { readings, bad } = await read(join(recorded, 'cgm/dexcom-clarity.csv'));
    expect(short(readings.slice(0, 1))).toEqual(['2016-10-24T11:24:17 glucose 103']);
    expect(bad).toHaveLength(6);
    expect(bad[0]).toEqual({ line: 6, because: 'it has no time that can be read' });
  });

  test('weights of Fitbit', async () => {
    const { readings, bad } = await read(join(recorded, 'fitbit/weightLogInfo_merged.csv'), {
      mapping: { time: { column: 'Date' }, signs: [{ sign: 'weight', columns: ['WeightKg'] }] },
    });
    expect(short(readings.slice(0, 2))).toEqual([
      '2016-04-21T23:59:59 weight 56.7000007629395',
      '2016-05-12T23:59:59 weight 57.2999992370605',
    ]);
    expect(bad).toEqual([]);
  });

  test('steps of one of the Fitbit users, chosen by id', async () => {
    const { readings } = await read(join(recorded, 'fitbit/dailyActivity_merged.csv'), {
      mapping: {
        where: [{ column: 'Id', equals: '2022484408' }],
        time: { column: 'ActivityDate' },
        signs: [{ sign: 'steps', columns: ['TotalSteps'] }],
      },
    });
    expect(short(readings.slice(0, 1))).toEqual(['2016-04-12T00:00:00 steps 11875']);
  });

  test('a pulse wave with a clock of its own', async () => {
    const mapping: CsvMapping = {
      time: { column: 'timer', as: 'elapsed-ms' },
      frequency: 1000 / 8.54790319355,
      leads: [{ column: 'hr', name: 'PLETH', unit: '1', decimals: 0 }],
    };
    const { readings, bad } = await read(join(recorded, 'ppg-ecg-csv/data2.csv'), { mapping, start });
    const waves = readings as WaveformReading[];
    expect(bad).toEqual([]);
    expect(waves.flatMap(({ leads }) => [...leads[0]!.samples])).toHaveLength(15_000);
    expect([...waves[0]!.leads[0]!.samples.slice(0, 4)]).toEqual([515, 514, 514, 512]);
    expect(waves[1]!.at).toBe(start + Math.round(1170 * 8.54790319355));
  });

  test('electrocardiograms without a header keep every decimal', async () => {
    for (const [name, frequency, first] of [
      ['118e24.csv', 360, [-7245, -7165, -7085]],
      ['e0103.csv', 250, [455, 460, 450]],
      ['data.csv', 100, [530_000, 518_000, 506_000]],
    ] as const) {
      const path = join(recorded, 'ppg-ecg-csv', name);
      const mapping: CsvMapping = { frequency, leads: [{ column: 0, name: 'ECG', unit: 'mV', decimals: 3 }] };
      const { readings, bad } = await read(path, { mapping, start, seconds: 60 });
      const samples = (readings as WaveformReading[]).flatMap(({ leads }) => [...leads[0]!.samples]);
      expect(bad).toEqual([]);
      expect(samples.slice(0, 3)).toEqual(first);
      expect(samples.map((sample) => sample / 1000)).toEqual(readFileSync(path, 'utf8').trim().split(/\s+/).map(Number));
    }
  });
});

test('a header is found under other lines, whatever its case, separator, units and order', async () => {
  const { readings, bad } = await read(
    file(
      '\ufeffMy watch\r\nexported;2026\r\nSYS (mmHg);dia;"Temp (°F)";Heart Rate [bpm];Date Time\r\n128;82;98.6;71;2026-11-20 12:00\r\n;;;72;2026-11-20 12:01:30+02:00\r\n',
    ),
  );
  expect(bad).toEqual([]);
  expect(short(readings)).toEqual([
    '2026-11-20T12:00:00 heart-rate 71',
    '2026-11-20T12:00:00 blood-pressure 128/82',
    '2026-11-20T12:00:00 body-temperature 98.6 [degF]',
    '2026-11-20T10:01:30 heart-rate 72',
  ]);
});

test('bad lines are reported with their number, and the rest is read', async () => {
  const { readings, bad } = await read(
    file(
      'time,hr,spo2\n2026-11-20T12:00:00Z,71,97\nyesterday,72,97\n2026-11-20T12:00:02Z,fast,96\n2026-11-20T12:00:03Z,400,96\n"2026-11-20,70,96\n2026-02-30T12:00:00Z,70,96\n\n2026-11-20T12:00:05Z,70\n',
    ),
  );
  expect(short(readings)).toEqual([
    '2026-11-20T12:00:00 heart-rate 71',
    '2026-11-20T12:00:00 oxygen-saturation 97',
    '2026-11-20T12:00:02 oxygen-saturation 96',
    '2026-11-20T12:00:03 oxygen-saturation 96',
    '2026-11-20T12:00:05 heart-rate 70',
  ]);
  expect(bad).toEqual([
    { line: 3, because: 'it has no time that can be read' },
    { line: 4, because: 'heart-rate is not a number' },
    { line: 5, because: 'Heart rate is implausible: not within 20 to 300 /min' },
    { line: 6, because: 'a quote is not closed' },
    { line: 7, because: 'it has no time that can be read' },
  ]);
});

test('a bad line in a waveform is an absent sample: the others keep their time', async () => {
  const mapping: CsvMapping = { frequency: 2, leads: ['a', 'b'].map((column) => ({ column, name: column, unit: 'mV', decimals: 1 })) };
  const { readings, bad } = await read(file('a,b\n1.5,2\n?,2.1\n1.7,2.25\n'), { mapping, start, seconds: 1 });
  const absent = -(2 ** 31);
  expect(
    readings.map((reading) => [
      (reading as WaveformReading).at - start,
      ...(reading as WaveformReading).leads.map(({ samples }) => [...samples]),
    ]),
  ).toEqual([
    [0, [15, absent], [20, 21]],
    [1000, [17], [absent]],
  ]);
  expect(bad).toEqual([
    { line: 3, because: 'a is not a number' },
    { line: 4, because: 'b has more than 1 decimals' },
  ]);
});

test.each<[string, string, { mapping?: CsvMapping }, string]>([
  ['an empty file', '', {}, 'it is empty'],
  ['a file of words', 'once upon\na time\n', {}, 'its first 2 lines have no header with a time and values'],
  [
    'a file without the mapped column',
    'time,pulse\n',
    { mapping: { time: { column: 'time' }, signs: [{ sign: 'glucose', columns: ['sugar'] }] } },
    'have no header with "sugar", "time"',
  ],
  ['a header alone', 'time,hr\n', {}, 'it has no line of readings'],
  ['nothing but bad lines', 'time,hr\nx,70\n', {}, 'no line could be read; line 2: it has no time that can be read'],
  [
    'a waveform nobody dated',
    '1\n2\n',
    { mapping: { frequency: 100, leads: [{ column: 0, name: 'II', unit: 'mV', decimals: 0 }] } },
    'say when the first sample was',
  ],
  ['a line that never ends', `time,hr\n${'7'.repeat(200_000)}`, {}, 'line 2 never ends'],
])('%s is refused, and said why', async (_, text, options, because) => {
  await expect(read(file(text), options)).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(because) as string });
});

test('a file that is not there is missing', async () => {
  await expect(read(join(folder, 'nothing.csv'))).rejects.toMatchObject({ kind: 'missing' });
});

test.each([
  ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z'],
  ['2026-11-20 12:00:00.25', '2026-11-20T11:00:00.250Z'],
  ['2026-11-20', '2026-11-19T23:00:00.000Z'],
  ['2026-11-20T12:00-0530', '2026-11-20T17:30:00.000Z'],
  ['11/20/2026 12:05:06 AM', '2026-11-19T23:05:06.000Z'],
  ['11/20/26 12:05 PM', '2026-11-20T11:05:00.000Z'],
  ['4/5/16 7:30', '2016-04-05T06:30:00.000Z'],
])('a clock an hour ahead of UTC that says %s means %s', (field, expected) => {
  expect(new Date(timeOf(field, { column: 0, utcOffset: 1 }, undefined)!).toISOString()).toBe(expected);
});

test.each(['', 'noon', '2026-13-01', '2026-02-29', '2026-11-20T24:00:00Z', '13/20/2026', '11/20/2026 13:00 PM', '2026-11-20T12:60'])(
  '"%s" is no time',
  (field) => {
    expect(timeOf(field, { column: 0 }, undefined)).toBeUndefined();
  },
);

test('a time of numbers counts from 1970 or from the start', () => {
  expect(timeOf('1795000000.5', { column: 0, as: 'epoch-s' }, undefined)).toBe(1_795_000_000_500);
  expect(timeOf('1.5', { column: 0, as: 'elapsed-s' }, start)).toBe(start + 1500);
  expect(timeOf('1.5', { column: 0, as: 'elapsed-ms' }, undefined)).toBeUndefined();
});

test('a column without a sign is kept under its name, where it holds a number; a place is not', async () => {
  const { readings, bad } = await read(
    file('timestamp,heart_rate,Power (watts),note,latitude,Id,temperature,altitude\n2026-11-20T12:00:00Z,71,205.50,hill,51.2,7,26,8\n'),
  );
  expect(short(readings)).toEqual([
    '2026-11-20T12:00:00 heart-rate 71',
    '2026-11-20T12:00:00 "Power" 205.50 watts',
    // Beside an altitude it is the air's temperature, and no fever.
    '2026-11-20T12:00:00 "temperature" 26',
    '2026-11-20T12:00:00 "altitude" 8',
  ]);
  expect(bad).toEqual([]);
});

test('times are by the clocks of the zone that is given', async () => {
  const path = file('time,hr\n2026-07-01 12:00,71\n2026-11-20 12:00,72\n2026-03-29 01:30,73\nSun Jun 11 07:32:51 PDT 2017,74\n');
  const bad: BadLine[] = [];
  const readings: Reading[] = [];
  for await (const block of csvReadings(path, { device: 'w', zone: 'Europe/Dublin', onBadLine: (line) => bad.push(line) }))
    readings.push(...block);
  expect(short(readings)).toEqual([
    '2026-07-01T11:00:00 heart-rate 71',
    '2026-11-20T12:00:00 heart-rate 72',
    '2017-06-11T14:32:51 heart-rate 74',
  ]);
  expect(bad).toEqual([{ line: 4, because: 'it has no time that can be read' }]);
});

test.each<[string, unknown, string]>([
  ['nothing', null, 'a mapping is not an object'],
  ['neither signs nor leads', {}, 'neither a time and signs, nor leads'],
  ['a sign nobody knows', { time: { column: 0 }, signs: [{ sign: 'mood', columns: [1] }] }, 'a sign is none of heart-rate'],
  ['a unit of another sign', { time: { column: 0 }, signs: [{ sign: 'weight', columns: [1], unit: '[degF]' }] }, 'weight does not come in'],
  ['a column that is none', { time: { column: -1 }, signs: [] }, 'its time has no column'],
  ['leads without a frequency', { leads: [] }, 'a frequency above 0'],
])('a mapping of %s is refused', (_, value, because) => {
  expect(() => mappingOf(value)).toThrow(because);
});

test('a header without a time is not guessed', () => {
  expect(guessMapping(['hr', 'spo2'])).toBeUndefined();
  expect(guessMapping(['Timestamp', 'Glucose (mmol/L)'])).toMatchObject({ signs: [{ sign: 'glucose', unit: 'mmol/L' }] });
});
