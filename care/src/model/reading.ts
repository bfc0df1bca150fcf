/**
 * Readings: what a sensor measured, before it is anything else.
 *
 * A reading is integers. A thermometer that says 36.60 is kept as 3660 with a scale of 2, an electrode as the
 * counts of its converter with a gain and a baseline. Nothing is rounded between the skin and the doctor, two
 * readings are equal when their integers are, and a strip of them packs into a few bits each. Physical values
 * appear where a reading is taken (`vital`) and where it is shown (`decimal`, `rules/observation`).
 *
 * @module
 */
import { CareletError } from './error.ts';

/** One number of a vital sign: blood pressure has two, the others one. Bounds are physical and inclusive. */
export type Measure = { readonly code: string; readonly display: string; readonly low: number; readonly high: number };

/** What is known of a vital sign. */
export type VitalSignFacts = {
  /** LOINC code and display of the whole. */
  readonly code: string;
  readonly display: string;
  /** A more exact LOINC code which the FHIR vital signs profile asks for beside the general one. */
  readonly also?: { readonly code: string; readonly display: string };
  /** HL7 observation category. */
  readonly category: 'vital-signs' | 'activity' | 'laboratory';
  /** UCUM unit, and how a nurse writes it. */
  readonly ucum: string;
  readonly unit: string;
  /** Decimal digits a sensor usually gives. */
  readonly scale: number;
  /** The numbers of one reading, in order. What lies outside the bounds no living person has. */
  readonly measures: readonly Measure[];
};

const one = (code: string, display: string, low: number, high: number) => ({ code, display, measures: [{ code, display, low, high }] });

/**
 * The signs a sensor can report. Codes are those of the FHIR R4 vital signs profile where it has one, of the
 * HL7 continuous glucose guide for glucose.
 */
export const vitalSigns = {
  'heart-rate': { ...one('8867-4', 'Heart rate', 20, 300), category: 'vital-signs', ucum: '/min', unit: 'beats/min', scale: 0 },
  'oxygen-saturation': {
    ...one('2708-6', 'Oxygen saturation in Arterial blood', 30, 100),
    also: { code: '59408-5', display: 'Oxygen saturation in Arterial blood by Pulse oximetry' },
    category: 'vital-signs',
    ucum: '%',
    unit: '%',
    scale: 0,
  },
  'blood-pressure': {
    code: '85354-9',
    display: 'Blood pressure panel with all children optional',
    measures: [
      { code: '8480-6', display: 'Systolic blood pressure', low: 30, high: 320 },
      { code: '8462-4', display: 'Diastolic blood pressure', low: 10, high: 220 },
    ],
    category: 'vital-signs',
    ucum: 'mm[Hg]',
    unit: 'mmHg',
    scale: 0,
  },
  'body-temperature': { ...one('8310-5', 'Body temperature', 20, 46), category: 'vital-signs', ucum: 'Cel', unit: '°C', scale: 1 },
  'respiratory-rate': {
    ...one('9279-1', 'Respiratory rate', 1, 120),
    category: 'vital-signs',
    ucum: '/min',
    unit: 'breaths/min',
    scale: 0,
  },
  steps: {
    ...one('55423-8', 'Number of steps in unspecified time Pedometer', 0, 250_000),
    category: 'activity',
    ucum: '{steps}',
    unit: 'steps',
    scale: 0,
  },
  glucose: {
    ...one('99504-3', 'Glucose [Mass/volume] in Interstitial fluid', 5, 1500),
    category: 'laboratory',
    ucum: 'mg/dL',
    unit: 'mg/dL',
    scale: 0,
  },
  weight: { ...one('29463-7', 'Body weight', 0.2, 700), category: 'vital-signs', ucum: 'kg', unit: 'kg', scale: 1 },
} as const satisfies Record<string, VitalSignFacts>;

export type VitalSign = keyof typeof vitalSigns;

/** The facts of a sign, with the type that fits them all. */
export const vitalSign = (sign: VitalSign): VitalSignFacts => vitalSigns[sign];

/** A vital sign measured once. `values[i] / 10^scale` is the i-th measure of its sign, in the sign's unit. */
export type VitalReading = {
  readonly kind: 'vital';
  readonly sign: VitalSign;
  /** UTC milliseconds since 1970. */
  readonly at: number;
  /** Who measured: an id as FHIR allows them, 1 to 64 letters, digits, `-` or `.`. */
  readonly device: string;
  readonly scale: number;
  readonly values: readonly number[];
};

/** One trace of a waveform. `(sample - baseline) / gain` is the physical value in `unit`. */
export type Lead = {
  /** As printed on the strip: `II`, `MLII`, `V5`, `PLETH`. */
  readonly name: string;
  /** UCUM: `mV`, `mm[Hg]`. */
  readonly unit: string;
  /** Counts of the converter per unit. */
  readonly gain: number;
  /** The count that means zero. */
  readonly baseline: number;
  /** The count, if any, that means that nothing was measured (a loose electrode). */
  readonly absent?: number;
  readonly samples: Int32Array;
};

/** A block of evenly spaced samples of several leads, the first taken at `at`. */
export type WaveformReading = {
  readonly kind: 'waveform';
  readonly at: number;
  readonly device: string;
  /** Samples a second. */
  readonly frequency: number;
  /** All of the same length. */
  readonly leads: readonly Lead[];
};

