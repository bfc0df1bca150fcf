import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decimal, type OtherReading, type Reading, type VitalReading, type VitalSign } from '@carelet/care/model';
import { describe, expect, test } from 'vitest';
import { signUnit } from './formats/units.ts';
import { type FormatOptions, openRecording } from './formats.ts';
import { openings } from './openings.testing.ts';
import { present, recorded } from './recorded.testing.ts';

if (!present) console.log('Recorded signals are not here (CARELET_DATA names their folder): no recording is read.');

const start = Date.UTC(2026, 10, 20, 12);
const at = (name: string): string => join(recorded, name);
const lines = (name: string): string[][] =>
  (name.endsWith('.gz') ? gunzipSync(readFileSync(at(name))).toString() : readFileSync(at(name), 'utf8'))
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((field) => field.replaceAll('"', '').trim()));

type Read = { format: string; readings: Reading[]; left: string[]; unread: Map<string, number> };

async function read(name: string, options: Partial<FormatOptions> = {}): Promise<Read> {
  const { format, readings } = await openRecording(name.startsWith('/') ? name : at(name));
  const got: Read = { format, readings: [], left: [], unread: new Map() };
  const told: FormatOptions = {
    device: 'd-1',
    onLeftOut: ({ where, because }) => got.left.push(`${where}: ${because}`),
    onUnread: (what) => got.unread.set(what, (got.unread.get(what) ?? 0) + 1),
    ...options,
  };
  for await (const block of readings(told)) for (const reading of block) got.readings.push(reading);
  return got;
}

const valuesOf = (readings: readonly Reading[], sign: VitalSign): string[] =>
  readings
    .filter((one): one is VitalReading => one.kind === 'vital' && one.sign === sign)
    .map(({ values, scale }) => values.map((value) => decimal(value, scale)).join('/'));
const othersOf = (readings: readonly Reading[], name: string): string[] =>
  readings.filter((one): one is OtherReading => one.kind === 'other' && one.name === name).map(({ value }) => value);

