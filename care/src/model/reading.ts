/**
 * Readings: what a sensor measured, before it is anything else.
 *
 * A reading is integers. A thermometer that says 36.60 is kept as 3660 with a scale of 2, an electrode as the
 * counts of its converter with a gain and a baseline. Nothing is rounded between the skin and the doctor, two
 * readings are equal when their integers are, and a strip of them packs into a few bits each. Physical values
 * appear where a reading is taken (`vital`) and where it is shown (`decimal`, `rules/observation`).
 *
 * What a file says under a name that has no code here is kept too, as it was printed (`OtherReading`). It is never
 * given a code that only looks right.
 *
 * @module
 */
import { CareletError } from './error.ts';
import { unitOf, type VitalSign, vitalSign, vitalSigns } from './sign.ts';

/** A vital sign measured once. `values[i] / 10^scale` is the i-th measure of its sign, in `unit` or else the sign's own. */
export type VitalReading = {
  readonly kind: 'vital';
  readonly sign: VitalSign;
  /** UTC milliseconds since 1970. */
  readonly at: number;
  /** Who measured: an id as FHIR allows them, 1 to 64 letters, digits, `-` or `.`. */
  readonly device: string;
  readonly scale: number;
  readonly values: readonly number[];
  /** UCUM, where it came in one of the sign's other units. */
  readonly unit?: string;
  /** Milliseconds it was measured over: steps of an hour, a night's sleep. Absent for a moment. */
  readonly lasts?: number;
};

/** What a sensor or a file calls by a name of its own, without a code here: kept as it was printed. */
export type OtherReading = {
  readonly kind: 'other';
  readonly at: number;
  readonly device: string;
  /** As the file names it: `HKQuantityTypeIdentifierFlightsClimbed`. */
  readonly name: string;
  /** As the file writes it, not necessarily UCUM; empty where it says none. */
  readonly unit: string;
  /** Decimal digits as printed, or words. */
  readonly value: string;
  readonly lasts?: number;
};

