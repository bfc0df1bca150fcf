import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type VitalSign, vitalSign, vitalSigns } from '../../model/sign.ts';
import { dangerOf } from './danger.ts';
import { fromUnit, toUnit } from './unit.ts';
import { measureByCode, shown, type VitalName, vitalFacts, vitalNames } from './vitals.ts';

test.each([
  ['blood-pressure', 16, 'kPa', 120.009852],
  ['blood-pressure', 120, 'mm[Hg]', 120],
  ['body-temperature', 98.6, '[degF]', 37],
  ['body-temperature', 310.15, 'K', 37],
  ['weight', 150, '[lb_av]', 68.038856],
  ['weight', 3450, 'g', 3.45],
  ['glucose', 100, 'mg/dL', 5.550745],
  ['height', 5.5, '[ft_i]', 167.64],
  ['oxygen-saturation', 0.97, '1', 97],
  ['heart-rate', 72, 'beats/minute', 72],
  ['peak-flow', 7, 'L/s', 420],
] as const)('%s: %d %s is converted exactly', (vital, value, unit, canonical) => {
  expect(fromUnit(vital, value, unit)).toBe(canonical);
});

test('a unit that is not known, or could be two, is no unit', () => {
  for (const unit of ['', 'stone', 'Cel', 'toString', '__proto__']) expect(fromUnit('weight', 70, unit)).toBeUndefined();
  expect(fromUnit('heart-rate', 70, '')).toBe(70);
});

test('there and back is the same number', () => {
  const pairs = [
    ['glucose', 'mg/dL'],
    ['body-temperature', '[degF]'],
    ['weight', '[lb_av]'],
    ['height', '[in_i]'],
  ] as const;
  fc.assert(
    fc.property(fc.constantFrom(...pairs), fc.integer({ min: 1, max: 4000 }), ([vital, unit], tenths) => {
      expect(toUnit(vital, fromUnit(vital, tenths / 10, unit)!, unit)).toBeCloseTo(tenths / 10, 4);
    }),
  );
});

/** Signs a sensor reports which no chart shows yet. */
const uncharted: readonly VitalSign[] = ['heart-rate-variability', 'sleep'];
const charted = new Map<VitalSign, VitalName>([
  ['blood-glucose', 'glucose'],
  ['body-mass-index', 'bmi'],
]);

test('every sign a sensor can report has its code, its units and its place here, or is known to have none', () => {
  for (const sign of Object.keys(vitalSigns) as VitalSign[]) {
    if (uncharted.includes(sign)) continue;
    const vital = charted.get(sign) ?? (sign as VitalName);
    const { measures, ucum, code, others = [] } = vitalSign(sign);
    for (const [index, measure] of measures.entries()) {
      if (!measure.optional) expect(measureByCode.get(measure.code)).toEqual({ vital, index });
      expect(fromUnit(vital, measure.low, ucum), sign).toBeDefined();
    }
    for (const other of others) {
      if (other.code !== undefined && other.code !== code) expect(measureByCode.get(other.code)).toEqual({ vital, index: 0 });
      const own = (90 - (other.zero ?? 0)) * other.factor;
      expect(fromUnit(vital, 90, other.ucum), `${sign} in ${other.ucum}`).toBeCloseTo(fromUnit(vital, own, ucum)!, 4);
    }
  }
});

test('every limit lies inside of what is plausible, and danger outside of the reference', () => {
  for (const vital of vitalNames) {
    for (const { plausible, reference, danger } of vitalFacts(vital).measures) {
      for (const band of [reference, danger]) {
        expect(band?.low ?? plausible.low, vital).toBeGreaterThanOrEqual(plausible.low);
        expect(band?.high ?? plausible.high, vital).toBeLessThanOrEqual(plausible.high);
      }
      if (danger?.low !== undefined) expect(danger.low, vital).toBeLessThanOrEqual(reference!.low!);
      if (danger?.high !== undefined) expect(danger.high, vital).toBeGreaterThan(reference!.high!);
    }
  }
});

// Where NEWS2 (RCP 2017, chart 1) scores 3 for a single parameter, and the value next to it that does not.
test.each([
  ['respiratory-rate', [8], [9], 'low'],
  ['respiratory-rate', [25], [24], 'high'],
  ['oxygen-saturation', [91], [92], 'low'],
  ['blood-pressure', [90, 60], [91, 60], 'low'],
  ['blood-pressure', [220, 90], [219, 90], 'high'],
  ['heart-rate', [40], [41], 'low'],
  ['heart-rate', [131], [130], 'high'],
  ['body-temperature', [35], [35.1], 'low'],
  ['glucose', [53 / 18.0156], [54 / 18.0156], 'low'],
  ['blood-pressure', [180, 121], [180, 120], 'high'],
  ['blood-pressure', [Number.NaN, 130], [Number.NaN, 80], 'high'],
] as const)('%s: %j is danger, %j is not', (vital, danger, fine, side) => {
  expect(dangerOf(vital, danger, true)).toBe(side);
  expect(dangerOf(vital, fine, true)).toBeNull();
  expect(dangerOf(vital, danger, false), 'a child has no adult limits').toBeNull();
});

test('a loose sensor is no emergency', () => {
  expect(dangerOf('oxygen-saturation', [3], true)).toBeNull();
  expect(dangerOf('heart-rate', [0], true)).toBeNull();
});

test('a value is shown with the digits of its sign', () => {
  expect(shown('body-temperature', 36.65)).toBe(36.7);
  expect(shown('heart-rate', 71.5)).toBe(72);
});
