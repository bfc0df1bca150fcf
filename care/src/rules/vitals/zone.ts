/**
 * Days as people live them: in their own time zone, 23 to 25 hours long.
 *
 * @module
 */
import { CareletError } from '../../model/error.ts';

/** A local day: `2026-11-20`. */
export type Day = string;

/** The days of one time zone. They are counted from 1970-01-01, so that neighbours differ by one. */
export type LocalDays = {
  /** The number of the local day an instant lies in. */
  readonly numberOf: (time: number) => number;
  /** Its first instant, in UTC milliseconds. */
  readonly startOf: (number: number) => number;
};

const dayLength = 86_400_000;
const known = new Map<string, LocalDays>();

/** A day's number as it is written. */
export const dayOfNumber = (number: number): Day => new Date(number * dayLength).toISOString().slice(0, 10);

/** The number of a written day. */
export const numberOfDay = (day: Day): number => Date.parse(day) / dayLength;

/** The Monday of the week a day lies in (ISO 8601 begins weeks on Mondays; 1970-01-01 was a Thursday). */
export const mondayOf = (number: number): number => number - ((((number + 3) % 7) + 7) % 7);

/**
 * The days of a zone.
 *
 * @param zone an IANA name: `Europe/Dublin`
 * @throws CareletError `invalid` for a zone nobody knows
 * @example
 * ```ts
 * import { dayOfNumber, daysIn } from '@carelet/care/rules/vitals/zone';
 * dayOfNumber(daysIn('Asia/Kolkata').numberOf(Date.UTC(2026, 10, 20, 20))); // '2026-11-21'
 * ```
 */
export function daysIn(zone: string): LocalDays {
  const days = known.get(zone) ?? localDays(zone);
  known.set(zone, days);
  return days;
}

function localDays(zone: string): LocalDays {
  const format = formatIn(zone);
  // Asking Intl costs microseconds, and a chart asks fifty thousand times. Nearly every UTC day begins and ends
  // with the same offset; only on the others is each instant asked for.
  const offsets = new Map<number, number>();
  const offsetOf = (time: number): number => {
    const day = Math.floor(time / dayLength);
    let offset = offsets.get(day);
    if (offset === undefined) {
      const first = offsetAt(format, day * dayLength);
      offset = offsetAt(format, (day + 1) * dayLength) === first ? first : Number.NaN;
      offsets.set(day, offset);
    }
    return Number.isNaN(offset) ? offsetAt(format, time) : offset;
  };
  const numberOf = (time: number): number => Math.floor((time + offsetOf(time)) / dayLength);
  return {
    numberOf,
    startOf: (number) => {
      const midnight = number * dayLength;
      // Where clocks are changed at midnight one of the two offsets leads into the day before.
      const [before, after] = [offsetOf(midnight - dayLength), offsetOf(midnight + dayLength)];
      const early = midnight - Math.max(before, after);
      return numberOf(early) === number ? early : midnight - Math.min(before, after);
    },
  };
}

function formatIn(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new CareletError('invalid', 'read time zone', { because: 'it is not the name of a time zone', cause });
  }
}

/** What the clocks of the zone show, less UTC, in milliseconds. */
function offsetAt(format: Intl.DateTimeFormat, time: number): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(time)) part[type] = Number(value);
  const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
  return shown - Math.floor(time / 1000) * 1000;
}
