/**
 * HealthKit's names for what has a code here.
 *
 * A resting or walking average of the heart rate is not the heart rate, and keeps its own name.
 *
 * @module
 */
import type { VitalSign } from '@carelet/care/model';

const quantities: ReadonlyMap<string, VitalSign> = new Map([
  ['HeartRate', 'heart-rate'],
  ['OxygenSaturation', 'oxygen-saturation'],
  ['RespiratoryRate', 'respiratory-rate'],
  ['BodyTemperature', 'body-temperature'],
  ['BloodGlucose', 'blood-glucose'],
  ['BodyMass', 'weight'],
  ['Height', 'height'],
  ['BodyMassIndex', 'body-mass-index'],
  ['HeartRateVariabilitySDNN', 'heart-rate-variability'],
  ['StepCount', 'steps'],
]);

const prefix = 'HKQuantityTypeIdentifier';

/**
 * The sign of a quantity, and by how many places its point moves: HealthKit prints a saturation of 98 % as 0.98 with
 * the unit %.
 */
export function appleQuantity(type: string, value: string): { readonly sign: VitalSign; readonly shift: number } | undefined {
  const sign = type.startsWith(prefix) ? quantities.get(type.slice(prefix.length)) : undefined;
  if (sign === undefined) return undefined;
  return { sign, shift: sign === 'oxygen-saturation' && Number(value) <= 1 ? 2 : 0 };
}
