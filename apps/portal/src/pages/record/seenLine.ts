/**
 * A line of a record's part as its reader writes such things. Nothing is added to it.
 *
 * @module
 */
import type { Format } from '../../words/format.ts';

/**
 * A day as a day, a moment as a moment, a number with its unit as people write it, anything else as it is.
 *
 * @example
 * ```ts no-run
 * seenLine('1955-03-14', format); // '14 March 1955'
 * seenLine('148/91 mm[Hg]', format); // '148/91 mmHg'
 * ```
 */
export function seenLine(line: string, format: Format): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(line)) return format.born(line);
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(line) && !Number.isNaN(Date.parse(line))) return format.moment(Date.parse(line));
  const measured = /^(-?[\d./]+) (\S+)$/.exec(line);
  // The digits stay as they were written, and so does their unit: what is shown is what was opened.
  return measured ? `${measured[1]}\u00a0${unitOf(measured[2]!)}` : line;
}

const units: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  '[degF]': '°F',
  '[lb_av]': 'lb',
  '[in_i]': 'in',
  'kg/m2': 'kg/m²',
};

const unitOf = (ucum: string): string => (Object.hasOwn(units, ucum) ? units[ucum]! : ucum);

/** The first digits of a hex number in capitals, in groups of four: `7F2C 90E1`. */
export const spaced = (hex: string, digits: number): string =>
  (
    hex
      .slice(0, digits)
      .toUpperCase()
      .match(/.{1,4}/g) ?? []
  ).join('\u00a0');

/**
 * The made-up name in a line that says nothing but whom a record is about; `null` for any other line.
 *
 * @example
 * ```ts no-run
 * madeUpName('Patient/a15570be862cd9f6534fed019a9ef7cd'); // 'A155 70BE'
 * ```
 */
export const madeUpName = (line: string): string | null => {
  const name = /^Patient\/([0-9a-f]{32})$/.exec(line)?.[1];
  return name === undefined ? null : spaced(name, 8);
};
