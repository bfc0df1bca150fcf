/**
 * Open mHealth: data points (header and body), or bodies alone, of the `omh` and `granola` schemas.
 *
 * A body says what it is by the name of its measure. A statistic (the minimum of a month, an average) is no
 * measurement and is kept under its own name; so is every measure without a code here. Glucose has a code only where
 * the specimen is blood or tissue.
 *
 * @module
 */
import { isObject, type Json, type JsonObject, type Reading, type VitalSign } from '@carelet/care/model';
import { instantOfText, type Zone, zoneNamed } from '../zone.ts';
import { appleQuantity } from './apple-types.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment, type Printed } from './gathering.ts';
import { at, digitsOf, elementsOf, textAt } from './json.ts';
import type { Source } from './source.ts';

/** Measures with a code, by the name the schemas give them. */
const signs: ReadonlyMap<string, VitalSign> = new Map([
  ['heart_rate', 'heart-rate'],
  ['body_temperature', 'body-temperature'],
  ['body_weight', 'weight'],
  ['body_height', 'height'],
  ['body_mass_index', 'body-mass-index'],
  ['oxygen_saturation', 'oxygen-saturation'],
  ['respiratory_rate', 'respiratory-rate'],
  ['blood_glucose', 'blood-glucose'],
  ['step_count', 'steps'],
  ['sleep_duration', 'sleep'],
  ['total_sleep_time', 'sleep'],
]);
const pressures = ['systolic_blood_pressure', 'diastolic_blood_pressure'] as const;
const specimens: ReadonlyMap<string, VitalSign> = new Map([
  ['interstitial fluid', 'glucose'],
  ['whole blood', 'blood-glucose'],
  ['capillary blood', 'blood-glucose'],
  ['arterial blood', 'blood-glucose'],
  ['venous blood', 'blood-glucose'],
]);
const known = [...signs.keys(), ...pressures, 'effective_time_frame', 'kcal_burned', 'rr_interval', 'quantity_type', 'category_type'];

export const openMhealth: Format = {
  name: 'Open mHealth',
  says: 'data points of the Open mHealth schemas, as JSON or JSON lines',
  recognises: ({ text }) =>
    /^\s*[[{]/.test(text) && (/"schema_id"\s*:/.test(text) || known.some((name) => new RegExp(`"${name}"\\s*:`).test(text))),
  read,
};

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  const zone = zoneNamed(options.zone ?? 'UTC');
  for await (const { value, number } of elementsOf(source)) {
    const body = isObject(at(value, 'header')) ? at(value, 'body') : value;
    if (isObject(body)) take(body, `value ${number}`, zone, to);
    else to.leftOut(`value ${number}`, 'it has no body');
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

function take(body: JsonObject, where: string, zone: Zone, to: Gathering): void {
  const moment: Moment = { where, ...timeOf(at(body, 'effective_time_frame'), zone) };
  const statistic = textAt(body, 'descriptive_statistic');
  const measured = Object.entries(body).flatMap(([name, value]) => printedOf(name, value));
  const named = ({ name, ...rest }: Printed): Printed => ({ ...rest, name: statistic === undefined ? name : `${name} (${statistic})` });
  const [systolic, diastolic] = pressures.map((pressure) => measured.find(({ name }) => name === pressure));
  const pair = statistic === undefined && systolic && diastolic ? [systolic, diastolic] : [];
  if (pair.length > 0) to.vital('blood-pressure', moment, pair);
  const quantity = granola(body);
  if (quantity) to.vital(quantity.sign, moment, [quantity.printed], quantity.shift);
  for (const printed of measured) {
    if (pair.includes(printed) || quantity !== undefined) continue;
    const sign = statistic === undefined ? signOf(printed.name, body) : undefined;
    if (sign) to.vital(sign, moment, [printed]);
    else to.other(moment, named(printed));
  }
  if (measured.length === 0) to.leftOut(where, 'it has no measure that can be read');
}

function signOf(name: string, body: JsonObject): VitalSign | undefined {
  const sign = signs.get(name);
  if (sign !== 'blood-glucose') return sign;
  const specimen = textAt(body, 'specimen_source') ?? textAt(body, 'blood_specimen_type');
  return specimen === undefined ? sign : specimens.get(specimen);
}

/** HealthKit's samples in Open mHealth's clothes. */
function granola(body: JsonObject): { sign: VitalSign; printed: Printed; shift: number } | undefined {
  const type = textAt(body, 'quantity_type');
  const value = digitsOf(at(body, 'unit_value', 'value')) ?? digitsOf(at(body, 'count'));
  const known = type === undefined ? undefined : appleQuantity(type, value ?? '');
  if (!known || type === undefined || value === undefined) return undefined;
  return { ...known, printed: { name: type, value, unit: textAt(body, 'unit_value', 'unit') ?? 'count' } };
}

/** What says how, where and by whom, not how much. */
const context =
  /^(?:effective_time_frame|descriptive_statistic\w*|temporal_\w+|user_notes|metadata|\w+_type|\w*specimen\w*|system|measurement_\w+|body_posture|position_\w+|is_\w+|header)$/;

function printedOf(name: string, value: Json): Printed[] {
  if (name === 'unit_value' || name === 'count') return [];
  if (name === 'quantity_type' || name === 'category_type') return [];
  if (context.test(name)) return [];
  const number = digitsOf(isObject(value) ? at(value, 'value') : value);
  if (number !== undefined && isObject(value)) return [{ name, value: number, unit: textAt(value, 'unit') }];
  if (number !== undefined && typeof value !== 'string') return [{ name, value: number, unit: name === 'step_count' ? 'steps' : '' }];
  return typeof value === 'string' && name !== 'unit' ? [{ name, value }] : [];
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, sec: 1000, min: 60_000, h: 3_600_000, d: 86_400_000, wk: 604_800_000 };

function timeOf(frame: Json | undefined, zone: Zone): { at: number | undefined; lasts?: number } {
  const moment = textAt(frame, 'date_time');
  if (moment !== undefined) return { at: instantOfText(moment, zone) };
  const interval = at(frame, 'time_interval');
  const [start, end] = (['start_date_time', 'end_date_time'] as const).map((name) => {
    const text = textAt(interval, name);
    return text === undefined ? undefined : instantOfText(text, zone);
  });
  const amount = Number(digitsOf(at(interval, 'duration', 'value')));
  const length = Math.round(amount * (milliseconds[textAt(interval, 'duration', 'unit') ?? ''] ?? Number.NaN));
  const lasts = start !== undefined && end !== undefined ? end - start : length;
  const from = start ?? (end === undefined ? undefined : end - length);
  // An interval that ends before it begins is no time.
  return Number.isFinite(lasts) && lasts >= 0 && Number.isFinite(from) ? { at: from, lasts } : { at: undefined };
}
