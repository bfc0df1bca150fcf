/**
 * Times as CSV files write them.
 *
 * @module
 */
import { type Zone, zoneNamed } from '../zone.ts';
import type { CsvTime } from './mapping.ts';

const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*([AP]M)?)?$/i;

/** As Unix prints a date: `Sun Jun 11 07:32:51 PDT 2017`. */
const unix = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([A-Z]{3,4}) (\d{4})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Hours behind UTC of the abbreviations that mean one thing (RFC 5322 §4.3). */
const abbreviations: Readonly<Record<string, string>> = {
  UTC: '+00:00',
  GMT: '+00:00',
  EDT: '-04:00',
  EST: '-05:00',
  CDT: '-05:00',
  CST: '-06:00',
  MDT: '-06:00',
  MST: '-07:00',
  PDT: '-07:00',
  PST: '-08:00',
};
const utc = zoneNamed('UTC');

/**
 * UTC milliseconds of a field; undefined if it is no time.
 *
 * @param start what elapsed times count from
 * @param zone whose clocks a time without an offset is read by, where the mapping does not say
 */
export function timeOf(
  field: string,
  { as = 'date', utcOffset }: CsvTime,
  start: number | undefined,
  zone: Zone = utc,
): number | undefined {
  if (as !== 'date') {
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(field)) return undefined;
    const milliseconds = Math.round(Number(field) * (as.endsWith('-s') ? 1000 : 1));
    return as.startsWith('epoch') ? milliseconds : start === undefined ? undefined : start + milliseconds;
  }
  const clocks = utcOffset === undefined ? zone : shifted(utcOffset);
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', offset] = iso.exec(field) ?? [];
  if (year !== undefined) {
    const clock = { year: +year, month: +month!, day: +day!, hour: +hours, minute: +minutes, second: Number(seconds.replace(',', '.')) };
    return (offset === undefined ? clocks : zoneNamed(offset)).instantOf(clock);
  }
  const [, name, date, hour, minute, second, abbreviation, fullYear] = unix.exec(field) ?? [];
  if (name !== undefined) {
    if (!Object.hasOwn(abbreviations, abbreviation!)) return undefined;
    const clock = { year: +fullYear!, month: months.indexOf(name) + 1, day: +date!, hour: +hour!, minute: +minute!, second: +second! };
    return zoneNamed(abbreviations[abbreviation!]!).instantOf(clock);
  }
  const us = american.exec(field);
  if (us === null) return undefined;
  const [, usMonth, usDay, usYear, usHours = '0', usMinutes = '0', usSeconds = '0', half] = us;
  if (half !== undefined && (+usHours < 1 || +usHours > 12)) return undefined;
  return clocks.instantOf({
    year: usYear!.length === 2 ? 2000 + +usYear! : +usYear!,
    month: +usMonth!,
    day: +usDay!,
    hour: half === undefined ? +usHours : (+usHours % 12) + (half.toUpperCase() === 'PM' ? 12 : 0),
    minute: +usMinutes,
    second: +usSeconds,
  });
}

/** Clocks so many hours ahead of UTC. */
function shifted(hours: number): Zone {
  return {
    instantOf: (clock) => {
      const instant = utc.instantOf(clock);
      return instant === undefined ? undefined : instant - Math.round(hours * 3_600_000);
    },
  };
}
