/**
 * A column of vital signs: `sign(varint) scale(varint)`, then the count, the times, and a run of values for
 * each measure of the sign.
 *
 * @module
 */
import { type VitalReading, type VitalSign, vitalSigns } from '../../model/reading.ts';
import { type BitReader, type BitWriter, malformed } from './bits.ts';
import { type Column, timesOf } from './columns.ts';
import { readTimes, readValues, writeTimes, writeValues } from './series.ts';

/** The number of each sign in a strip. A number is given once and never again; all are below 128. */
const numbers: Readonly<Record<VitalSign, number>> = {
  'heart-rate': 1,
  'oxygen-saturation': 2,
  'blood-pressure': 3,
  'body-temperature': 4,
  'respiratory-rate': 5,
  steps: 6,
  glucose: 7,
  weight: 8,
};
const signs = new Map(Object.entries(numbers).map(([sign, number]) => [number, sign as VitalSign]));

export const vitalHead = ({ sign, scale }: VitalReading): Uint8Array => Uint8Array.of(numbers[sign], scale);

export function writeVitals(to: BitWriter, { head, readings }: Column<VitalReading>, base: number): void {
  to.bytes(head);
  to.varint(readings.length);
  writeTimes(to, timesOf(readings), base);
  for (const i of readings[0]!.values.keys()) {
    const run = readings.map(({ values }) => values[i]!);
    writeValues(to, run);
  }
}

/** Reads one column of at most `room` readings. */
export function readVitals(from: BitReader, device: string, base: number, room: number): VitalReading[] {
  const sign = signs.get(from.varint());
  if (sign === undefined) throw malformed('it has a sign that nobody knows');
  const scale = from.varint();
  const count = from.varint();
  if (count < 1 || count > room) throw malformed('it has too many readings, or an empty column');
  const times = readTimes(from, count, base);
  const runs = vitalSigns[sign].measures.map(() => readValues(from, count));
  return times.map((at, n) => ({ kind: 'vital', sign, at, device, scale, values: runs.map((run) => run[n]!) }));
}
