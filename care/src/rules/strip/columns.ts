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
  const byHead = new Map<string, Column<R>>();
  for (const reading of readings) {
    const head = headOf(reading);
    const key = head.join();
    const column = byHead.get(key);
    if (column) column.readings.push(reading);
    else byHead.set(key, { head, readings: [reading] });
  }
  const columns = [...byHead.values()].sort((a, b) => order(a.head, b.head));
  for (const column of columns) column.readings.sort(byTime);
  return columns;
}

export const byTime = (a: Reading, b: Reading): number => a.at - b.at;

export const timesOf = (readings: readonly Reading[]): number[] => readings.map(({ at }) => at);

/** A shorter head before a longer one it begins. */
function order(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
