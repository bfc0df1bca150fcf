import { checkReading, type Reading, type VitalReading, type VitalSign, type WaveformReading } from '@carelet/care/model';
import { packStrip, unpackStrip } from '@carelet/care/rules/strip/index';
import { expect, test } from 'vitest';
import { cadence, sensor } from './sensor.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;
const day = 24 * hour;

const of = (readings: readonly Reading[], sign: VitalSign): VitalReading[] =>
  readings.filter((reading): reading is VitalReading => reading.kind === 'vital' && reading.sign === sign);
const mean = (readings: readonly VitalReading[]): number =>
  readings.reduce((sum, { values, scale }) => sum + values[0]! / 10 ** scale, 0) / readings.length;

test('the same seed measures the same, another seed something else', () => {
  const ada = sensor('ada').between(noon, noon + 60_000);
  expect(sensor('ada').between(noon, noon + 60_000)).toEqual(ada);
  expect(sensor('ben', { device: 'sensor-ada' }).between(noon, noon + 60_000)).not.toEqual(ada);
});

test('a stretch is the same whole or in pieces', () => {
  const watch = sensor('ada');
  const cuts = [noon - 7, noon + 301, noon + 60_000, noon + 311_111, noon + 900_000];
  const pieces = cuts.slice(1).flatMap((to, i) => watch.between(cuts[i]!, to));
  expect(pieces).toEqual(sensor('ada').between(cuts[0]!, cuts.at(-1)!));
});

test('every sign comes at its own cadence', () => {
  const readings = sensor('ada').between(noon, noon + hour);
  for (const [sign, every] of Object.entries(cadence)) expect(of(readings, sign as VitalSign)).toHaveLength(hour / every);
  expect(readings.filter(({ kind }) => kind === 'waveform')).toHaveLength(12);
});

test('a week of anyone is plausible and packs', () => {
  for (const seed of ['ada', 'ben', 'chen']) {
    const every = { 'heart-rate': 60_000, 'oxygen-saturation': 60_000, 'respiratory-rate': 60_000 };
    const week = sensor(seed, { person: { age: 78, activity: 1, illnessesPerYear: 12 }, every, ecg: false }).between(noon, noon + 7 * day);
    for (const reading of week) checkReading(reading);
    expect(unpackStrip(packStrip(week))).toEqual(week);
  }
});

test('the pulse sleeps at night', () => {
  const watch = sensor('ada', { every: { 'heart-rate': 60_000 }, ecg: false, person: { illnessesPerYear: 0 } });
  const night = mean(of(watch.between(noon + 13 * hour, noon + 16 * hour), 'heart-rate'));
  const afternoon = mean(of(watch.between(noon, noon + 8 * hour), 'heart-rate'));
  expect(night).toBeLessThan(62);
  expect(afternoon).toBeGreaterThan(night + 5);
});

test('an illness raises temperature, pulse and breath, and lowers the oxygen', () => {
  const every = { 'heart-rate': 60_000, 'oxygen-saturation': 60_000 };
  const well = sensor('ada', { every, ecg: false, person: { illnessesPerYear: 0 } }).between(noon, noon + day);
  const episodes = [{ from: noon - 2 * day, to: noon + 4 * day, severity: 0.9 }];
  const ill = sensor('ada', { every, ecg: false, person: { illnessesPerYear: 0, episodes } }).between(noon, noon + day);
  expect(mean(of(ill, 'body-temperature')) - mean(of(well, 'body-temperature'))).toBeGreaterThan(1.5);
  expect(mean(of(ill, 'heart-rate')) - mean(of(well, 'heart-rate'))).toBeGreaterThan(12);
  expect(mean(of(ill, 'respiratory-rate')) - mean(of(well, 'respiratory-rate'))).toBeGreaterThan(4);
  expect(mean(of(well, 'oxygen-saturation')) - mean(of(ill, 'oxygen-saturation'))).toBeGreaterThan(4);
});

test('an older heart is slower at its limit', () => {
  const peak = (age: number): number => {
    const week = sensor('ada', { every: { 'heart-rate': 60_000 }, ecg: false, person: { age, activity: 1 } }).between(noon, noon + 7 * day);
    return Math.max(...of(week, 'heart-rate').map(({ values }) => values[0]!));
  };
  expect(peak(25)).toBeGreaterThan(peak(85) + 20);
});

test('the trace beats as often as the pulse says', () => {
  const minute = sensor('ada', { ecg: { every: 60_000, seconds: 60 } }).between(noon, noon + 60_000);
  const [trace] = minute.filter((reading): reading is WaveformReading => reading.kind === 'waveform');
  const { samples, gain } = trace!.leads[0]!;
  expect(trace!.frequency).toBe(250);
  expect(samples).toHaveLength(15_000);
  const beats = samples.filter((sample, n) => sample > 0.6 * gain && sample >= samples[n - 1]! && sample > (samples[n + 1] ?? 0)).length;
  expect(Math.abs(beats - mean(of(minute, 'heart-rate')))).toBeLessThanOrEqual(2);
});

test('a trace goes on where the one before ended', () => {
  const watch = sensor('ada', { ecg: { every: 10_000, seconds: 10 } });
  const whole = sensor('ada', { ecg: { every: 30_000, seconds: 30 } });
  const samplesOf = (readings: readonly Reading[]) =>
    readings.flatMap((reading) => (reading.kind === 'waveform' ? [...reading.leads[0]!.samples] : []));
  expect(samplesOf(watch.between(noon, noon + 30_000))).toEqual(samplesOf(whole.between(noon, noon + 30_000)));
});

test('a device without an id is refused', () => {
  expect(() => sensor('ada', { device: 'a watch' }).between(noon, noon + 1000)).toThrow('its device is not an id');
});

test('its battery goes down by day and is charged at night', () => {
  const { battery } = sensor('ada');
  const at = (hour: number) => battery(Date.UTC(2026, 10, 20, hour));
  expect([at(4), at(15), at(2), at(3)]).toEqual([100, 80, 60, 80]);
});
