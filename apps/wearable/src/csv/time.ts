/**
 * Times as CSV files write them.
 *
 * @module
 */
import type { CsvTime } from './mapping.ts';

const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*([AP]M)?)?$/i;

/** UTC milliseconds of a field; undefined if it is no time. `start` is what elapsed times count from. */
export function timeOf(field: string, { as = 'date', utcOffset = 0 }: CsvTime, start: number | undefined): number | undefined {
  if (as !== 'date') {
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(field)) return undefined;
    const milliseconds = Math.round(Number(field) * (as.endsWith('-s') ? 1000 : 1));
    return as.startsWith('epoch') ? milliseconds : start === undefined ? undefined : start + milliseconds;
  }
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', zone] = iso.exec(field) ?? [];
  if (year !== undefined)
    return instant([+year, +month!, +day!], [+hours, +minutes, Number(seconds.replace(',', '.'))], offsetOf(zone, utcOffset));
  const us = american.exec(field);
  if (us === null) return undefined;
  const [, usMonth, usDay, usYear, usHours = '0', usMinutes = '0', usSeconds = '0', half] = us;
  if (half !== undefined && (+usHours < 1 || +usHours > 12)) return undefined;
  const clock = half === undefined ? +usHours : (+usHours % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  return instant([usYear!.length === 2 ? 2000 + +usYear! : +usYear!, +usMonth!, +usDay!], [clock, +usMinutes, +usSeconds], utcOffset * 60);
}

/** Minutes ahead of UTC. */
function offsetOf(zone: string | undefined, utcOffset: number): number {
  if (zone === undefined) return utcOffset * 60;
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

function instant(date: readonly [number, number, number], clock: readonly [number, number, number], offset: number): number | undefined {
  const [year, month, day] = date;
  const [hours, minutes, seconds] = clock;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  return midnight.getTime() + Math.round(((hours * 60 + minutes - offset) * 60 + seconds) * 1000);
}
