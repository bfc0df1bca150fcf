import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { toObservations } from '../observation.ts';
import { rhythmOf } from './rhythm.ts';
import { heartTraceOf, type TraceLead } from './trace.ts';

const wfdb = resolve(import.meta.dirname, '../../../..', process.env.CARELET_DATA ?? '../shared/data', '03-signals/wfdb');
const present = existsSync(wfdb);
const recorded = present ? test : (): void => {};

const sampled = (data: string, more: JsonObject = {}): JsonObject => ({
  origin: { value: 0, code: 'mV' },
  period: 4,
  dimensions: 1,
  data,
  ...more,
});
const trace = (valueSampledData: JsonObject): Resource => ({
  resourceType: 'Observation',
  effectiveDateTime: '2026-11-20T07:40:00Z',
  code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131330' }] },
  valueSampledData,
});

test('what a device counted comes back in millivolts, lead by lead', () => {
  const samples = Int32Array.of(995, 1024, -1, 1224);
  const lead = (name: string) => ({ name, unit: 'mV', gain: 200, baseline: 1024, absent: -1, samples });
  const at = Date.UTC(2026, 10, 20, 7, 40);
  const reading = { kind: 'waveform', at, device: 'holter-1', frequency: 360, leads: [lead('MLII'), lead('AVR')] } as const;
  const [observation] = toObservations([reading], { patient: 'Patient/ada', device: 'Device/holter-1', strip: 1 });
  const { start, leads } = heartTraceOf(observation!)!;
  expect(start).toBe(at);
  expect(leads.map(({ name }) => name)).toEqual(['MLII', 'aVR']);
  expect(leads[0]!.samplesPerSecond).toBeCloseTo(360, 9);
  const expected = [-0.145, 0, Number.NaN, 1];
  leads[0]!.millivolts.forEach((value, i) => {
    if (Number.isNaN(expected[i]!)) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(expected[i]!, 12);
  });
});

test('errors, limits and nonsense are gaps', () => {
  const { leads } = heartTraceOf(trace(sampled('100 E L U x 0x10 Infinity 1e2', { factor: 0.01 })))!;
  expect([...leads[0]!.millivolts]).toEqual([1, ...Array(6).fill(Number.NaN), 1]);
});

test('microvolts are thousandths, and interleaved leads are taken apart', () => {
  const { leads } = heartTraceOf(trace(sampled('1000 1 2000 2', { origin: { value: 0, unit: 'uV' }, dimensions: 2 })))!;
  expect(leads.map(({ name, millivolts }) => [name, ...millivolts])).toEqual([
    ['II 1', 1, 2],
    ['II 2', 0.001, 0.002],
  ]);
});

test.each([
  ['a pressure curve', { origin: { value: 0, code: 'mm[Hg]' } }],
  ['a trace without a unit', { origin: { value: 0 } }],
  ['a trace without a rate', { period: 0 }],
  ['a trace of a billion dimensions', { dimensions: 1e9 }],
])('%s is no heart trace', (_, more) => {
  expect(heartTraceOf(trace(sampled('1 2 3', more)))).toBeNull();
});

test('a trace that was taken back is none', () => {
  expect(heartTraceOf({ ...trace(sampled('1 2 3')), status: 'entered-in-error' })).toBeNull();
});

/** A spike of a millivolt at each of the moments, in seconds. */
function spikes(moments: readonly number[], seconds: number, rate = 250): TraceLead {
  const millivolts = new Float64Array(seconds * rate);
  for (let i = 0; i < millivolts.length; i++) {
    // A wandering line, and noise that is the same each time.
    millivolts[i] = 0.1 * Math.sin(i / 300) + 0.01 * Math.sin(i * 12.9898);
    for (const moment of moments) {
      const distance = i / rate - moment;
      if (Math.abs(distance) < 0.1) millivolts[i]! += Math.exp(-(distance ** 2) / (2 * 0.011 ** 2));
    }
  }
  return { name: 'I', samplesPerSecond: rate, millivolts };
}
const every = (distance: number, seconds: number): number[] =>
  Array.from({ length: Math.floor((seconds - 0.3) / distance) }, (_, i) => 0.3 + i * distance);

