/**
 * What the columns of a CSV file mean.
 *
 * Every maker writes its own header. A mapping says which column is the time and which are vital signs or leads;
 * `guessMapping` finds it by the names makers use, for files that are ordinary enough.
 *
 * @module
 */
import { CareletError, unitOf, type VitalSign, vitalSigns } from '@carelet/care/model';

/** A column by its name (case, blanks and a unit in brackets do not matter) or by its place from 0. */
export type CsvColumn = string | number;

/**
 * How a time is written. `date`: ISO 8601, month/day/year with a clock of 12 or 24 hours, or as Unix prints it; without
 * a zone it is `utcOffset` hours ahead of UTC, or by the clocks of the zone that the caller gives. `epoch`: since 1970.
 * `elapsed`: since the start that the caller gives.
 */
export type CsvTime = {
  readonly column: CsvColumn;
  readonly as?: 'date' | 'epoch-s' | 'epoch-ms' | 'elapsed-s' | 'elapsed-ms';
  readonly utcOffset?: number;
};

/** One vital sign: a column for each of its measures, in order. */
export type CsvSign = {
  readonly sign: VitalSign;
  readonly columns: readonly CsvColumn[];
  /** Digits to round to; else all that are printed. */
  readonly scale?: number;
  /** UCUM of the file's unit, where it is another of those the sign comes in. */
  readonly unit?: string;
};

/** A column without a sign, kept under its name where it holds a number. */
export type CsvOther = { readonly column: CsvColumn; readonly name: string; readonly unit?: string };

/** One lead of a waveform in physical units, kept as integers of so many decimals. */
export type CsvLead = { readonly column: CsvColumn; readonly name: string; readonly unit: string; readonly decimals: number };

export type CsvMapping = {
  /** Lines to take: those whose columns hold these texts. */
  readonly where?: readonly { readonly column: CsvColumn; readonly equals: string }[];
} & (
  | { readonly time: CsvTime; readonly signs: readonly CsvSign[]; readonly others?: readonly CsvOther[] }
  /** Evenly sampled: a line is a sample, `frequency` of them a second, the first at the time of its line or at the start given. */
  | { readonly leads: readonly CsvLead[]; readonly frequency: number; readonly time?: CsvTime }
);

/** A Dexcom Clarity export: its glucose values; alerts and calibrations are other lines. */
export const dexcomClarity: CsvMapping = {
  where: [{ column: 'Event Type', equals: 'EGV' }],
  time: { column: 'Timestamp' },
  signs: [{ sign: 'glucose', columns: ['Glucose Value'] }],
};

