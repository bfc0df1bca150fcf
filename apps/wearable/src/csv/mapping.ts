/**
 * What the columns of a CSV file mean.
 *
 * Every maker writes its own header. A mapping says which column is the time and which are vital signs or leads;
 * `guessMapping` finds it by the names makers use, for files that are ordinary enough.
 *
 * @module
 */
import type { VitalSign } from '@carelet/care/model';

/** A column by its name (case, blanks and a unit in brackets do not matter) or by its place from 0. */
export type CsvColumn = string | number;

/**
 * How a time is written. `date`: ISO 8601, or month/day/year with a clock of 12 or 24 hours; without a zone it is
 * `utcOffset` hours ahead of UTC. `epoch`: since 1970. `elapsed`: since the start that the caller gives.
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
  /** Digits to keep; else those of `vitalSigns`. */
  readonly scale?: number;
  /** The unit of the file, where it is not the sign's own. */
  readonly unit?: keyof typeof conversions;
};

/** One lead of a waveform in physical units, kept as integers of so many decimals. */
export type CsvLead = { readonly column: CsvColumn; readonly name: string; readonly unit: string; readonly decimals: number };

export type CsvMapping = {
  /** Lines to take: those whose columns hold these texts. */
  readonly where?: readonly { readonly column: CsvColumn; readonly equals: string }[];
} & (
  | { readonly time: CsvTime; readonly signs: readonly CsvSign[] }
  /** Evenly sampled: a line is a sample, `frequency` of them a second, the first at the time of its line or at the start given. */
  | { readonly leads: readonly CsvLead[]; readonly frequency: number; readonly time?: CsvTime }
);

/** Other units than those of `vitalSigns`, and how they become them. */
export const conversions = {
  '[degF]': (value: number) => ((value - 32) * 5) / 9,
  '[lb_av]': (value: number) => value * 0.45359237,
  'mmol/L': (value: number) => value * 18.0156, // glucose, 180.156 g/mol
} as const;

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

const timeNames = /^(?:date)?time(?:stamp)?$|^date$|^recorded(?:at)?$|^datetime$/;
const signNames: readonly (readonly [VitalSign, readonly RegExp[]])[] = [
  ['heart-rate', [/^heartrate(?:bpm)?$|^hr$|^pulse(?:rate)?$|^bpm$/]],
  ['oxygen-saturation', [/^s[pa]o2$|^oxygensaturation$|^o2sat(?:uration)?$/]],
  ['blood-pressure', [/^sys(?:tolic)?(?:bloodpressure|bp)?$|^sbp$/, /^dia(?:stolic)?(?:bloodpressure|bp)?$|^dbp$/]],
  ['body-temperature', [/^(?:body)?temp(?:erature)?[cf]?$/]],
  ['respiratory-rate', [/^resp(?:iratory|iration)?(?:rate)?$|^rr$|^breathingrate$/]],
  ['steps', [/^(?:total)?steps$|^stepcount$/]],
  ['glucose', [/^(?:blood)?glucose(?:value)?$|^sgv$/]],
  ['weight', [/^(?:body)?weight(?:kg)?$/]],
];

/** Units which a name mentions and which are not the sign's own. */
const foreignUnits: readonly (readonly [VitalSign, RegExp, keyof typeof conversions])[] = [
  ['body-temperature', /[([]\s*°?\s*f|fahrenheit|temp(?:erature)?[ _]?f$/i, '[degF]'],
  ['glucose', /mmol/i, 'mmol/L'],
  ['weight', /lb|pound/i, '[lb_av]'],
];

/** A mapping for a header with one time column and vital signs under usual names; undefined for any other. */
export function guessMapping(header: readonly string[]): CsvMapping | undefined {
  const names = header.map(plainName);
  const time = names.findIndex((name) => timeNames.test(name));
  const signs = signNames.flatMap(([sign, measures]): CsvSign[] => {
    const columns = measures.map((measure) => names.findIndex((name) => measure.test(name)));
    if (columns.includes(-1)) return [];
    const foreign = foreignUnits.find(([of, mention]) => of === sign && mention.test(header[columns[0]!]!));
    return [foreign ? { sign, columns, unit: foreign[2] } : { sign, columns }];
  });
  return time < 0 || signs.length === 0 ? undefined : { time: { column: time }, signs };
}
