import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CareletError,
  checkReading,
  decimal,
  duration,
  fixed,
  type OtherReading,
  printedVital,
  type Reading,
  vital,
  vitalSigns,
  type WaveformReading,
} from './index.ts';

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
const stairs: OtherReading = { kind: 'other', at: noon, device: 'watch-1', name: 'flights', unit: 'count', value: '3' };

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
  ['a scale of sixteen digits', { ...pulse, scale: 16 }],
  ['a unit of another sign', { ...pulse, unit: '[degF]' }],
  ['its own unit said again', { ...pulse, unit: '/min' }],
  ['a unit from the prototype', { ...pulse, unit: 'constructor' }],
  ['no time to last', { ...pulse, lasts: 0 }],
  ['half a millisecond to last', { ...pulse, lasts: 0.5 }],
  ['a name of nothing', { ...stairs, name: '' }],
  ['a line break in a name', { ...stairs, name: 'a\nb' }],
  ['half a character in a value', { ...stairs, value: '\ud800' }],
  ['a value of nothing', { ...stairs, value: '' }],
  ['half a millisecond', { ...pulse, at: noon + 0.5 }],
  ['a time after the year 9999', { ...pulse, at: 253_402_300_800_000 }],
  ['a nameless device', { ...pulse, device: '' }],
  ['a device with a slash', { ...pulse, device: '../7' }],
  ['no lead', { ...trace, leads: [] }],
  ['leads of different lengths', { ...trace, leads: [trace.leads[0], { ...trace.leads[1], samples: Int32Array.of(1) }] }],
  ['no sample', { ...trace, leads: [{ ...trace.leads[0], samples: new Int32Array(0) }] }],
  ['no gain', { ...trace, leads: [{ ...trace.leads[0], gain: 0 }] }],
  ['a baseline nowhere', { ...trace, leads: [{ ...trace.leads[0], baseline: Number.NaN }] }],
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
  expect(checkReading(stairs)).toBe(stairs);
});

test('what was printed keeps its digits and its unit', () => {
  expect(printedVital('body-temperature', noon, 'w', ['98.6'], { unit: '[degF]' })).toMatchObject({
    values: [986],
    scale: 1,
    unit: '[degF]',
  });
  expect(printedVital('blood-pressure', noon, 'w', ['128', '82.50', '97'])).toMatchObject({ values: [12800, 8250, 9700], scale: 2 });
  expect(printedVital('weight', noon, 'w', ['7.05e1'])).toMatchObject({ values: [705], scale: 1 });
  expect(printedVital('steps', noon, 'w', ['0.12e3'], { lasts: 3_600_000 })).toMatchObject({ values: [120], scale: 0, lasts: 3_600_000 });
  expect(printedVital('heart-rate', noon, 'w', ['72'], { unit: '/min', lasts: 0 })).toEqual({ ...pulse, device: 'w' });
});

test.each(['', '.', '-', 'NaN', '7 2', '0x48', '1,5', '1e400', '72.0000000000000001', '98.6', '-36.6'])(
  'a temperature printed as "%s" is refused',
  (text) => {
    expect(() => printedVital('body-temperature', noon, 'w', [text])).toThrow(expect.objectContaining({ kind: 'invalid' }));
  },
);

test('any fixed-point number comes back from its print', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), fc.nat(15), (value, scale) => {
      expect(fixed(decimal(value, scale))).toEqual({ value, scale });
    }),
  );
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
