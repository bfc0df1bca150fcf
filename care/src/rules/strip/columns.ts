/**
 * Columns: the readings of a strip that share a head, in the order of time.
 *
 * @module
 */
import type { Reading } from '../../model/reading.ts';

/** `head` is what the column is written with once for all its readings, and what columns are ordered by. */
export type Column<R extends Reading> = { readonly head: Uint8Array; readonly readings: R[] };

/** Readings by their heads; columns ordered by head as byte strings, readings by time and else as given. */
export function columnsOf<R extends Reading>(readings: readonly R[], headOf: (reading: R) => Uint8Array): Column<R>[] {
  const found = new Map<string, Column<R>>();
  for (const reading of readings) {
    const head = headOf(reading);
    const key = head.join();
    const column = found.get(key);
    if (column) column.readings.push(reading);
    else found.set(key, { head, readings: [reading] });
  }
  const columns = [...found.values()].sort(byHead);
  for (const column of columns) column.readings.sort(byTime);
  return columns;
}

export const byTime = (a: Reading, b: Reading): number => a.at - b.at;

export const timesOf = (readings: readonly Reading[]): number[] => readings.map(({ at }) => at);

/** By head as byte strings, a shorter one before a longer that it begins. */
export function byHead({ head: a }: { readonly head: Uint8Array }, { head: b }: { readonly head: Uint8Array }): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
