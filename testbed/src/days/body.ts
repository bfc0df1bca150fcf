/**
 * How a body drifts: wandering about a mean, answering to a treatment, passing through an illness.
 *
 * Numbers come out rounded by whoever writes them down, never here.
 *
 * @module
 */
import { day, type Moment } from './calendar.ts';
import type { Chance } from './chance.ts';

/**
 * What a series adds to its mean: each value remembers part of the last one (a first-order walk whose spread
 * stays `deviation`). Ask for values in order of time.
 */
export function wandering(chance: Chance, deviation: number, memory = 0.5): () => number {
  let value = chance.normal(0, deviation);
  const fresh = deviation * Math.sqrt(1 - memory * memory);
  return () => {
    value = memory * value + chance.normal(0, fresh);
    return value;
  };
}

/** How much of a treatment's effect is there: 0 before it starts, then rising to 1 with a time constant in days. */
export const answer = (at: Moment, start: Moment, days = 10): number => (at < start ? 0 : 1 - Math.exp(-(at - start) / (days * day)));

/** An illness: it begins, is worst after a day, and leaves over its days. */
export type Illness = { readonly from: Moment; readonly days: number };

/** How ill somebody is, 0 to 1. */
export function ill(at: Moment, { from, days }: Illness): number {
  const passed = (at - from) / day;
  if (passed < 0 || passed > 3 * days) return 0;
  return passed < 1 ? passed : Math.exp(-(passed - 1) / (days / 2));
}

/** `from` to `to` as `share` goes from 0 to 1. */
export const blend = (from: number, to: number, share: number): number => from + (to - from) * Math.min(1, Math.max(0, share));

/** The value at `x` on a line through points, which are in order; flat outside of them. */
export function along(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const next = points.findIndex(([at]) => at > x);
  if (next === 0) return points[0]![1];
  if (next < 0) return points.at(-1)![1];
  const [[x0, y0], [x1, y1]] = [points[next - 1]!, points[next]!];
  return blend(y0, y1, (x - x0) / (x1 - x0));
}
