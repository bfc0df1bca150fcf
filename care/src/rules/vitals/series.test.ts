import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JsonObject, LosslessNumber } from '../../model/json.ts';
import { vital } from '../../model/reading.ts';
import type { Resource } from '../../model/resource.ts';
import { toObservations } from '../observation.ts';
import { bundle, bundleNames, present } from '../records/pack.testing.ts';
import { readingsOf, vitalOf } from './series.ts';
import { vitalNames } from './vitals.ts';

const recorded = present ? test : (): void => {};

const code = (loinc: string): JsonObject => ({ coding: [{ system: 'http://loinc.org', code: loinc }] });
const quantity = (value: number | LosslessNumber, unit: string): JsonObject => ({
  value,
  unit,
  system: 'http://unitsofmeasure.org',
  code: unit,
});
const observation = (loinc: string, value: number | LosslessNumber, unit: string, more: JsonObject = {}): Resource => ({
  resourceType: 'Observation',
  status: 'final',
  code: code(loinc),
  effectiveDateTime: '2026-11-20T07:52:00Z',
  valueQuantity: quantity(value, unit),
  ...more,
});
const cuff = { device: { reference: 'Device/cuff' } };
const at = Date.UTC(2026, 10, 20, 7, 52);

test('readings of a watch come back as they were taken, in the unit of the chart', () => {
  const readings = [
    vital('blood-pressure', at, 'cuff-1', [148, 91]),
    vital('body-temperature', at + 1000, 'watch-1', [37]),
    vital('glucose', at + 2000, 'sensor-1', [100]),
    vital('steps', at + 3000, 'watch-1', [120]),
  ];
  const series = readingsOf(toObservations(readings, { patient: 'Patient/ada', device: 'Device/watch-1', strip: 1 }), 'UTC');
  expect([...series].map(([name, points]) => [name, points.map(({ time, values }) => [time, ...values])])).toEqual([
    ['blood-pressure', [[at, 148, 91]]],
    ['body-temperature', [[at + 1000, 37]]],
    ['glucose', [[at + 2000, 5.550745]]],
    ['steps', [[at + 3000, 120]]],
  ]);
});

test('the same reading from two hospitals is one', () => {
  const copies = [observation('8867-4', 72, '/min', { id: 'a' }), observation('8867-4', new LosslessNumber('72.0'), '/min', { id: 'b' })];
  expect(readingsOf(copies, 'UTC').get('heart-rate')).toEqual([{ time: at, values: [72], resourceId: 'a' }]);
});

test('the same value of two devices is two readings', () => {
  const both = ['Device/a', 'Device/b'].map((reference) => observation('8867-4', 72, '/min', { device: { reference } }));
  expect(readingsOf(both, 'UTC').get('heart-rate')).toHaveLength(2);
});

test('pressures reported apart are joined, and one alone is kept', () => {
  const series = readingsOf(
    [
      observation('8462-4', 91, 'mm[Hg]', cuff),
      observation('8480-6', 148, 'mm[Hg]', cuff),
      observation('8480-6', 18, 'kPa', { effectiveDateTime: '2026-11-20T08:00:00Z' }),
    ],
    'UTC',
  );
  expect(series.get('blood-pressure')?.map(({ values }) => values)).toEqual([
    [148, 91],
    [135.011084, Number.NaN],
  ]);
});

test.each([
  ['entered in error', { status: 'entered-in-error' }],
  ['cancelled', { status: 'cancelled' }],
  ['without a value', { dataAbsentReason: { text: 'error' } }],
  ['of a month', { effectiveDateTime: '2026-11' }],
  ['of a day that never was', { effectiveDateTime: '2026-02-30T10:00:00Z' }],
  ['of another code system', { code: { coding: [{ system: 'http://example.org', code: '8867-4' }] } }],
  ['in a unit unknown', { valueQuantity: quantity(72, 'furlong') }],
])('a reading %s is left out', (_, more) => {
  expect(readingsOf([observation('8867-4', 72, '/min', more)], 'UTC').size).toBe(0);
});

