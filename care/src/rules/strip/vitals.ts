/**
 * A column of vital signs: `shape(varint) scale(varint)`, then the count, the times, how long each lasts where they
 * last, and a run of values for each measure.
 *
 * A shape is a sign in one of its units with so many measures. Its number is 64 more where readings last.
 *
 * @module
 */
import type { VitalReading } from '../../model/reading.ts';
import type { VitalSign } from '../../model/sign.ts';
import { type BitReader, type BitWriter, malformed } from './bits.ts';
import { type Column, timesOf } from './columns.ts';
import { readTimes, readValues, writeTimes, writeValues } from './series.ts';

type Shape = { readonly sign: VitalSign; readonly unit?: string; readonly measures: number };

/** The number of each shape in a strip. A number is given once and never again; all are 1 to 63. */
const shapes: readonly (readonly [number, VitalSign, measures?: number, unit?: string])[] = [
  [1, 'heart-rate'],
  [2, 'oxygen-saturation'],
  [3, 'blood-pressure', 2],
  [4, 'body-temperature'],
  [5, 'respiratory-rate'],
  [6, 'steps'],
  [7, 'glucose'],
  [8, 'weight'],
  [9, 'blood-pressure', 3],
  [10, 'blood-pressure', 2, 'kPa'],
  [11, 'blood-pressure', 3, 'kPa'],
  [12, 'body-temperature', 1, '[degF]'],
  [13, 'glucose', 1, 'mmol/L'],
  [14, 'weight', 1, '[lb_av]'],
  [15, 'weight', 1, 'g'],
  [16, 'blood-glucose'],
  [17, 'blood-glucose', 1, 'mmol/L'],
  [18, 'height'],
  [19, 'height', 1, 'm'],
  [20, 'height', 1, '[in_i]'],
  [21, 'height', 1, '[ft_i]'],
  [22, 'body-mass-index'],
  [23, 'heart-rate-variability'],
  [24, 'sleep'],
  [25, 'sleep', 1, 'h'],
];
/** Added to a shape's number where its readings last. */
export const lasting = 64;

const nameOf = ({ sign, unit, measures }: Shape): string => `${sign} ${measures} ${unit ?? ''}`;
const byNumber = new Map(
  shapes.map(([number, sign, measures = 1, unit]): [number, Shape] => [number, { sign, measures, ...(unit !== undefined && { unit }) }]),
);
const numbers = new Map([...byNumber].map(([number, shape]) => [nameOf(shape), number]));

export function vitalHead({ sign, unit, values, scale, lasts }: VitalReading): Uint8Array {
  const number = numbers.get(nameOf({ sign, measures: values.length, ...(unit !== undefined && { unit }) }))!;
  return Uint8Array.of(lasts === undefined ? number : number + lasting, scale);
}

export function writeVitals(to: BitWriter, { head, readings }: Column<VitalReading>, base: number): void {
  to.bytes(head);
  to.varint(readings.length);
  writeTimes(to, timesOf(readings), base);
  if (readings[0]!.lasts !== undefined) writeLasts(to, readings);
  for (const i of readings[0]!.values.keys()) {
    const run = readings.map(({ values }) => values[i]!);
    writeValues(to, run);
  }
}

/** Reads one column of at most `room` readings, its number already read. */
export function readVitals(from: BitReader, number: number, device: string, base: number, room: number): VitalReading[] {
  const shape = byNumber.get(number % lasting);
  if (shape === undefined || number >= 2 * lasting) throw malformed('it has a sign that nobody knows');
  const { sign, unit, measures } = shape;
  const scale = from.varint();
  const count = from.varint();
  if (count < 1 || count > room) throw malformed('it has too many readings, or an empty column');
  const times = readTimes(from, count, base);
  const lasts = number >= lasting ? readValues(from, count) : undefined;
  const runs = Array.from({ length: measures }, () => readValues(from, count));
  return times.map((at, n) => ({
    kind: 'vital',
    sign,
    at,
    device,
    scale,
    values: runs.map((run) => run[n]!),
    ...(unit !== undefined && { unit }),
    ...(lasts && { lasts: lasts[n]! }),
  }));
}

/** How long each reading of a column lasts. */
export function writeLasts(to: BitWriter, readings: readonly { readonly lasts?: number }[]): void {
  writeValues(
    to,
    readings.map(({ lasts }) => lasts!),
  );
}