/** One trace of a waveform. `(sample - baseline) / gain` is the physical value in `unit`. */
export type Lead = {
  /** As printed on the strip: `II`, `MLII`, `V5`, `PLETH`. */
  readonly name: string;
  /** UCUM: `mV`, `mm[Hg]`. */
  readonly unit: string;
  /** Counts of the converter per unit. */
  readonly gain: number;
  /** The count that means zero; it may lie between two counts. */
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

export type Reading = VitalReading | OtherReading | WaveformReading;

/** What a reading may hold at most. A vital sign's integer is at most 2^50 in size: 15 digits. */
export const readingLimits = { scale: 15, value: 2 ** 50, name: 128, text: 1024, leads: 64, samples: 1 << 22, frequency: 100_000 } as const;

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
 * Takes a vital sign as it was printed: every digit is kept, in the unit it came in.
 *
 * @param texts a decimal number for each measure, as in `98.6` or `1e2`
 * @param more `unit` (UCUM) where it is not the sign's own, `lasts` in milliseconds
 * @throws {CareletError} `invalid` for what is no decimal number, has more than 15 digits, or lives in nobody
 *
 * @example
 * ```ts
 * import { printedVital } from '@carelet/care/model';
 * const fever = printedVital('body-temperature', Date.UTC(2026, 10, 20), 'thermometer-1', ['100.40'], { unit: '[degF]' });
 * [fever.values, fever.scale]; // [[10040], 2]
 * ```
 */
export function printedVital(
  sign: VitalSign,
  at: number,
  device: string,
  texts: readonly string[],
  { unit, lasts }: { readonly unit?: string | undefined; readonly lasts?: number | undefined } = {},
): VitalReading {
  const numbers = texts.map((text) => fixed(text));
  if (!numbers.every((number) => number !== undefined)) throw refusal(sign, 'a value is not a decimal number of at most 15 digits');
  const scale = Math.max(0, ...numbers.map((number) => number.scale));
  return checkVital({
    kind: 'vital',
    sign,
    at,
    device,
    scale,
    values: numbers.map((number) => number.value * 10 ** (scale - number.scale)),
    ...(unit !== undefined && unit !== vitalSigns[sign].ucum && { unit }),
    ...(lasts !== undefined && lasts !== 0 && { lasts }),
  });
}

/** A decimal number as integer and digits after the point; undefined if it is none, or too long. Trailing zeros count. */
export function fixed(text: string): { readonly value: number; readonly scale: number } | undefined {
  const [, sign, whole = '', part = '', power = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ?? [];
  if (sign === undefined || whole + part === '') return undefined;
  const places = part.length - Number(power);
  const value = Number(`${whole}${part}${'0'.repeat(Math.max(0, Math.min(-places, 20)))}`);
  const scale = Math.max(0, places);
  if (value > readingLimits.value || scale > readingLimits.scale || places < -20) return undefined;
  return { value: sign === '-' && value !== 0 ? -value : value, scale };
}

/**
 * The reading itself, if it is one: known sign, whole numbers, plausible values, a time FHIR can write, leads
 * of one length. Everything that makes or unpacks readings ends here.
 *
 * @throws {CareletError} `invalid`, naming what is wrong but never the value
 */
export function checkReading<R extends Reading>(reading: R): R {
  if (reading.kind === 'vital') checkVital(reading);
  else if (reading.kind === 'other') checkOther(reading);
  else if (reading.kind === 'waveform') checkWaveform(reading);
  else throw refusal('reading', 'it is neither a vital sign, nor another value, nor a waveform');
  return reading;
}

function checkVital(reading: VitalReading): VitalReading {
  const { sign, scale, values } = reading;
  if (!Object.hasOwn(vitalSigns, sign)) throw refusal('reading', 'no such vital sign');
  const { measures } = vitalSign(sign);
  checkOrigin(reading, sign);
  checkLasting(reading, sign);
  const unit = unitOf(sign, reading.unit);
  if (unit === undefined || unit.ucum !== (reading.unit ?? unit.ucum) || reading.unit === vitalSign(sign).ucum)
    throw refusal(sign, 'its unit is not one of its other units');
  if (!Number.isInteger(scale) || scale < 0 || scale > readingLimits.scale) throw refusal(sign, 'scale is not 0 to 15 digits');
  const needed = measures.filter(({ optional }) => !optional).length;
  if (values.length < needed || values.length > measures.length) throw refusal(sign, `${needed} value(s) expected, ${values.length} given`);
  for (const [i, value] of values.entries()) {
    const { display, low, high } = measures[i]!;
    if (!Number.isInteger(value) || Object.is(value, -0) || Math.abs(value) > readingLimits.value)
      throw refusal(sign, `${display} is not a whole number of at most 50 bits at its scale`);
    const physical = (value / 10 ** scale - unit.zero) * unit.factor;
    if (physical < low || physical > high)
      throw refusal(sign, `${display} is implausible: not within ${low} to ${high} ${vitalSign(sign).ucum}`);
  }
  if (sign === 'blood-pressure' && values[1]! >= values[0]!) throw refusal(sign, 'diastolic is not below systolic');
  return reading;
}

function checkOther(reading: OtherReading): void {
  checkOrigin(reading, 'other reading');
  checkLasting(reading, 'other reading');
  for (const [what, text, least, most] of [
    ['name', reading.name, 1, readingLimits.name],
    ['unit', reading.unit, 0, readingLimits.name],
    ['value', reading.value, 1, readingLimits.text],
  ] as const) {
    if (text.length < least || text.length > most || !isPlain(text))
      throw refusal('other reading', `its ${what} is not ${least} to ${most} printable characters`);
  }
}

/** Neither control characters nor halves of characters, which UTF-8 cannot say. */
const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text);

function checkLasting({ at, lasts }: VitalReading | OtherReading, subject: string): void {
  if (lasts !== undefined && (!Number.isSafeInteger(lasts) || lasts <= 0 || at + lasts > latest))
    throw refusal(subject, 'it does not last whole milliseconds above 0, or past the year 9999');
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
    if (!Number.isFinite(baseline) || Object.is(baseline, -0)) throw refusal('waveform', 'a baseline is not a number');
    if (!(absent === undefined || isInt32(absent))) throw refusal('waveform', 'an absent count is not a whole number of 32 bits');
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

/** Milliseconds a reading lasts: 0 for a moment, samples over frequency for a waveform. */
export const duration = (reading: Reading): number =>
  reading.kind === 'waveform' ? (reading.leads[0]!.samples.length * 1000) / reading.frequency : (reading.lasts ?? 0);