export type Reading = VitalReading | WaveformReading;

/** What a reading may hold at most. */
export const readingLimits = { scale: 6, leads: 64, samples: 1 << 22, frequency: 100_000 } as const;

const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Takes a vital sign: physical numbers in, the checked fixed-point reading out, rounded to the scale.
 *
 * @param values in the unit of `vitalSigns[sign]`, one for each of its measures
 * @throws {CareletError} `invalid` when no living person has such a value, or the wrong number of them is given
 *
 * @example
 * ```ts
 * import { vital } from '@carelet/care/model';
 * vital('blood-pressure', Date.UTC(2026, 10, 20), 'watch-1', [128, 82]).values; // [128, 82]
 * vital('body-temperature', Date.UTC(2026, 10, 20), 'watch-1', [36.6]).values; // [366]
 * ```
 */
export function vital(
  sign: VitalSign,
  at: number,
  device: string,
  values: readonly number[],
  scale: number = vitalSigns[sign].scale,
): VitalReading {
  return checkVital({ kind: 'vital', sign, at, device, scale, values: values.map((value) => Math.round(value * 10 ** scale)) });
}

/**
 * The reading itself, if it is one: known sign, whole numbers, plausible values, a time FHIR can write, leads
 * of one length. Everything that makes or unpacks readings ends here.
 *
 * @throws {CareletError} `invalid`, naming what is wrong but never the value
 */
export function checkReading<R extends Reading>(reading: R): R {
  if (reading.kind === 'vital') checkVital(reading);
  else if (reading.kind === 'waveform') checkWaveform(reading);
  else throw refusal('reading', 'it is neither a vital sign nor a waveform');
  return reading;
}

function checkVital(reading: VitalReading): VitalReading {
  const { sign, scale, values } = reading;
  if (!Object.hasOwn(vitalSigns, sign)) throw refusal('reading', 'no such vital sign');
  const { measures, ucum } = vitalSign(sign);
  checkOrigin(reading, sign);
  if (!Number.isInteger(scale) || scale < 0 || scale > readingLimits.scale) throw refusal(sign, 'scale is not 0 to 6 digits');
  if (values.length !== measures.length) throw refusal(sign, `${measures.length} value(s) expected, ${values.length} given`);
  for (const [i, { display, low, high }] of measures.entries()) {
    const value = values[i]!;
    if (!isInt32(value)) throw refusal(sign, `${display} is not a whole number of 32 bits at its scale`);
    if (value < low * 10 ** scale || value > high * 10 ** scale) {
      throw refusal(sign, `${display} is implausible: not within ${low} to ${high} ${ucum}`);
    }
  }
  if (sign === 'blood-pressure' && values[1]! >= values[0]!) throw refusal(sign, 'diastolic is not below systolic');
  return reading;
}

function checkWaveform(reading: WaveformReading): void {
  const { frequency, leads } = reading;
  checkOrigin(reading, 'waveform');
  if (!(frequency > 0 && frequency <= readingLimits.frequency))
    throw refusal('waveform', 'sampling frequency is not above 0 and at most 100 kHz');
  if (leads.length < 1 || leads.length > readingLimits.leads) throw refusal('waveform', 'it has no lead, or more than 64');
  const length = leads[0]!.samples.length;
  if (length < 1 || length * leads.length > readingLimits.samples) throw refusal('waveform', 'it has no sample, or more than 4 million');
  for (const { name, unit, gain, baseline, absent, samples } of leads) {
    if (!/^[^\p{C}]{1,64}$/u.test(name)) throw refusal('waveform', 'a lead has no printable name of 1 to 64 characters');
    if (!/^[!-~]{1,32}$/.test(unit)) throw refusal('waveform', 'a lead has no UCUM unit');
    if (!Number.isFinite(gain) || gain === 0) throw refusal('waveform', 'a lead has a gain of nothing');
    if (!isInt32(baseline) || !(absent === undefined || isInt32(absent)))
      throw refusal('waveform', 'a baseline is not a whole number of 32 bits');
    if (samples.length !== length) throw refusal('waveform', 'its leads differ in length');
  }
}

function checkOrigin({ at, device }: Reading, subject: string): void {
  if (!Number.isSafeInteger(at) || at < earliest || at > latest)
    throw refusal(subject, 'its time is not whole milliseconds in the years 1 to 9999');
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(device)) throw refusal(subject, 'its device is not an id of 1 to 64 letters, digits, "-" or "."');
}

/** `-0` is refused with the rest: it would come back as `0`. */
const isInt32 = (value: number): boolean => Object.is(value | 0, value);

const refusal = (subject: string, because: string): CareletError => new CareletError('invalid', 'take reading', { subject, because });

/**
 * The decimal text of a fixed-point integer; every digit of the scale is kept.
 *
 * @example
 * ```ts
 * import { decimal } from '@carelet/care/model';
 * decimal(370, 1); // '37.0'
 * ```
 */
export function decimal(value: number, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(Math.abs(value)).padStart(scale + 1, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Milliseconds a reading lasts: 0 for a vital sign, samples over frequency for a waveform. */
export const duration = (reading: Reading): number =>
  reading.kind === 'vital' ? 0 : (reading.leads[0]!.samples.length * 1000) / reading.frequency;