describe.skipIf(!present)('recordings that nobody here wrote', () => {
  test('each of them is read as its kind, or is refused for what is damaged in it', async () => {
    const found = files(recorded).map((path) => relative(recorded, path));
    expect([...openings.keys()].sort()).toEqual(found.sort());
    for (const [name, { format, refused, options, readings }] of openings) {
      if (format === undefined) continue;
      const opened = read(name, { start, ...options });
      if (refused !== undefined) await expect(opened, name).rejects.toThrow(refused);
      else {
        const got = await opened;
        expect([got.format, got.readings.length], name).toEqual([format, readings]);
      }
    }
  });

  describe('FIT beside the tables python-fitparse made of it', () => {
    test.each([
      ['garmin-edge-500-activity', '.csv.gz', 10_686],
      ['garmin-fenix-5-bike', '.csv', 19],
      ['garmin-fenix-5-walk', '.csv', 17],
    ])('%s: every pulse, speed, distance and altitude', async (name, ending, records) => {
      const { readings } = await read(`fit/${name}.fit`);
      const [header, ...rows] = lines(`fit/${name}-records${ending}`);
      expect(rows).toHaveLength(records);
      const column = (title: string) => rows.map((row) => row[header!.indexOf(title)]!).filter((field) => field !== '');
      expect(valuesOf(readings, 'heart-rate')).toEqual(column('heart_rate'));
      // The table holds binary fractions (-1.8000000000000114); ours are the digits that were sent.
      for (const [title, digits] of [
        ['speed', 3],
        ['distance', 2],
        ['altitude', 1],
        ['temperature', 0],
      ] as const) {
        const ours = othersOf(readings, `record.${title}`);
        expect(ours.map(Number), title).toEqual(column(title).map((field) => Number(Number(field).toFixed(digits))));
      }
      const times = readings.filter((one) => one.kind === 'vital' && one.sign === 'heart-rate').map((one) => one.at);
      const written = rows.map(([time]) => Date.parse(time!.replace('PDT', 'GMT-0700')));
      expect(times).toEqual(written);
    });

    test('a device that packs speed and distance into three bytes, and never knew the day', async () => {
      const { readings } = await read('fit/compressed-speed-distance.fit', { start });
      const rows = lines('fit/compressed-speed-distance-records.csv').slice(1);
      const pulse = rows.map(([, pulse]) => pulse!).filter((field) => field !== 'null');
      expect(valuesOf(readings, 'heart-rate')).toEqual(pulse);
      const speeds = rows.map((row) => row[2]!).filter((field) => field !== 'null');
      expect(othersOf(readings, 'record.speed').map(Number)).toEqual(speeds.map(Number));
    });

    test('the scales of the FIT SDK', async () => {
      const { readings } = await read('fit/WeightScaleSingleUser.fit');
      expect(valuesOf(readings, 'weight')).toHaveLength(2);
      expect(valuesOf(readings, 'weight')[0]).toBe('75.80');
    });
  });

  test('Apple Health beside the tables applehealthdata made of it', async () => {
    const { readings } = await read('apple-health/export6s3sample.xml');
    const [header, ...steps] = lines('apple-health/expected-StepCount.csv');
    const [start, end, value] = ['startDate', 'endDate', 'value'].map((title) => header!.indexOf(title));
    const time = (text: string) => Date.parse(text.replace(/ (\S+) /, 'T$1'));
    const ours = readings
      .filter((one): one is VitalReading => one.kind === 'vital')
      .map(({ at, lasts, values }) => [at, at + lasts!, values[0]]);
    expect(ours).toEqual(steps.map((row) => [time(row[start!]!), time(row[end!]!), Number(row[value!])]));
    const walked = lines('apple-health/expected-DistanceWalkingRunning.csv').slice(1);
    expect(othersOf(readings, 'HKQuantityTypeIdentifierDistanceWalkingRunning')).toEqual(walked.map((row) => row[value!]));
    const [titles, ...days] = lines('apple-health/expected-ActivitySummary.csv');
    for (const [i, title] of titles!.entries()) {
      if (i === 0 || title.endsWith('Unit')) continue;
      expect(othersOf(readings, `ActivitySummary.${title}`), title).toEqual(days.map((row) => row[i]));
    }
    const [names, workout] = lines('apple-health/expected-Workout.csv');
    expect(othersOf(readings, 'HKWorkoutActivityTypeOther')).toEqual([workout![names!.indexOf('duration')]]);
    expect(readings).toHaveLength(10 + 5 + 12 + 3);
  });

  test('record 100 has the 2274 annotations MIT-BIH counts: 2239 normal beats, 33 atrial, 1 ventricular, and the rhythm', async () => {
    const { readings } = await read('wfdb/100.atr', { start });
    const symbols = othersOf(readings, 'WFDB annotation');
    const counted = Object.fromEntries(['N', 'A', 'V', '+ (N'].map((symbol) => [symbol, symbols.filter((one) => one === symbol).length]));
    expect(counted).toEqual({ N: 2239, A: 33, V: 1, '+ (N': 1 });
    expect(symbols).toHaveLength(2274);
    // The first beat is at sample 77 of 360 a second, the last at sample 649,991.
    expect(readings[1]!.at).toBe(start + Math.round((77 * 1000) / 360));
    expect(readings.at(-1)!.at).toBe(start + Math.round((649_991 * 1000) / 360));
  });

  test('the beats marked in 118e24 are where its signal peaks', async () => {
    const mapping = { frequency: 360, leads: [{ column: 0, name: 'ECG', unit: 'mV', decimals: 3 }] };
    const { readings } = await read('ppg-ecg-csv/118e24.csv', { start, mapping, seconds: 120 });
    const samples = readings.flatMap((one) => (one.kind === 'waveform' ? [...one.leads[0]!.samples] : []));
    const beats = lines('ppg-ecg-csv/118e24_ann.csv').map(([place]) => Number(place));
    const swing = (from: number, until: number) => Math.max(...samples.slice(from, until)) - Math.min(...samples.slice(from, until));
    const marked = beats.map((beat) => swing(Math.max(0, beat - 30), beat + 30)).sort((a, b) => a - b);
    const between = beats
      .slice(1)
      .map((beat, i) => swing(Math.round((beat + beats[i]!) / 2) - 15, Math.round((beat + beats[i]!) / 2) + 15));
    expect(marked[Math.floor(marked.length / 2)]).toBeGreaterThan(2 * between.sort((a, b) => a - b)[Math.floor(between.length / 2)]!);
  });

  test('a sleep laboratory’s annotations, each with its time', async () => {
    const { readings, left } = await read('wfdb/test_edfann.edf');
    expect(left).toEqual([]);
    const bytes = readFileSync(at('wfdb/test_edfann.edf'));
    // Every text of the file but the record's own empty one stands between the marks that end texts.
    const written = bytes
      .subarray(512)
      .toString()
      .split('\0')
      .flatMap((list) => list.split('\x14').slice(1, -1))
      .filter((text) => text !== '');
    expect(othersOf(readings, 'EDF annotation')).toEqual(written);
    expect(new Date(readings[0]!.at).toISOString()).toMatch(/^2001-01-01T23:59:30/);
  });

  test('Open mHealth: what passes the schemas is read, what fails them never becomes a coded value that was not printed', async () => {
    const documents = JSON.parse(readFileSync(at('omh-schema-testdata.json'), 'utf8')) as Record<string, string>;
    const folder = await mkdtemp(join(tmpdir(), 'carelet-omh-'));
    const coded = new Map<string, number>();
    try {
      for (const [name, text] of Object.entries(documents)) {
        const path = join(folder, 'document.json');
        await writeFile(path, text);
        const got = await read(path).catch((error: unknown) => {
          expect(error, name).toMatchObject({ kind: 'invalid' });
          return undefined;
        });
        for (const reading of got?.readings ?? []) {
          if (reading.kind !== 'vital') continue;
          coded.set(name, (coded.get(name) ?? 0) + 1);
          for (const value of reading.values) expect(text.includes(decimal(value, reading.scale)), name).toBe(true);
          expect(text, name).not.toContain('descriptive_statistic"');
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    const of = (sign: string) => [...coded.keys()].filter((name) => name.includes(`omh/${sign}/`) && name.includes('shouldPass')).length;
    expect({
      heart: of('heart-rate'),
      pressure: of('blood-pressure'),
      temperature: of('body-temperature'),
      oxygen: of('oxygen-saturation'),
      glucose: of('blood-glucose'),
      steps: of('step-count'),
      sleep: of('sleep-duration'),
    }).toEqual({ heart: 4, pressure: 4, temperature: 6, oxygen: 3, glucose: 5, steps: 2, sleep: 2 });
  });

  test('Open mHealth: every unit its schemas allow for a coded measure is one of ours, or is kept as it is', () => {
    const schemas = JSON.parse(gunzipSync(readFileSync(at('omh-schemas.json.gz'))).toString()) as Record<string, string>;
    const allowed = (schema: string): string[] =>
      JSON.parse(/"enum":\s*(\[[^\]]*\])/.exec(schemas[`omh/${schema}-1.0.json`]!)![1]!) as string[];
    const ours = (sign: VitalSign, schema: string) => allowed(schema).filter((unit) => signUnit(sign, unit) !== undefined);
    expect(ours('body-temperature', 'temperature-unit-value')).toEqual(['F', 'C']);
    expect(ours('weight', 'mass-unit-value')).toEqual(['g', 'kg', 'lb']);
    expect(ours('height', 'length-unit-value')).toEqual(['cm', 'm', 'in', 'ft']);
    expect(ours('sleep', 'duration-unit-value')).toEqual(['min', 'h']);
  });

  test('Nightscout’s times are those its date strings say, and its error codes are no glucose', async () => {
    const { readings } = await read('cgm/nightscout/example.json');
    const entries = JSON.parse(readFileSync(at('cgm/nightscout/example.json'), 'utf8')) as { sgv: string; dateString: string }[];
    expect(readings.map((one) => one.at)).toEqual(entries.map(({ dateString }) => Date.parse(dateString)));
    expect(valuesOf(readings, 'glucose')).toEqual(entries.map(({ sgv }) => sgv).filter((sgv) => Number(sgv) >= 39));
    expect(othersOf(readings, 'sgv error code')).toHaveLength(12);
  });

  test('Fitbit, Google Fit and iHealth give what Open mHealth’s own mappers say', async () => {
    const { readings: pulse } = await read('shimmer/fitbit/fitbit-activities-heart-1d-1m-intraday.json', { zone: 'UTC' });
    expect(valuesOf(pulse, 'heart-rate')).toEqual(['64', '63', '64', '65', '65']);
    expect(new Date(pulse.find((one) => one.kind === 'vital')!.at).toISOString()).toBe('2015-08-21T00:01:00.000Z');
    const { readings: scales } = await read('shimmer/fitbit/fitbit-body-log-weight.json');
    expect(valuesOf(scales, 'weight')).toEqual(['56.7', '55.9', '58.1', '57.2']);
    const { readings: nights } = await read('shimmer/fitbit/fitbit-sleep-date.json');
    expect(valuesOf(nights, 'sleep')).toEqual(['63', '112']);
    const { readings: google } = await read('shimmer/googlefit/googlefit-merge-step-deltas.json');
    expect(valuesOf(google, 'steps')).toEqual(['4146', '0', '17', '184']);
    // IHealthBloodPressureDataPointMapperUnitTests: 120/90 at 2015-09-17T12:04:23-08:00.
    const { readings: cuff } = await read('shimmer/ihealth/ihealth-bp.json');
    expect(valuesOf(cuff, 'blood-pressure')).toEqual(['120/90', '130/95']);
    expect(new Date(cuff[0]!.at).toISOString()).toBe('2015-09-17T20:04:23.000Z');
    const { readings: meter } = await read('shimmer/ihealth/ihealth-glucose.json');
    expect(valuesOf(meter, 'blood-glucose')).toEqual(['60', '70']);
  });
});

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
