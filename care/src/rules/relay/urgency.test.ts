import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printedVital, type Reading, vital } from '../../model/reading.ts';
import { type VitalSign, vitalSign } from '../../model/sign.ts';
import { dangerOf } from '../vitals/danger.ts';
import { checkUrgency, judge, parseUrgency, type UrgencyPolicy, urgencyOf, urgencyText, usualUrgency } from './urgency.ts';

const of = (sign: VitalSign, ...values: number[]) => urgencyOf(vital(sign, 0, 'watch-1', values), usualUrgency());

test('an adult’s limits are those of the Early Warning Score, and include the number itself', () => {
  expect([of('heart-rate', 40), of('heart-rate', 41), of('heart-rate', 50), of('heart-rate', 51)]).toEqual([
    'emergency',
    'monitoring',
    'monitoring',
    'routine',
  ]);
  expect([of('heart-rate', 90), of('heart-rate', 91), of('heart-rate', 130), of('heart-rate', 131)]).toEqual([
    'routine',
    'monitoring',
    'monitoring',
    'emergency',
  ]);
  expect([of('oxygen-saturation', 91), of('oxygen-saturation', 95), of('oxygen-saturation', 100)]).toEqual([
    'emergency',
    'monitoring',
    'routine',
  ]);
  expect([of('blood-pressure', 128, 82), of('blood-pressure', 140, 82), of('blood-pressure', 180, 121)]).toEqual([
    'routine',
    'monitoring',
    'emergency',
  ]);
  expect(of('steps', 200_000)).toBe('routine');
});

test('a sensor’s sugar is judged in the sensor’s unit', () => {
  // 2.9 mmol/L is 52 mg/dL.
  expect([of('glucose', 52), of('glucose', 60), of('glucose', 100), of('glucose', 181)]).toEqual([
    'emergency',
    'monitoring',
    'routine',
    'monitoring',
  ]);
});

test('a reading is judged as what it is, in whichever unit it was printed', () => {
  const printed = (sign: VitalSign, text: string, unit: string) =>
    urgencyOf(printedVital(sign, 0, 'watch-1', [text], { unit }), usualUrgency());
  expect([printed('body-temperature', '98.6', '[degF]'), printed('body-temperature', '95', '[degF]')]).toEqual(['routine', 'emergency']);
  expect([printed('glucose', '2.9', 'mmol/L'), printed('glucose', '3.5', 'mmol/L'), printed('blood-glucose', '5.5', 'mmol/L')]).toEqual([
    'emergency',
    'monitoring',
    'routine',
  ]);
  const pressure = printedVital('blood-pressure', 0, 'cuff-1', ['30', '11', '17.3'], { unit: 'kPa' });
  expect(urgencyOf(pressure, usualUrgency())).toBe('emergency');
});

test('what has no code is routine', () => {
  const other: Reading = { kind: 'other', at: 0, device: 'watch-1', name: 'Stress', unit: '', value: '99' };
  expect(urgencyOf(other, usualUrgency())).toBe('routine');
});

test('whatever calls a nurse in the chart is an emergency on the wrist', () => {
  const signs = ['heart-rate', 'oxygen-saturation', 'respiratory-rate', 'body-temperature'] as const;
  const drawn = fc.constantFrom(...signs).chain((sign) => {
    const { measures, scale } = vitalSign(sign);
    const { low, high } = measures[0]!;
    return fc.record({
      sign: fc.constant(sign),
      value: fc.integer({ min: Math.ceil(low * 10 ** scale), max: high * 10 ** scale }),
      scale: fc.constant(scale),
    });
  });
  fc.assert(
    fc.property(drawn, ({ sign, value, scale }) => {
      const called = dangerOf(sign, [value / 10 ** scale], true) !== null;
      expect(of(sign, value / 10 ** scale) === 'emergency').toBe(called);
    }),
  );
});

test('who is ill for an hour is an emergency three times at once, three times a minute, and monitored in between', () => {
  const judged = judge(usualUrgency());
  const hour = Array.from({ length: 3600 }, (_, second) => judged(vital('heart-rate', second * 1000, 'watch-1', [150])));
  expect(hour.slice(0, 4)).toEqual(['emergency', 'emergency', 'emergency', 'monitoring']);
  expect(hour.filter((urgency) => urgency === 'emergency').length).toBe(3 + 3 * 60 - 1);
  expect(judged(vital('heart-rate', 3_600_000, 'watch-1', [72]))).toBe('routine');
});

test('a heart trace is routine, and alike is monitoring whatever it is', () => {
  const trace: Reading = {
    kind: 'waveform',
    at: 0,
    device: 'watch-1',
    frequency: 250,
    leads: [{ name: 'II', unit: 'mV', gain: 200, baseline: 0, samples: Int32Array.of(1, 2) }],
  };
  expect(urgencyOf(trace, usualUrgency())).toBe('routine');
  for (const reading of [trace, vital('heart-rate', 0, 'watch-1', [180])]) expect(urgencyOf(reading, { kind: 'alike' })).toBe('monitoring');
});

test('a policy comes back as it was written, and any other text is none', () => {
  for (const policy of [usualUrgency(), { kind: 'alike' } as const, { kind: 'limits', signs: {} } as const]) {
    expect(parseUrgency(urgencyText(policy))).toEqual(policy);
  }
  const text = urgencyText(usualUrgency());
  for (const other of [
    '',
    '{}',
    'null',
    '{"kind":"limits"}',
    ` ${text}`,
    text.replace('heart-rate', 'heart-rot'),
    '{"kind":"alike","signs":[]}',
  ]) {
    expect(() => parseUrgency(other), other).toThrow(/urgency policy/);
  }
});

test('limits no device could follow are refused', () => {
  const wrong: UrgencyPolicy[] = [
    { kind: 'limits', signs: { 'heart-rate': [{ emergency: { low: 130, high: 40 } }] } },
    { kind: 'limits', signs: { 'blood-pressure': [{ emergency: { high: 180 } }] } },
    { kind: 'limits', signs: { 'heart-rate': [{ usual: { low: Number.NaN } }] } },
  ];
  for (const policy of wrong) expect(() => checkUrgency(policy)).toThrow(/urgency policy/);
});
