/**
 * FHIR's dates as moments, with how exactly they were written.
 *
 * @module
 */
import type { Json } from '../../model/json.ts';
import { spanOf } from '../records/calendar.ts';

/**
 * `start` in UTC milliseconds. Of a mere day, month or year it is its beginning in UTC: show those in UTC, for
 * they belong to no time zone.
 */
export type When = { readonly start: number; readonly precision: 'instant' | 'day' | 'month' | 'year' };

const instant = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const zoneless = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(?::([0-5]\d|60)(?:\.\d{1,9})?)?$/;

/**
 * A FHIR date, dateTime or instant; null for anything else, and for a day that never was. A time without a zone
 * could be anywhere, so only its day counts.
 *
 * @example
 * ```ts
 * import { whenIn } from '@carelet/care/rules/chart/when';
 * whenIn('2026-11-20T07:52:00+01:00'); // { start: 1795157520000, precision: 'instant' }
 * whenIn('2011')?.precision; // 'year'
 * whenIn('2026-02-30'); // null
 * ```
 */
export function whenIn(value: Json | undefined): When | null {
  if (typeof value !== 'string') return null;
  const match = instant.exec(value);
  if (match) {
    // A leap second is in the minute it ends.
    const start = spanOf(match[1]!) === 'day' ? Date.parse(match[4] === '60' ? value.replace(':60', ':59') : value) : Number.NaN;
    return Number.isNaN(start) ? null : { start, precision: 'instant' };
  }
  const date = zoneless.test(value) ? value.slice(0, 10) : value;
  const span = spanOf(date);
  return span === 'day' || span === 'month' || span === 'year' ? { start: Date.parse(date), precision: span } : null;
}
