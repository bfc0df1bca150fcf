/**
 * A CSV file as rows under a header that fits a mapping.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Source } from '../formats/source.ts';
import { fieldsOf, type Line, linesOf } from './lines.ts';
import { type CsvColumn, type CsvMapping, guessMapping, plainName } from './mapping.ts';

/** `fields` is undefined where a quote was not closed. */
export type Row = { readonly line: number; readonly fields: readonly string[] | undefined };

export type Table = {
  readonly mapping: CsvMapping;
  /** The field of a row under a column; '' where there is none. */
  readonly field: (row: readonly string[], column: CsvColumn) => string;
  /** The rows under the header. */
  readonly rows: AsyncGenerator<Row>;
};

/** Lines in which a header is looked for. */
const preamble = 50;

export const isNumeric = (field: string): boolean => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(field);

/**
 * Finds the header, settles the mapping, and gives the rows below.
 *
 * @param given a mapping; if undefined, guessed from the first line that looks like a header
 * @throws {CareletError} `invalid` if no line among the first fifty is a header for the mapping
 */
export async function openTable(source: Source, given: CsvMapping | undefined): Promise<Table> {
  const lines = linesOf(source);
  const asked = given === undefined ? [] : columnsOf(given);
  const named = asked.filter((column) => typeof column === 'string');
  let seen = 0;
  for (let next = await lines.next(); !next.done && seen < preamble; next = await lines.next()) {
    const line = next.value;
    if (line.text.trim() === '') continue;
    seen++;
    const separator = separatorOf(line.text);
    const header = fieldsOf(line.text, separator) ?? [];
    const names = header.map(plainName);
    const mapping = given ?? guessMapping(header);
    if (mapping === undefined || !named.every((column) => names.includes(plainName(column)))) continue;
    const place = (column: CsvColumn) => (typeof column === 'number' ? column : names.indexOf(plainName(column)));
    // A mapping by places alone fits every line: the first is a header only if no column in it is a number.
    const headless = named.length === 0 && asked.some((column) => isNumeric(header[place(column)] ?? ''));
    return {
      mapping,
      field: (row, column) => row[place(column)] ?? '',
      rows: rowsOf(headless ? [line] : [], lines, separator),
    };
  }
  await lines.return(undefined);
  const wanted = given === undefined ? 'a time and values: say what its columns mean' : named.map((column) => `"${column}"`).join(', ');
  throw new CareletError('invalid', 'read CSV', {
    subject: source.name,
    because: seen === 0 ? 'it is empty' : `its first ${seen} lines have no header with ${wanted}`,
  });
}

async function* rowsOf(first: readonly Line[], rest: AsyncGenerator<Line>, separator: string): AsyncGenerator<Row> {
  for (const { line, text } of first) yield { line, fields: fieldsOf(text, separator) };
  for await (const { line, text } of rest) if (text.trim() !== '') yield { line, fields: fieldsOf(text, separator) };
}

function columnsOf(mapping: CsvMapping): CsvColumn[] {
  const columns =
    'signs' in mapping
      ? [...mapping.signs.flatMap(({ columns }) => columns), ...(mapping.others ?? []).map(({ column }) => column)]
      : mapping.leads.map(({ column }) => column);
  if (mapping.time) columns.push(mapping.time.column);
  return [...columns, ...(mapping.where ?? []).map(({ column }) => column)];
}

/** Of comma, semicolon and tab the one that the line has most of. */
function separatorOf(line: string): string {
  const count = (separator: string) => line.split(separator).length;
  return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}