test.each([40, 68, 110, 180])('a heart that beats %d times a minute evenly is regular', (perMinute) => {
  const rhythm = rhythmOf(spikes(every(60 / perMinute, 12), 12));
  expect(rhythm.kind).toBe('regular');
  expect(Math.abs(rhythm.perMinute! - perMinute)).toBeLessThanOrEqual(1);
});

test('one early beat leaves a rhythm regular', () => {
  const moments = every(0.9, 12).map((moment, i) => (i === 6 ? moment - 0.3 : moment));
  expect(rhythmOf(spikes(moments, 12)).kind).toBe('regular');
});

test('no two distances alike is irregular', () => {
  const distances = [0.5, 0.9, 0.62, 1.1, 0.55, 0.8, 0.47, 0.95, 0.7, 0.52, 1.05, 0.6, 0.88, 0.5];
  const moments = distances.map((_, i) => 0.3 + distances.slice(0, i).reduce((sum, distance) => sum + distance, 0));
  expect(rhythmOf(spikes(moments, 11)).kind).toBe('irregular');
});

test('too short, too gappy, too slow, or beats only at first: unclear', () => {
  const good = spikes(every(0.9, 12), 12);
  expect(rhythmOf(spikes(every(0.9, 4), 4)).kind).toBe('unclear');
  expect(rhythmOf({ ...good, millivolts: good.millivolts.map((value, i) => (i % 10 === 0 ? Number.NaN : value)) }).kind).toBe('unclear');
  expect(rhythmOf({ ...good, samplesPerSecond: 50 }).kind).toBe('unclear');
  expect(rhythmOf(spikes(every(0.9, 8), 20)).kind).toBe('unclear');
  expect(rhythmOf({ ...good, millivolts: new Float64Array(0) })).toEqual({ kind: 'unclear', perMinute: null, beats: [] });
  expect(rhythmOf({ ...good, millivolts: new Float64Array(3000) }).kind).toBe('unclear');
});

/** Lead MLII of MIT-BIH record 100: two leads of 12 bits in three bytes (format 212), 200 counts a millivolt, 1024 for zero. */
function record100(): TraceLead {
  const bytes = readFileSync(join(wfdb, '100.dat'));
  const millivolts = Float64Array.from({ length: bytes.length / 3 }, (_, i) => {
    const count = bytes[3 * i]! | ((bytes[3 * i + 1]! & 0x0f) << 8);
    return ((count > 2047 ? count - 4096 : count) - 1024) / 200;
  });
  return { name: 'MLII', samplesPerSecond: 360, millivolts };
}

/** Where two cardiologists saw beats: words of a type (6 bits) and a distance (10 bits); 59 is a long distance. */
function annotations(): number[] {
  const bytes = readFileSync(join(wfdb, '100.atr'));
  const beats: number[] = [];
  let time = 0;
  for (let i = 0; i < bytes.length - 1; i += 2) {
    const word = bytes.readUInt16LE(i);
    const [type, distance] = [word >> 10, word & 1023];
    if (word === 0) break;
    if (type === 59) {
      time += bytes.readUInt16LE(i + 2) * 65_536 + bytes.readUInt16LE(i + 4);
      i += 4;
    } else if (type === 63) i += distance + (distance % 2);
    else if (type < 59) {
      time += distance;
      if ([1, 5, 8].includes(type)) beats.push(time);
    }
  }
  return beats;
}

recorded('of the 2,273 beats of record 100 at least 99.5 % are found, and hardly any is invented', () => {
  const truth = annotations();
  expect(truth).toHaveLength(2273);
  const { beats, kind, perMinute } = rhythmOf(record100());
  const near = (beat: number, others: readonly number[]) => others.some((other) => Math.abs(other - beat) <= 54); // 150 ms
  expect(truth.filter((beat) => near(beat, beats)).length / truth.length).toBeGreaterThanOrEqual(0.995);
  expect(beats.filter((beat) => near(beat, truth)).length / beats.length).toBeGreaterThanOrEqual(0.995);
  expect([kind, perMinute]).toEqual(['regular', 76]);
});

if (!present) test.skip('the recorded heart traces are not here (CARELET_DATA)', () => {});
