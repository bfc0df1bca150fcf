/**
 * CSV: what phones, glucose meters and laboratories export.
 *
 * Bad lines are reported with their number and left out; the good ones are read. A file of vital signs gives a
 * reading for every field that holds one; a file of evenly sampled leads gives waveforms, in which a bad line is a
 * sample that is absent, so that all others keep their time. Blank lines are no lines. One block is kept in memory.
 * Numbers keep the digits and the unit they are printed with.
 *
 * @module
 */
import { asCareletError, CareletError, checkReading, printedVital, type Reading, vital, type WaveformReading } from '@carelet/care/model';
import type { CsvLead, CsvMapping, CsvSign } from './csv/mapping.ts';
import { isNumeric, openTable, type Table } from './csv/table.ts';
import { timeOf } from './csv/time.ts';
import { Gathering } from './formats/gathering.ts';
import { openSource, type Source } from './formats/source.ts';
import { zoneNamed } from './zone.ts';

export {
  type CsvColumn,
  type CsvLead,
  type CsvMapping,
  type CsvOther,
  type CsvSign,
  type CsvTime,
  dexcomClarity,
  guessMapping,
} from './csv/mapping.ts';

/** A line, or a field of it, that was left out. */
export type BadLine = { readonly line: number; readonly because: string };

export type CsvOptions = {
  readonly device: string;
  /** What columns mean; guessed from the header where it is not said. */
  readonly mapping?: CsvMapping | undefined;
  /** When it began (UTC milliseconds), for elapsed times and for leads without a time. */
  readonly start?: number | undefined;
  /** Whose clocks a time without an offset is read by: an IANA name or an offset; UTC if it is not said. */
  readonly zone?: string | undefined;
  /** Seconds of a waveform in one reading. */
  readonly seconds?: number | undefined;
  readonly onBadLine?: ((bad: BadLine) => void) | undefined;
};

type Report = (line: number, because: string) => void;
type Signs = Extract<CsvMapping, { signs: unknown }>;
type Leads = Extract<CsvMapping, { leads: unknown }>;

/** Vital signs given at once. */
const batch = 500;
/** The integer that says "nothing was measured" in a lead. */
const absent = -(2 ** 31);

/**
 * Reads a CSV file (separated by comma, semicolon or tab) into readings, in the order of its lines.
 *
 * @throws {CareletError} `missing` without the file; `invalid` if no header fits the mapping, a start is needed and
 * not given, or no line could be read
 *
 * @example
 * ```ts no-run
 * import { csvReadings, dexcomClarity } from '@carelet/wearable/csv';
 * const onBadLine = ({ line, because }: { line: number; because: string }) => console.warn(`line ${line}: ${because}`);
 * for await (const readings of csvReadings('clarity.csv', { device: 'g6', mapping: dexcomClarity, onBadLine })) console.log(readings.length);
 * ```
 */
export async function* csvReadings(path: string, options: CsvOptions): AsyncGenerator<Reading[]> {
  yield* tableReadings(await openSource(path), options);
}

/** As `csvReadings`, of a file that is open. */
export async function* tableReadings(source: Source, options: CsvOptions): AsyncGenerator<Reading[]> {
  let first: BadLine | undefined;
  const report: Report = (line, because) => {
    first ??= { line, because };
    options.onBadLine?.({ line, because });
  };
  const table = await openTable(source, options.mapping);
  const { mapping } = table;
  try {
    const readings =
      'signs' in mapping ? readSigns(table, mapping, options, report) : readLeads(table, mapping, options, report, source.name);
    let some = false;
    for await (const block of readings) {
      some = true;
      yield block;
    }
    if (!some)
      throw refusal(source.name, first ? `no line could be read; line ${first.line}: ${first.because}` : 'it has no line of readings');
  } finally {
    await table.rows.return(undefined);
  }
}

