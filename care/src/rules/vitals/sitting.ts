/**
 * Sittings: cuffs are used three times in a row, and the middle one counts.
 *
 * @module
 */
import type { Point } from './series.ts';

/** Readings of one device within ten minutes. `middle` is one of them. */
export type Sitting = { readonly middle: Point; readonly readings: readonly Point[] };

const longest = 10 * 60_000;

/**
 * Blood pressures by sitting, earliest first, all kept. The middle one is that with the middle systolic pressure;
 * of an even number the higher of the two. What is implausible belongs to no sitting.
 *
 * @param points earliest first, as `readingsOf` gives them
 * @example
 * ```ts
 * import { sittingsOf } from '@carelet/care/rules/vitals/sitting';
 * const at = (minute: number, ...values: number[]) => ({ time: minute * 60_000, values });
 * const [morning] = sittingsOf([at(0, 149, 92), at(2, 146, 90), at(4, 148, 91)]);
 * morning?.middle.values; // [148, 91]
 * ```
 */
export function sittingsOf(points: readonly Point[]): readonly Sitting[] {
  const sittings: Point[][] = [];
  const open = new Map<string | undefined, Point[]>();
  for (const point of points) {
    if (point.implausible) continue;
    const sitting = open.get(point.device);
    if (sitting && point.time - sitting[0]!.time <= longest) sitting.push(point);
    else {
      const next = [point];
      open.set(point.device, next);
      sittings.push(next);
    }
  }
  return sittings.map((readings) => ({ middle: middleOf(readings), readings }));
}

function middleOf(readings: readonly Point[]): Point {
  const measured = readings.filter(({ values }) => !Number.isNaN(values[0]));
  const ordered = (measured.length > 0 ? measured : [...readings]).sort((a, b) => a.values[0]! - b.values[0]!);
  return ordered[ordered.length >> 1]!;
}