/** A name as names are compared: `Timestamp (YYYY-MM-DDThh:mm:ss)` is `timestamp`. */
export const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[([].*$/, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');

const timeNames = /^(?:date)?time(?:stamp)?$|^date$|^recorded(?:at)?$|^datetime$|^(?:activity|sleep)(?:date|day|hour|minute|second)$/;
/** Names of numbers that measure nothing, and of places, which are not read. */
const noValue = /^(?:index|row|no)$|id$|^(?:position)?(?:lat(?:itude)?|long?(?:itude)?)$/;
/** Beside these, a temperature is the air's. */
const outdoors = /^(?:enhanced)?altitude$|^cadence$|^(?:enhanced)?speed$|^humidity$/;
const signNames: readonly (readonly [VitalSign, readonly RegExp[]])[] = [
  ['heart-rate', [/^heartrate(?:bpm)?$|^hr$|^pulse(?:rate)?$|^bpm$/]],
  ['oxygen-saturation', [/^s[pa]o2$|^oxygensaturation$|^o2sat(?:uration)?$/]],
  ['blood-pressure', [/^sys(?:tolic)?(?:bloodpressure|bp)?$|^sbp$/, /^dia(?:stolic)?(?:bloodpressure|bp)?$|^dbp$/]],
  ['body-temperature', [/^(?:body)?temp(?:erature)?[cf]?$/]],
  ['respiratory-rate', [/^resp(?:iratory|iration)?(?:rate)?$|^rr$|^breathingrate$/]],
  ['steps', [/^(?:total)?steps$|^stepcount$/]],
  ['glucose', [/^(?:blood)?glucose(?:value)?$|^sgv$/]],
  ['weight', [/^(?:body)?weight(?:kg)?$/]],
  ['sleep', [/^(?:total)?minutesasleep$/]],
];

/** Units which a name mentions and which are not the sign's own. */
const foreignUnits: readonly (readonly [VitalSign, RegExp, string])[] = [
  ['body-temperature', /[([]\s*°?\s*f|fahrenheit|temp(?:erature)?[ _]?f$/i, '[degF]'],
  ['glucose', /mmol/i, 'mmol/L'],
  ['weight', /lb|pound/i, '[lb_av]'],
];

/**
 * A mapping for a header with a time and vital signs under usual names; the other columns are kept under theirs.
 * Undefined for a header without a time, or with nothing beside it.
 */
export function guessMapping(header: readonly string[]): CsvMapping | undefined {
  const names = header.map(plainName);
  const time = names.findIndex((name) => timeNames.test(name));
  if (time < 0) return undefined;
  const ambient = names.some((name) => outdoors.test(name));
  const signs = signNames.flatMap(([sign, measures]): CsvSign[] => {
    const columns = measures.map((measure) => names.findIndex((name) => measure.test(name)));
    if (columns.includes(-1) || (sign === 'body-temperature' && ambient)) return [];
    const foreign = foreignUnits.find(([of, mention]) => of === sign && mention.test(header[columns[0]!]!));
    return [foreign ? { sign, columns, unit: foreign[2] } : { sign, columns }];
  });
  const taken = new Set<CsvColumn>([time, ...signs.flatMap(({ columns }) => columns)]);
  const others = header.flatMap((title, column): CsvOther[] => {
    if (taken.has(column) || !/^\p{L}/u.test(title) || noValue.test(names[column]!)) return [];
    const [, name = title, unit] = /^(.*?)\s*[([](.+?)[)\]]$/.exec(title) ?? [];
    return [unit === undefined ? { column, name } : { column, name, unit }];
  });
  return signs.length + others.length === 0 ? undefined : { time: { column: time }, signs, others };
}

/**
 * A mapping somebody wrote by hand, looked at.
 *
 * @throws {CareletError} `invalid`, naming what is wrong in it
 *
 * @example
 * ```ts
 * import { mappingOf } from '@carelet/wearable/csv/mapping';
 * const mapping = mappingOf({ frequency: 360, leads: [{ column: 0, name: 'MLII', unit: 'mV', decimals: 3 }] });
 * 'leads' in mapping; // true
 * ```
 */
export function mappingOf(value: unknown): CsvMapping {
  const mapping = objectOf(value, 'a mapping');
  if (mapping.time !== undefined) columnOf(objectOf(mapping.time, 'its time').column, 'its time');
  if (mapping.where !== undefined)
    for (const one of listOf(mapping.where, 'where')) {
      const { column, equals } = objectOf(one, 'where');
      columnOf(column, 'where');
      if (typeof equals !== 'string') throw refuse('where says no text that its column equals');
    }
  if (mapping.leads !== undefined) {
    if (typeof mapping.frequency !== 'number' || !(mapping.frequency > 0)) throw refuse('leads need a frequency above 0');
    for (const one of listOf(mapping.leads, 'leads')) {
      const { column, name, unit, decimals } = objectOf(one, 'a lead');
      columnOf(column, 'a lead');
      if (typeof name !== 'string' || typeof unit !== 'string') throw refuse('a lead needs a name and a unit');
      if (!Number.isInteger(decimals) || Number(decimals) < 0 || Number(decimals) > 9) throw refuse('a lead needs decimals from 0 to 9');
    }
    return value as CsvMapping;
  }
  if (mapping.time === undefined || mapping.signs === undefined) throw refuse('it has neither a time and signs, nor leads');
  for (const one of listOf(mapping.signs, 'signs')) {
    const { sign, columns, unit } = objectOf(one, 'a sign');
    if (typeof sign !== 'string' || !Object.hasOwn(vitalSigns, sign))
      throw refuse(`a sign is none of ${Object.keys(vitalSigns).join(', ')}`);
    for (const column of listOf(columns, sign)) columnOf(column, sign);
    if (unit !== undefined && unitOf(sign as VitalSign, String(unit)) === undefined) throw refuse(`${sign} does not come in that unit`);
  }
  for (const one of listOf(mapping.others ?? [], 'others')) {
    const { column, name } = objectOf(one, 'another');
    columnOf(column, 'another');
    if (typeof name !== 'string') throw refuse('another column needs a name');
  }
  return value as CsvMapping;
}

const refuse = (because: string): CareletError => new CareletError('invalid', 'read mapping', { because });

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${what} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw refuse(`${what} is not a list`);
  return value;
}

function columnOf(column: unknown, what: string): void {
  if (typeof column !== 'string' && !(Number.isInteger(column) && Number(column) >= 0))
    throw refuse(`${what} has no column by name or by place from 0`);
}
