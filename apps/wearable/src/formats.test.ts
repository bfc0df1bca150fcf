import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decimal, type Reading, type WaveformReading } from '@carelet/care/model';
import { unpackStrip } from '@carelet/care/rules/strip/index';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fitTime, madeEdf, madeExport, madeFit, madeRecord, madeTexts } from './formats/making.testing.ts';
import { type FormatOptions, formats, openRecording } from './formats.ts';
import { strips } from './strips.ts';

const folder = mkdtempSync(join(tmpdir(), 'carelet-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Read = { format: string; readings: Reading[]; lines: string[]; left: string[]; unread: Record<string, number> };

async function read(content: string | Uint8Array, options: Partial<FormatOptions> & { name?: string } = {}): Promise<Read> {
  const path = join(folder, options.name ?? 'recording');
  writeFileSync(path, content);
  const { format, readings } = await openRecording(path);
  const got: Read = { format, readings: [], lines: [], left: [], unread: {} };
  const told: FormatOptions = {
    device: 'd-1',
    onLeftOut: ({ where, because }) => got.left.push(`${where}: ${because}`),
    onUnread: (name) => (got.unread[name] = (got.unread[name] ?? 0) + 1),
    ...options,
  };
  for await (const block of readings(told)) got.readings.push(...block);
  got.lines = got.readings.map(line);
  return got;
}

/** `09:41:00 heart-rate 72`, `09:41:00 "cadence" 80 rpm, 60 s`. */
function line(reading: Reading): string {
  const at = new Date(reading.at).toISOString().slice(11, 19);
  if (reading.kind === 'waveform') return `${at} ${reading.frequency} Hz ${reading.leads.map(({ name }) => name).join()}`;
  const lasts = reading.lasts === undefined ? '' : `, ${reading.lasts / 1000} s`;
  if (reading.kind === 'other') return `${at} "${reading.name}" ${reading.value}${reading.unit && ` ${reading.unit}`}${lasts}`;
  const value = reading.values.map((one) => decimal(one, reading.scale)).join('/');
  return `${at} ${reading.sign} ${value}${reading.unit === undefined ? '' : ` ${reading.unit}`}${lasts}`;
}

const waves = ({ readings }: Read): WaveformReading[] => readings.filter((one) => one.kind === 'waveform');
const json = (value: unknown): string => JSON.stringify(value);

describe('EDF', () => {
  const ecg = { label: 'ECG', unit: 'mV', physical: ['-3.2768', '3.2767'], digital: [-32768, 32767] } as const;
  const flow = { label: 'Flow', unit: 'L/min', physical: ['0', '100'], digital: [0, 2047] } as const;

  test('samples stay the integers they are, with their gain and their zero, at the time of the clock', async () => {
    const bytes = madeEdf([
      {
        ...ecg,
        records: [
          [1, 2, -3, 4],
          [5, 6, 7, -32768],
        ],
      },
      { ...flow, records: [[0], [2047]] },
    ]);
    const got = await read(bytes, { zone: 'Europe/Paris' });
    expect(got.lines).toEqual(['08:41:00 4 Hz ECG', '08:41:00 1 Hz Flow']);
    const [first, second] = waves(got).map(({ leads }) => leads[0]!);
    expect([...first!.samples]).toEqual([1, 2, -3, 4, 5, 6, 7, -32768]);
    expect((first!.samples[0]! - first!.baseline) / first!.gain).toBeCloseTo(0.0001, 12);
    expect((second!.samples[1]! - second!.baseline) / second!.gain).toBeCloseTo(100, 9);
    expect((second!.samples[0]! - second!.baseline) / second!.gain).toBeCloseTo(0, 9);
  });

  test('a zero between two counts is kept there', async () => {
    const [{ leads }] = waves(await read(madeEdf([{ ...ecg, physical: ['-1', '1'], digital: [-2048, 2047], records: [[0]] }]))) as [
      WaveformReading,
    ];
    expect(leads[0]!.baseline).toBe(-0.5);
    expect((2047 - leads[0]!.baseline) / leads[0]!.gain).toBe(1);
  });

  test('a recording with pauses is read at the times it gives, and its texts with theirs', async () => {
    const texts = [madeTexts('+0', ['+0.5', 'Lights off']), madeTexts('+1'), madeTexts('+600', ['+600.25', 'Apnoea', '12.5'])];
    const got = await read(madeEdf([{ ...ecg, records: [[1], [2], [3]] }], { texts, discontinuous: true }));
    expect(got.lines).toEqual([
      '09:41:00 1 Hz ECG',
      '09:51:00 1 Hz ECG',
      '09:41:00 "EDF annotation" Lights off',
      '09:51:00 "EDF annotation" Apnoea, 12.5 s',
    ]);
    expect(waves(got).map(({ leads }) => [...leads[0]!.samples])).toEqual([[1, 2], [3]]);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'cut short',
      madeEdf([
        {
          ...ecg,
          records: [
            [1, 2],
            [3, 4],
          ],
        },
      ]).subarray(0, -3),
      'it has 1 of 2 data records',
    ],
    ['with a byte too many', Buffer.concat([madeEdf([{ ...ecg, records: [[1]] }]), Buffer.of(0)]), 'its last data record is cut short'],
    ['without a range', madeEdf([{ ...ecg, physical: ['1', '1'], records: [[1]] }]), 'ECG has no range'],
    ['without numbers', madeEdf([{ ...ecg, physical: ['x', '1'], records: [[1]] }]), "ECG's physical minimum is not a number"],
    ['on no clock', madeEdf([{ ...ecg, records: [[1]] }], { time: '25.00.00' }), 'its start is on no clock'],
    ['of no duration', madeEdf([{ ...ecg, records: [[1]] }], { duration: '0' }), 'a data record lasts no time'],
  ])('a file %s is refused', async (_, bytes, because) => {
    await expect(read(bytes)).rejects.toMatchObject({ kind: 'invalid', because: expect.stringContaining(because) as string });
  });

  test('any samples come back, however the file is cut', async () => {
    const sample = fc.integer({ min: -32768, max: 32767 });
    const record = fc.array(sample, { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (records, seconds) => {
        const got = waves(await read(madeEdf([{ ...ecg, records }]), { seconds }));
        expect(got.flatMap(({ leads }) => [...leads[0]!.samples])).toEqual(records.flat());
        expect(got.map(({ at }) => at)).toEqual(got.map((_, i) => got[0]!.at + 1000 * seconds * i));
      }),
      { numRuns: 40 },
    );
  });
});

describe('FIT', () => {
  const noon = fitTime(Date.UTC(2026, 10, 20, 12));
  const time = { number: 253, type: 'uint32' } as const;
  const record = {
    global: 20,
    fields: [
      time,
      { number: 3, type: 'uint8' },
      { number: 2, type: 'uint16' },
      { number: 6, type: 'uint16' },
      { number: 0, type: 'uint32' },
    ],
    rows: [
      [noon, 71, 2671, 1234, 5],
      [noon + 1, 255, 0xffff, 1, 5],
    ],
  } as const;

  test.each([false, true])('values are exact and invalid ones no values (big end first: %s)', async (big) => {
    const got = await read(madeFit([record], { big }));
    expect(got.format).toBe('FIT');
    expect(got.lines).toEqual([
      '12:00:00 heart-rate 71',
      '12:00:00 "record.altitude" 34.2 m',
      '12:00:00 "record.speed" 1.234 m/s',
      '12:00:01 "record.speed" 0.001 m/s',
    ]);
    expect(got.unread).toEqual({ 'record.position_lat': 2 });
  });

  test('a weight, three pressures of one minute, and one the cuff took back', async () => {
    const cuff = { number: 8, type: 'uint8' } as const;
    const pressures = [0, 1, 2].map((number) => ({ number, type: 'uint16' }) as const);
    const got = await read(
      madeFit([
        { global: 30, fields: [time, { number: 0, type: 'uint16' }], rows: [[noon, 7580]] },
        {
          global: 51,
          fields: [time, ...pressures, cuff],
          rows: [
            [noon, 148, 92, 110, 0],
            [noon, 141, 88, 0xffff, 0],
            [noon, 141, 88, 0xffff, 0],
            [noon, 90, 60, 70, 3],
          ],
        },
      ]),
    );
    expect(got.lines).toEqual([
      '12:00:00 weight 75.80',
      '12:00:00 blood-pressure 148/92/110',
      '12:00:00 blood-pressure 141/88',
      '12:00:00 blood-pressure 141/88',
      '12:00:00 "blood_pressure.systolic_pressure" 90 mmHg',
      '12:00:00 "blood_pressure.diastolic_pressure" 60 mmHg',
      '12:00:00 "blood_pressure.mean_arterial_pressure" 70 mmHg',
    ]);
  });

  test('a clock that was never set counts from the start that is given', async () => {
    const file = madeFit([
      {
        ...record,
        fields: record.fields.slice(0, 2),
        rows: [
          [1000, 71],
          [1005, 72],
        ],
      },
    ]);
    expect((await read(file, { start: Date.UTC(2026, 10, 20, 9) })).lines).toEqual(['09:00:00 heart-rate 71', '09:00:05 heart-rate 72']);
    const without = await read(file);
    expect(without.lines).toEqual([]);
    expect(without.left).toEqual(['message 1: it has no time that can be read', 'message 2: it has no time that can be read']);
  });

  test('several files in a row are read, and one damaged byte in any of them gives nothing', async () => {
    const two = Buffer.concat([madeFit([record]), madeFit([record])]);
    expect((await read(two)).lines).toHaveLength(8);
    for (const at of [20, 40, two.length - 3, two.length - 20]) {
      const damaged = Buffer.from(two);
      damaged[at]! ^= 0x10;
      await expect(read(damaged)).rejects.toMatchObject({ kind: 'invalid' });
    }
    await expect(read(two.subarray(0, -1))).rejects.toThrow('is cut short');
  });

  test('what is unknown keeps its number, a setting is told and not read', async () => {
    const got = await read(
      madeFit([
        { global: 3, fields: [{ number: 0, type: 'string' }], rows: [['Ada']] },
        { global: 20, fields: [time, { number: 61, type: 'uint16' }], rows: [[noon, 7]] },
      ]),
    );
    expect(got.lines).toEqual(['12:00:00 "record.61" 7']);
    expect(got.unread).toEqual({ user_profile: 1 });
  });
});

describe('Apple Health', () => {
  const at = '2026-11-20 12:00:00 +0200';

  test('values keep digits, unit and length; a percent is a hundredth; unknown types keep their names', async () => {
    const got = await read(
      madeExport(
        [
          madeRecord('BodyTemperature', 'degF', '98.60', at),
          madeRecord('StepCount', 'count', '329', at, '2026-11-20 12:05:00 +0200'),
          madeRecord('OxygenSaturation', '%', '0.97', at),
          madeRecord('BloodGlucose', 'mmol&lt;180.1558800000541&gt;/L', '5.4', at),
          madeRecord('BodyMass', 'st', '11', at),
          madeRecord('FlightsClimbed', 'count', '3', at),
          ' <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" startDate="2026-11-20 00:10:00 +0200" endDate="2026-11-20 00:40:00 +0200" value="HKCategoryValueSleepAnalysisAsleepDeep"/>',
          madeRecord('HeartRate', 'count/min', '900', at),
          madeRecord('HeartRate', 'count/min', '71', 'yesterday'),
          ' <Unheard of="it"/>',
        ].join('\n'),
      ),
    );
    expect(got.format).toBe('Apple Health');
    expect(got.lines).toEqual([
      '10:00:00 body-temperature 98.60 [degF]',
      '10:00:00 steps 329, 300 s',
      '10:00:00 oxygen-saturation 97',
      '10:00:00 blood-glucose 5.4 mmol/L',
      '10:00:00 "HKQuantityTypeIdentifierBodyMass" 11 st',
      '10:00:00 "HKQuantityTypeIdentifierFlightsClimbed" 3 count',
      '22:10:00 "HKCategoryTypeIdentifierSleepAnalysis" SleepAnalysisAsleepDeep, 1800 s',
    ]);
    expect(got.left).toEqual([
      expect.stringContaining('Heart rate is implausible') as string,
      expect.stringMatching(/^line \d+: it has no time that can be read$/) as string,
    ]);
    expect(got.unread).toEqual({ Unheard: 1 });
  });

  test('a pressure is told three times and is one; three of one minute are three; a lone half keeps its name', async () => {
    const half = (which: string, value: number) => madeRecord(`BloodPressure${which}`, 'mmHg', String(value), at);
    const correlation = (systolic: number, diastolic: number) =>
      ` <Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="Watch" startDate="${at}" endDate="${at}">\n${half('Systolic', systolic)}\n${half('Diastolic', diastolic)}\n </Correlation>`;
    const tops = [
      half('Systolic', 148),
      half('Systolic', 141),
      half('Systolic', 141),
      half('Diastolic', 92),
      half('Diastolic', 88),
      half('Diastolic', 88),
    ];
    const told = [correlation(148, 92), correlation(141, 88), correlation(141, 88)];
    const three = ['10:00:00 blood-pressure 148/92', '10:00:00 blood-pressure 141/88', '10:00:00 blood-pressure 141/88'];
    expect((await read(madeExport([...tops, ...told].join('\n')))).lines).toEqual(three);
    expect((await read(madeExport(tops.join('\n')))).lines).toEqual(three);
    expect((await read(madeExport([...tops, half('Systolic', 133), ...told].join('\n')))).lines).toEqual([
      ...three,
      '10:00:00 "HKQuantityTypeIdentifierBloodPressureSystolic" 133 mmHg',
    ]);
  });

  test('an export that is cut short gives what stands before the cut, and says so', async () => {
    const whole = madeExport(madeRecord('HeartRate', 'count/min', '71', at));
    await expect(read(whole.slice(0, -20))).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('JSON', () => {
  test('Nightscout: glucose by sensor and by finger, error codes are no glucose', async () => {
    const got = await read(
      json([
        { type: 'sgv', sgv: 104, date: 1_795_176_000_000 },
        { type: 'sgv', sgv: '5', date: 1_795_176_300_000 },
        { type: 'mbg', mbg: 99, dateString: '2026-11-20T14:10:00.000+02:00' },
        { type: 'cal', slope: 800, date: 1 },
        { type: 'sgv', sgv: 'low', date: 1_795_176_000_000 },
      ]),
    );
    expect(got.format).toBe('Nightscout entries');
    expect(got.lines).toEqual(['12:00:00 glucose 104', '12:05:00 "sgv error code" 5', '12:10:00 blood-glucose 99']);
    expect(got.unread).toEqual({ cal: 1 });
    expect(got.left).toEqual(['value 5: its glucose is not a number']);
  });

  test('Open mHealth: measures with their units, a statistic is no measurement, urine is no blood', async () => {
    const when = { effective_time_frame: { date_time: '2026-11-20T07:25:00-05:00' } };
    const header = { schema_id: { namespace: 'omh', name: 'body-temperature', version: '4.0' } };
    const points = [
      { header, body: { body_temperature: { value: 98.6, unit: 'F' }, ...when } },
      {
        systolic_blood_pressure: { value: 128, unit: 'mmHg' },
        diastolic_blood_pressure: { value: 82, unit: 'mmHg' },
        body_posture: 'sitting',
        ...when,
      },
      { heart_rate: { value: 50, unit: 'beats/min' }, descriptive_statistic: 'minimum', ...when },
      { blood_glucose: { value: 95, unit: 'mg/dL' }, specimen_source: 'urine', ...when },
      { blood_glucose: { value: 95, unit: 'mg/dL' }, specimen_source: 'interstitial fluid', ...when },
      {
        sleep_duration: { value: 7.25, unit: 'h' },
        effective_time_frame: { time_interval: { start_date_time: '2026-11-20T00:00:00Z', duration: { value: 8, unit: 'h' } } },
      },
      { kcal_burned: { value: 160, unit: 'kcal' }, ...when },
      { step_count: 6000 },
    ];
    const got = await read(points.map(json).join('\n'));
    expect(got.format).toBe('Open mHealth');
    expect(got.lines).toEqual([
      '12:25:00 body-temperature 98.6 [degF]',
      '12:25:00 blood-pressure 128/82',
      '12:25:00 "heart_rate (minimum)" 50 beats/min',
      '12:25:00 "blood_glucose" 95 mg/dL',
      '12:25:00 glucose 95',
      '00:00:00 sleep 7.25 h, 28800 s',
      '12:25:00 "kcal_burned" 160 kcal',
    ]);
    expect(got.left).toEqual(['value 8: it has no time that can be read']);
  });

  test('Fitbit: minutes count and the day’s total does not count again; clocks are the wearer’s', async () => {
    const day = { 'activities-steps': [{ dateTime: '2026-07-01', value: '3212' }] };
    const detailed = {
      ...day,
      'activities-steps-intraday': { dataset: [{ time: '14:28:00', value: 52 }], datasetInterval: 1, datasetType: 'minute' },
    };
    const zone = 'Europe/Dublin';
    expect((await read(json(day), { zone })).lines).toEqual(['23:00:00 steps 3212, 86400 s']);
    expect((await read(json(detailed), { zone })).lines).toEqual(['23:00:00 "activities-steps" 3212, 86400 s', '13:28:00 steps 52, 60 s']);
    const spring = { 'activities-steps': [{ dateTime: '2026-03-29', value: '1' }] };
    expect((await read(json(spring), { zone })).lines).toEqual([`00:00:00 steps 1, ${23 * 3600} s`]);
  });

  test('Fitbit: kilograms and pounds are told apart by the body mass index, and not guessed without it', async () => {
    const log = (weight: number, bmi?: number) => ({ weight: [{ date: '2026-11-20', time: '12:00:00', weight, bmi }] });
    expect((await read(json(log(56.7, 21.48)))).lines[0]).toBe('12:00:00 weight 56.7');
    expect((await read(json(log(150.3, 22.85)))).lines[0]).toBe('12:00:00 weight 150.3 [lb_av]');
    expect((await read(json(log(150.3)))).lines[0]).toBe('12:00:00 "weight" 150.3');
  });

  test('Fitbit: the day files of an export are in UTC, and named by what they hold', async () => {
    const pulse = [
      { dateTime: '11/20/26 12:00:05', value: { bpm: 70, confidence: 2 } },
      { dateTime: '11/20/26 12:00:10', value: { bpm: 0, confidence: 0 } },
    ];
    const got = await read(json(pulse), { zone: 'Asia/Tokyo', name: 'heart_rate-2026-11-20.json' });
    expect(got.lines).toEqual(['12:00:05 heart-rate 70']);
    expect(got.left).toEqual(['value 2: no pulse was found']);
    const counted = [{ dateTime: '11/20/26 12:00:00', value: '17' }];
    expect((await read(json(counted), { name: 'steps-2026-11-20.json' })).lines).toEqual(['12:00:00 steps 17, 60 s']);
    expect((await read(json(counted), { name: 'altitude-2026-11-20.json' })).lines).toEqual(['12:00:00 "altitude" 17']);
  });

  test('Google Fit: digits as they are printed, times to the millisecond, places not read', async () => {
    const point = (dataTypeName: string, value: string) =>
      `{"startTimeNanos":"1795176000000499999","endTimeNanos":"1795176060000500000","dataTypeName":"${dataTypeName}","value":[${value}]}`;
    const points = [
      point('com.google.weight', '{"fpVal":72.0999984741211}'),
      point('com.google.height', '{"fpVal":1.8287990093231201}'),
      point('com.google.step_count.delta', '{"intVal":17}'),
      point('com.google.location.sample', '{"fpVal":51.2}'),
    ];
    const got = await read(`{"dataSourceId":"derived","point":[${points.join()}]}`);
    expect(got.format).toBe('Google Fit');
    expect(got.lines).toEqual([
      '12:00:00 weight 72.0999984741211, 60.001 s',
      // Seventeen digits are more than a coded reading holds: kept as printed.
      '12:00:00 "com.google.height" 1.8287990093231201 m, 60.001 s',
      '12:00:00 steps 17, 60.001 s',
    ]);
    expect(got.unread).toEqual({ 'com.google.location.sample': 1 });
  });

  test('iHealth: the wearer’s clock as if it were UTC, nothing where nothing was measured', async () => {
    const entry = { MDate: Date.UTC(2026, 10, 20, 12) / 1000, TimeZone: '-0800' };
    const cuff = await read(json({ BPDataList: [{ ...entry, HP: 17.3, LP: 10.7, HR: 0 }], BPUnit: 1 }));
    expect(cuff.format).toBe('iHealth');
    expect(cuff.lines).toEqual(['20:00:00 blood-pressure 17.3/10.7 kPa']);
    expect((await read(json({ WeightDataList: [{ ...entry, WeightValue: 11 }], WeightUnit: 2 }))).lines).toEqual([
      '20:00:00 "WeightValue" 11',
    ]);
  });

  test('one value is in memory at a time, wherever the stream is cut, and a file cut short is refused', async () => {
    const text = json([
      { sgv: 104, date: 1_795_176_000_000, note: '[{"\\' },
      { sgv: 105, date: 1_795_176_000_000 },
    ]);
    expect((await read(text)).lines).toEqual(['12:00:00 glucose 104', '12:00:00 glucose 105']);
    for (const cut of [10, text.length - 1, text.length - 3])
      await expect(read(text.slice(0, cut))).rejects.toMatchObject({ kind: 'invalid' });
    await expect(read(`${text}}`)).rejects.toThrow('it is not JSON of objects');
  });
});

test('gzip is unpacked, whatever its name', async () => {
  const entries = json([{ sgv: 104, date: 1_795_176_000_000 }]);
  expect((await read(gzipSync(entries), { name: 'entries.json.gz' })).lines).toEqual(['12:00:00 glucose 104']);
  await expect(read(gzipSync(entries.repeat(50)).subarray(0, 40))).rejects.toThrow('it begins as gzip and is damaged');
});

test.each<[string, string | Uint8Array, string]>([
  ['an empty file', '', 'it is empty'],
  ['JSON of another kind', '{"hello":"world"}', 'it is JSON, of a kind that is not known here'],
  ['bytes of another kind', Uint8Array.of(0x89, 0x50, 0, 0, 1, 2), 'its bytes begin like no format known here'],
  ['a letter', 'Dear Dr Chen\n', 'it is text, and of no format known here'],
])('%s is refused, and what is read is said', async (_, content, because) => {
  await expect(read(content)).rejects.toThrow(
    `Cannot read recording "recording": ${because}; read are ${formats.map(({ name }) => name).join(', ')}`,
  );
});

test('a format may be named, and a name nobody knows is refused', async () => {
  const path = join(folder, 'named');
  writeFileSync(path, 'time,hr\n2026-11-20T12:00:00Z,71\n');
  expect((await openRecording(path, { format: 'csv' })).format).toBe('CSV');
  await expect(openRecording(path, { format: 'mp3' })).rejects.toThrow('no format is called so; there are WFDB');
});

test('what was read goes into strips and comes back the same', async () => {
  const { readings } = await read(
    madeExport(
      [
        madeRecord('BodyTemperature', 'degF', '98.60', '2026-11-20 12:00:00 +0200'),
        madeRecord('FlightsClimbed', 'count', '007', '2026-11-20 12:00:00 +0200', '2026-11-20 12:10:00 +0200'),
        madeRecord('StepCount', 'count', '329', '2026-11-20 12:00:30 +0200', '2026-11-20 12:01:00 +0200'),
      ].join('\n'),
    ),
  );
  const back: Reading[] = [];
  for await (const { bytes } of strips([readings])) back.push(...unpackStrip(bytes));
  expect(new Set(back.map((one) => JSON.stringify(one, Object.keys(one).sort())))).toEqual(
    new Set(readings.map((one) => JSON.stringify(one, Object.keys(one).sort()))),
  );
});

test('any beginning of any recording is readings, or invalid', async () => {
  const whole = [
    madeEdf([{ label: 'ECG', physical: ['-1', '1'], digital: [-100, 100], records: [[1, 2]] }]),
    madeFit([
      {
        global: 20,
        fields: [
          { number: 253, type: 'uint32' },
          { number: 3, type: 'uint8' },
        ],
        rows: [[1_100_000_000, 71]],
      },
    ]),
    Buffer.from(madeExport(madeRecord('HeartRate', 'count/min', '71', '2026-11-20 12:00:00 +0200'))),
    Buffer.from(json({ BODataList: [{ BO: 97, MDate: 1_795_176_000, TimeZone: '+0000' }] })),
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...whole), fc.nat(), fc.nat(), fc.nat(255), async (bytes, cut, at, change) => {
      const damaged = Buffer.from(bytes.subarray(0, cut % (bytes.length + 1)));
      if (damaged.length > 0) damaged[at % damaged.length]! ^= change;
      try {
        await read(damaged);
      } catch (error) {
        expect(error).toMatchObject({ name: 'CareletError', kind: 'invalid' });
      }
    }),
    { numRuns: 300 },
  );
});
