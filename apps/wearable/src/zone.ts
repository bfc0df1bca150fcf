/**
 * Clocks on a wall: the instant at which a place's clocks showed a time.
 *
 * When clocks go forward an hour is skipped, and a time in it is no time. When they go back an hour comes twice, and
 * the first of the two is meant: a file that means the second says so with an offset.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** What a clock shows; `second` may have a fraction. */
export type Clock = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

/** Clocks of one place. */
export type Zone = {
  /** UTC milliseconds; undefined for a time that is on no clock there. */
  readonly instantOf: (clock: Clock) => number | undefined;
};

const day = 86_400_000;
/** Offsets change on whole quarters of an hour. */
const quarter = 900_000;

/**
 * @param name an IANA name (`Europe/Dublin`), `UTC`, or an offset (`+05:30`)
 * @throws {CareletError} `invalid` for a zone nobody knows
 *
 * @example
 * ```ts
 * import { zoneNamed } from '@carelet/wearable/zone';
 * const dublin = zoneNamed('Europe/Dublin');
 * const noon = { year: 2026, month: 7, day: 1, hour: 12, minute: 0, second: 0 };
 * dublin.instantOf(noon) === Date.UTC(2026, 6, 1, 11); // true
 * dublin.instantOf({ ...noon, month: 3, day: 29, hour: 1, minute: 30 }); // undefined: clocks went from 1 to 2
 * ```
 */
export function zoneNamed(name: string): Zone {
  const offsetAt = offsetsOf(name);
  return {
    instantOf(clock) {
      const local = utcOf(clock);
      if (local === undefined) return undefined;
      // Of two instants that show the same time, the first has the larger offset.
      const offsets = [offsetAt(local - day), offsetAt(local + day)].sort((a, b) => b - a);
      return offsets.map((offset) => local - offset).find((instant, i) => offsetAt(instant) === offsets[i]);
    },
  };
}

/** The clock read as UTC; undefined for a date that is not in the calendar or a time that is on no clock. */
function utcOf({ year, month, day, hour, minute, second }: Clock): number | undefined {
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCFullYear() !== year || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)) return undefined;
  return midnight.getTime() + Math.round(((hour * 60 + minute) * 60 + second) * 1000);
}

function offsetsOf(name: string): (instant: number) => number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(name) ?? [];
  if (sign !== undefined) {
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return () => offset;
  }
  if (/^(?:utc|z)$/i.test(name)) return () => 0;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
  } catch (cause) {
    throw new CareletError('invalid', 'read clock', { subject: name, because: 'nobody knows this time zone; try Europe/Dublin', cause });
  }
  // Asking Intl costs microseconds; recordings ask about the same hours again and again.
  const known = new Map<number, number>();
  return (instant) => {
    const block = Math.floor(instant / quarter);
    const kept = known.get(block);
    if (kept !== undefined) return kept;
    const parts = Object.fromEntries(format.formatToParts(block * quarter).map(({ type, value }) => [type, value]));
    const year = parts.era?.startsWith('B') ? 1 - Number(parts.year) : Number(parts.year);
    const clock = { year, month: Number(parts.month), day: Number(parts.day), hour: Number(parts.hour) };
    const offset = utcOf({ ...clock, minute: Number(parts.minute), second: Number(parts.second) })! - block * quarter;
    if (known.size > 10_000) known.clear();
    known.set(block, offset);
    return offset;
  };
}

/** `2026-11-20T09:41:00.25+01:00` as an instant; without an offset, by the clocks of the zone. Undefined if it is neither. */
export function instantOfText(text: string, zone: Zone): number | undefined {
  const [, year, month, date, hour = '0', minute = '0', second = '0', offset] = isoTime.exec(text) ?? [];
  if (year === undefined) return undefined;
  const clock = { year: +year, month: +month!, day: +date!, hour: +hour, minute: +minute, second: Number(second) };
  return (offset === undefined ? zone : zoneNamed(offset)).instantOf(clock);
}

const isoTime = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?(?: ?([Zz]|[+-]\d{2}:?\d{2}))?)?$/;
