/**
 * Units of vital signs, and the way between them.
 *
 * @module
 */
import { glucoseMass, type VitalName } from './vitals.ts';

/** `canonical = value * factor + offset`. */
type Way = readonly [factor: number, offset?: number];
type Ways = Readonly<Record<string, Way>>;

const same: Way = [1];
const perMinute = (...words: readonly string[]): Ways =>
  Object.fromEntries(['/min', '1/min', 'bpm', ...words, ''].map((word): [string, Way] => [word, same]));
const fahrenheit: Way = [5 / 9, -160 / 9];
const pound: Way = [0.453_592_37];
const mass = { kg: same, g: [0.001], '[lb_av]': pound, lb: pound, lbs: pound, '[oz_av]': [0.028_349_523_125] } as const satisfies Ways;

/**
 * By vital sign: UCUM codes, and the ways people write them. The empty unit is accepted only where there is no
 * second one it could be.
 */
const ways: Readonly<Record<VitalName, Ways>> = {
  // The conventional millimetre of mercury is 133.322387415 Pa.
  'blood-pressure': { 'mm[Hg]': same, mmHg: same, kPa: [1 / 0.133_322_387_415] },
  'heart-rate': perMinute('{beats}/min', '{Beats}/min', '{beat}/min', 'beats/min', 'beats/minute'),
  'oxygen-saturation': { '%': same, '1': [100] },
  'respiratory-rate': perMinute('{breaths}/min', '{Breaths}/min', 'breaths/min', 'breaths/minute'),
  'body-temperature': {
    Cel: same,
    '°C': same,
    degC: same,
    C: same,
    '[degF]': fahrenheit,
    '°F': fahrenheit,
    degF: fahrenheit,
    F: fahrenheit,
    K: [1, -273.15],
  },
  glucose: { 'mmol/L': same, 'mmol/l': same, 'mg/dL': [1 / glucoseMass], 'mg/dl': [1 / glucoseMass], 'g/L': [100 / glucoseMass] },
  weight: mass,
  'peak-flow': { 'L/min': same, 'l/min': same, 'L/s': [60] },
  steps: { '{steps}': same, steps: same, '{count}': same, '1': same, '': same },
  bmi: { 'kg/m2': same, 'kg/m^2': same, 'kg/m²': same },
  height: { cm: same, m: [100], mm: [0.1], '[in_i]': [2.54], in: [2.54], '[ft_i]': [30.48] },
};

/**
 * A value in the vital sign's own unit; undefined for a unit that is not known, for a guess could be twice too
 * much. Rounded to a millionth, which is where conversion ends and binary fractions begin.
 *
 * @example
 * ```ts
 * import { fromUnit } from '@carelet/care/rules/vitals/unit';
 * fromUnit('body-temperature', 98.6, '[degF]'); // 37
 * fromUnit('weight', 154, 'stone'); // undefined
 * ```
 */
export function fromUnit(vital: VitalName, value: number, unit: string): number | undefined {
  const way = wayOf(vital, unit);
  return way && tidy(value * way[0] + (way[1] ?? 0));
}

/**
 * The same value in another unit, for people who think in it.
 *
 * @param value in `vitalFacts(vital).ucum`
 * @param unit UCUM, one that `fromUnit` takes
 * @example
 * ```ts
 * import { toUnit } from '@carelet/care/rules/vitals/unit';
 * toUnit('glucose', 5.5, 'mg/dL'); // 99.0858
 * ```
 */
export function toUnit(vital: VitalName, value: number, unit: string): number | undefined {
  const way = wayOf(vital, unit);
  return way && tidy((value - (way[1] ?? 0)) / way[0]);
}

const wayOf = (vital: VitalName, unit: string): Way | undefined => (Object.hasOwn(ways[vital], unit) ? ways[vital][unit] : undefined);

const tidy = (value: number): number => Math.round(value * 1e6) / 1e6;