async function* readSigns(
  table: Table,
  { time, signs, others = [], where = [] }: Signs,
  options: CsvOptions,
  report: Report,
): AsyncGenerator<Reading[]> {
  let readings: Reading[] = [];
  const zone = zoneNamed(options.zone ?? 'UTC');
  for await (const { line, fields } of table.rows) {
    if (fields === undefined) {
      report(line, 'a quote is not closed');
      continue;
    }
    if (where.some(({ column, equals }) => table.field(fields, column) !== equals)) continue;
    const values = signs.map(({ columns }) => columns.map((column) => table.field(fields, column)));
    const more = others.filter(({ column }) => isNumeric(table.field(fields, column)));
    if (more.length === 0 && values.flat().every((field) => field === '')) continue;
    const at = timeOf(table.field(fields, time.column), time, options.start, zone);
    if (at === undefined) {
      report(
        line,
        time.as?.startsWith('elapsed') && options.start === undefined
          ? 'its time is elapsed, and no start is given'
          : 'it has no time that can be read',
      );
      continue;
    }
    for (const [i, sign] of signs.entries()) {
      if (values[i]!.every((field) => field === '')) continue;
      if (!values[i]!.every(isNumeric)) report(line, `${sign.sign} is not a number`);
      else {
        try {
          readings.push(vitalOf(sign, values[i]!, at, options.device));
        } catch (error) {
          report(line, asCareletError(error, 'read CSV').because);
        }
      }
    }
    const kept = new Gathering({ device: options.device, onLeftOut: ({ because }) => report(line, because) });
    for (const { column, name, unit } of more) kept.other({ where: '', at }, { name, value: table.field(fields, column), unit });
    readings.push(...kept.taken());
    if (readings.length >= batch) {
      yield readings;
      readings = [];
    }
  }
  if (readings.length > 0) yield readings;
}

function vitalOf({ sign, scale, unit }: CsvSign, fields: readonly string[], at: number, device: string): Reading {
  if (scale !== undefined && unit === undefined) return vital(sign, at, device, fields.map(Number), scale);
  return printedVital(sign, at, device, fields, { unit });
}

async function* readLeads(table: Table, mapping: Leads, options: CsvOptions, report: Report, name: string): AsyncGenerator<Reading[]> {
  const { leads, frequency, time, where = [] } = mapping;
  const size = Math.max(1, Math.round((options.seconds ?? 10) * frequency));
  let start: number | undefined;
  let done = 0;
  let runs: number[][] = leads.map(() => []);
  const block = (): WaveformReading =>
    checkReading({
      kind: 'waveform',
      at: start! + Math.round((done * 1000) / frequency),
      device: options.device,
      frequency,
      leads: leads.map(({ name, unit, decimals }, i) => ({
        name,
        unit,
        gain: 10 ** decimals,
        baseline: 0,
        absent,
        samples: Int32Array.from(runs[i]!),
      })),
    });

  for await (const { line, fields } of table.rows) {
    if (fields !== undefined && where.some(({ column, equals }) => table.field(fields, column) !== equals)) continue;
    if (start === undefined) {
      start =
        time === undefined
          ? options.start
          : timeOf(fields === undefined ? '' : table.field(fields, time.column), time, options.start, zoneNamed(options.zone ?? 'UTC'));
      if (start === undefined) throw refusal(name, `line ${line} does not say when it was taken: say when the first sample was`);
    }
    if (fields === undefined) report(line, 'a quote is not closed');
    for (const [i, lead] of leads.entries()) {
      const sample = fields === undefined ? absent : countOf(table.field(fields, lead.column), lead);
      if (typeof sample === 'string') report(line, `${lead.name} ${sample}`);
      runs[i]!.push(typeof sample === 'string' ? absent : sample);
    }
    if (runs[0]!.length === size) {
      yield [block()];
      done += size;
      runs = leads.map(() => []);
    }
  }
  if (runs[0]!.length > 0) yield [block()];
}

/** The integer of a field, every decimal kept; or why there is none. */
function countOf(field: string, { decimals }: CsvLead): number | string {
  if (!isNumeric(field)) return field === '' ? 'is missing' : 'is not a number';
  const value = Number(field);
  const count = Math.round(value * 10 ** decimals) || 0;
  if (count / 10 ** decimals !== value) return `has more than ${decimals} decimals`;
  return (count | 0) === count && count !== absent ? count : 'has too many digits';
}

const refusal = (subject: string, because: string): CareletError => new CareletError('invalid', 'read CSV', { subject, because });