test('what no living person has is kept and marked', () => {
  const series = readingsOf([observation('8310-5', 3.7, 'Cel'), observation('8867-4', 0, '/min')], 'UTC');
  expect(series.get('body-temperature')?.[0]).toMatchObject({ values: [3.7], implausible: true });
  expect(series.get('heart-rate')?.[0]).toMatchObject({ values: [0], implausible: true });
  const upsideDown = {
    ...cuff,
    component: [
      { code: code('8480-6'), valueQuantity: quantity(80, 'mm[Hg]') },
      { code: code('8462-4'), valueQuantity: quantity(120, 'mm[Hg]') },
    ],
  };
  const pressure: Resource = { resourceType: 'Observation', code: code('85354-9'), effectiveDateTime: '2026-11-20', ...upsideDown };
  expect(readingsOf([pressure], 'UTC').get('blood-pressure')?.[0]).toMatchObject({ values: [80, 120], implausible: true });
});

test('a reading of a mere day counts at noon where the person lives', () => {
  const points = readingsOf([observation('29463-7', 68, 'kg', { effectiveDateTime: '2026-11-20' })], 'America/New_York').get('weight');
  expect(points?.[0]?.time).toBe(Date.UTC(2026, 10, 20, 17));
});

test('glucose of a vein is the laboratory’s, glucose of a finger or a sensor is hers', () => {
  const laboratory = { category: [{ coding: [{ code: 'laboratory' }] }] };
  expect(vitalOf(observation('2345-7', 99, 'mg/dL'))).toBeUndefined();
  expect(vitalOf(observation('2339-0', 99, 'mg/dL', laboratory))).toBeUndefined();
  expect(vitalOf(observation('2339-0', 99, 'mg/dL'))).toBe('glucose');
  expect(vitalOf(observation('99504-3', 99, 'mg/dL', laboratory))).toBe('glucose');
});

test('points are in order whatever order the records are in', () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(minutes, (times) => {
      const resources = times.map((minute) =>
        observation('8867-4', 70, '/min', { effectiveDateTime: new Date(minute * 60_000).toISOString() }),
      );
      const found = readingsOf(resources, 'UTC').get('heart-rate')!;
      expect(found.map(({ time }) => time / 60_000)).toEqual([...times].sort((a, b) => a - b));
    }),
  );
});

test('fifty thousand observations take well under a second', () => {
  const resources = Array.from({ length: 50_000 }, (_, i) =>
    observation(i % 2 === 0 ? '8867-4' : '59408-5', 60 + (i % 40), i % 2 === 0 ? '/min' : '%', {
      id: `o-${i}`,
      effectiveDateTime: new Date(at + i * 60_000).toISOString(),
    }),
  );
  readingsOf(resources.slice(0, 2000), 'Europe/Dublin');
  const begun = process.cpuUsage();
  const series = readingsOf(resources, 'Europe/Dublin');
  // Time of this process, not of the wall: the machine may be busy with others.
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(1000);
  expect(series.get('heart-rate')).toHaveLength(25_000);
});

recorded('all vital signs of Synthea are found', () => {
  const counts = new Map<string, number>();
  let implausible = 0;
  for (const name of bundleNames()) {
    const series = readingsOf(
      bundle(name).map(({ resource }) => resource),
      'UTC',
    );
    for (const vital of vitalNames) counts.set(vital, (counts.get(vital) ?? 0) + (series.get(vital)?.length ?? 0));
    for (const points of series.values()) implausible += points.filter((point) => point.implausible).length;
  }
  expect(Object.fromEntries(counts)).toMatchObject({
    'blood-pressure': 330,
    weight: 330,
    height: 330,
    bmi: 286,
    'body-temperature': 26,
    glucose: 0,
  });
  expect(implausible).toBe(0);
});

if (!present) test.skip('the Synthea bundles are not here (CARELET_DATA)', () => {});
