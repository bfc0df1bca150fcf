/**
 * What the numbers of FIT mean: the messages that hold measurements, their fields, and how a field is scaled
 * (`raw / scale - offset`), after the profile of the FIT SDK.
 *
 * Only what is measured is here. A field without a name keeps its number (`record.61`) and its raw integer.
 *
 * @module
 */
import { decimal, type VitalSign } from '@carelet/care/model';

export type FitFieldFacts = {
  readonly name: string;
  readonly unit?: string;
  readonly scale?: number;
  readonly offset?: number;
  readonly sign?: VitalSign;
  /** Not a reading: a place, or what another field needs. */
  readonly unread?: true;
};

export type FitMessageFacts = { readonly name: string; readonly fields: Readonly<Record<number, FitFieldFacts>> };

const bpm = { unit: 'bpm', sign: 'heart-rate' } as const;
const metres = { unit: 'm', scale: 5, offset: 500 } as const;
const speed = { unit: 'm/s', scale: 1000 } as const;

/** Messages whose fields are read. */
export const measured: ReadonlyMap<number, FitMessageFacts> = new Map<number, FitMessageFacts>([
  [
    20,
    {
      name: 'record',
      fields: {
        0: { name: 'position_lat', unread: true },
        1: { name: 'position_long', unread: true },
        2: { name: 'altitude', ...metres },
        3: { name: 'heart_rate', ...bpm },
        4: { name: 'cadence', unit: 'rpm' },
        5: { name: 'distance', unit: 'm', scale: 100 },
        6: { name: 'speed', ...speed },
        7: { name: 'power', unit: 'watts' },
        9: { name: 'grade', unit: '%', scale: 100 },
        11: { name: 'time_from_course', unit: 's', scale: 1000 },
        13: { name: 'temperature', unit: 'C' },
        29: { name: 'accumulated_power', unit: 'watts' },
        30: { name: 'left_right_balance' },
        31: { name: 'gps_accuracy', unit: 'm' },
        32: { name: 'vertical_speed', ...speed },
        33: { name: 'calories', unit: 'kcal' },
        39: { name: 'vertical_oscillation', unit: 'mm', scale: 10 },
        40: { name: 'stance_time_percent', unit: '%', scale: 100 },
        41: { name: 'stance_time', unit: 'ms', scale: 10 },
        42: { name: 'activity_type' },
        53: { name: 'fractional_cadence', unit: 'rpm', scale: 128 },
        73: { name: 'enhanced_speed', ...speed },
        78: { name: 'enhanced_altitude', ...metres },
        99: { name: 'respiration_rate', unit: 'breaths/min', sign: 'respiratory-rate' },
        108: { name: 'enhanced_respiration_rate', unit: 'breaths/min', scale: 100, sign: 'respiratory-rate' },
      },
    },
  ],
  [
    30,
    {
      name: 'weight_scale',
      fields: {
        0: { name: 'weight', unit: 'kg', scale: 100, sign: 'weight' },
        1: { name: 'percent_fat', unit: '%', scale: 100 },
        2: { name: 'percent_hydration', unit: '%', scale: 100 },
        3: { name: 'visceral_fat_mass', unit: 'kg', scale: 100 },
        4: { name: 'bone_mass', unit: 'kg', scale: 100 },
        5: { name: 'muscle_mass', unit: 'kg', scale: 100 },
        7: { name: 'basal_met', unit: 'kcal/day', scale: 4 },
        8: { name: 'physique_rating' },
        9: { name: 'active_met', unit: 'kcal/day', scale: 4 },
        10: { name: 'metabolic_age', unit: 'years' },
        11: { name: 'visceral_fat_rating' },
        12: { name: 'user_profile_index', unread: true },
        13: { name: 'bmi', unit: 'kg/m^2', scale: 10, sign: 'body-mass-index' },
      },
    },
  ],
  [
    51,
    {
      name: 'blood_pressure',
      fields: {
        // Systolic, diastolic and mean (0 to 2) are one reading and are taken together.
        3: { name: 'map_3_sample_mean', unit: 'mmHg' },
        4: { name: 'map_morning_values', unit: 'mmHg' },
        5: { name: 'map_evening_values', unit: 'mmHg' },
        6: { name: 'heart_rate', ...bpm },
        7: { name: 'heart_rate_type' },
        8: { name: 'status', unread: true },
        9: { name: 'user_profile_index', unread: true },
      },
    },
  ],
  [
    55,
    {
      name: 'monitoring',
      fields: {
        2: { name: 'distance', unit: 'm', scale: 100 },
        3: { name: 'cycles', unit: 'cycles', scale: 2 },
        5: { name: 'activity_type' },
        19: { name: 'active_calories', unit: 'kcal' },
        26: { name: 'timestamp_16', unread: true },
        27: { name: 'heart_rate', ...bpm },
      },
    },
  ],
  [78, { name: 'hrv', fields: { 0: { name: 'time', unit: 's', scale: 1000 } } }],
  [227, { name: 'stress_level', fields: { 0: { name: 'stress_level_value' }, 1: { name: 'stress_level_time', unread: true } } }],
  [
    269,
    {
      name: 'spo2_data',
      fields: {
        0: { name: 'reading_spo2', unit: '%', sign: 'oxygen-saturation' },
        1: { name: 'reading_confidence' },
        2: { name: 'mode' },
      },
    },
  ],
  [
    297,
    { name: 'respiration_rate', fields: { 0: { name: 'respiration_rate', unit: 'breaths/min', scale: 100, sign: 'respiratory-rate' } } },
  ],
]);

const names: Readonly<Record<number, string>> = {
  0: 'file_id',
  2: 'device_settings',
  3: 'user_profile',
  4: 'hrm_profile',
  6: 'bike_profile',
  7: 'zones_target',
  12: 'sport',
  18: 'session',
  19: 'lap',
  20: 'record',
  21: 'event',
  22: 'device_used',
  23: 'device_info',
  26: 'workout',
  27: 'workout_step',
  34: 'activity',
  49: 'file_creator',
  101: 'length',
  127: 'connectivity',
  206: 'field_description',
  207: 'developer_data_id',
};

/** A message as it is called when it is told of: by its name, or by its number. */
export const messageName = (global: number): string => measured.get(global)?.name ?? names[global] ?? `message ${global}`;

/**
 * `raw / scale - offset` in decimal digits, nothing rounded: a fifth of a metre is two tenths, a 128th has seven digits.
 *
 * @param scale with no prime factor but 2 and 5, as all of the profile's
 */
export function scaledText(raw: number | bigint, scale = 1, offset = 0): string {
  // What was sent as a binary fraction is printed as one.
  if (typeof raw === 'number' && !Number.isInteger(raw)) return String(raw / scale - offset);
  let digits = 0;
  let power = 1n;
  for (; power % BigInt(scale) !== 0n; power *= 10n) digits++;
  const value = (BigInt(raw) * power) / BigInt(scale) - BigInt(offset) * power;
  // Beyond what a reading holds as a number, the digits are kept all the same.
  if (value > -(2n ** 53n) && value < 2n ** 53n) return decimal(Number(value), digits);
  return digits === 0
    ? String(value)
    : `${value / power}.${String(value % power)
        .replace('-', '')
        .padStart(digits, '0')}`;
}
