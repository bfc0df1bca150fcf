import { expect, test } from 'vitest';
import { CareletError, checkReading, decimal, duration, type Reading, vital, vitalSigns, type WaveformReading } from './index.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const trace: WaveformReading = {
  kind: 'waveform',
  at: noon,
  device: 'patch-1',
  frequency: 360,
  leads: [
    { name: 'MLII', unit: 'mV', gain: 200, baseline: 1024, samples: Int32Array.of(995, 995, 994) },
    { name: 'V5', unit: 'mV', gain: 200, baseline: 1024, absent: -2048, samples: Int32Array.of(1011, 1011, -2048) },
  ],
};
const pulse = vital('heart-rate', noon, 'watch-1', [72]);

test('a reading is integers with a scale', () => {
  expect(vital('body-temperature', noon, 'watch-1', [36.6])).toEqual({
    kind: 'vital',
    sign: 'body-temperature',
    at: noon,
    device: 'watch-1',
    scale: 1,
    values: [366],
  });
  expect(vital('body-temperature', noon, 'watch-1', [36.6], 2).values).toEqual([3660]);
  expect(vital('blood-pressure', noon, 'watch-1', [128, 82]).values).toEqual([128, 82]);
});

test.each([
  ['heart-rate', [400]],
  ['heart-rate', [0]],
  ['oxygen-saturation', [101]],
  ['body-temperature', [98.6]],
  ['respiratory-rate', [-1]],
  ['blood-pressure', [80, 120]],
  ['blood-pressure', [120]],
  ['heart-rate', [72, 72]],
  ['heart-rate', [Number.NaN]],
  ['weight', [Number.POSITIVE_INFINITY]],
] as const)('%s of %j is refused: nobody has it', (sign, values) => {
  expect(() => vital(sign, noon, 'watch-1', values)).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

test('a refusal names the sign and never the value', () => {
  expect(() => vital('heart-rate', noon, 'watch-1', [431])).toThrow(
    'Cannot take reading "heart-rate": Heart rate is implausible: not within 20 to 300 /min',
  );
});

test.each<[string, unknown]>([
  ['an unknown sign', { ...pulse, sign: 'mood' }],
  ['a sign from the prototype', { ...pulse, sign: 'constructor' }],
  ['an unknown kind', { ...pulse, kind: 'guess' }],
  ['half a value', { ...pulse, values: [72.5] }],
  ['a negative zero', { ...vital('steps', noon, 'watch-1', [0]), values: [-0] }],
  ['a scale of seven digits', { ...pulse, scale: 7 }],
  ['half a millisecond', { ...pulse, at: noon + 0.5 }],
  ['a time after the year 9999', { ...pulse, at: 253_402_300_800_000 }],
  ['a nameless device', { ...pulse, device: '' }],
  ['a device with a slash', { ...pulse, device: '../7' }],
  ['no lead', { ...trace, leads: [] }],
  ['leads of different lengths', { ...trace, leads: [trace.leads[0], { ...trace.leads[1], samples: Int32Array.of(1) }] }],
  ['no sample', { ...trace, leads: [{ ...trace.leads[0], samples: new Int32Array(0) }] }],
  ['no gain', { ...trace, leads: [{ ...trace.leads[0], gain: 0 }] }],
  ['a fractional baseline', { ...trace, leads: [{ ...trace.leads[0], baseline: 0.5 }] }],
  ['a lead without a name', { ...trace, leads: [{ ...trace.leads[0], name: '' }] }],
  ['half a character in a name', { ...trace, leads: [{ ...trace.leads[0], name: '\ud800' }] }],
  ['a unit with a blank', { ...trace, leads: [{ ...trace.leads[0], unit: 'm V' }] }],
  ['a frequency of nothing', { ...trace, frequency: 0 }],
  ['a frequency that is not a number', { ...trace, frequency: Number.NaN }],
])('%s is refused', (_, reading) => {
  expect(() => checkReading(reading as Reading)).toThrow(CareletError);
  expect(() => checkReading(reading as Reading)).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

test('a good reading comes back itself', () => {
  expect(checkReading(trace)).toBe(trace);
  expect(checkReading(pulse)).toBe(pulse);
});

test('a decimal keeps every digit of its scale', () => {
  expect([decimal(370, 1), decimal(5, 2), decimal(-5, 2), decimal(-1234, 3), decimal(72, 0)]).toEqual([
    '37.0',
    '0.05',
    '-0.05',
    '-1.234',
    '72',
  ]);
});

test('a vital sign lasts no time, a waveform its samples', () => {
  expect(duration(pulse)).toBe(0);
  expect(duration(trace)).toBeCloseTo(8.333, 3);
});

test('bounds are ordered and every sign has a unit', () => {
  for (const facts of Object.values(vitalSigns)) {
    expect(facts.ucum).not.toBe('');
    for (const { low, high } of facts.measures) expect(low).toBeLessThan(high);
  }
});
