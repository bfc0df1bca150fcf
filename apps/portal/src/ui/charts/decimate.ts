/**
 * Fewer points that draw the same picture: of every pixel column the first, lowest, highest and last.
 *
 * @module
 */

/** Points for a line; a `null` value is a gap. */
export type Points = { readonly times: number[]; readonly values: (number | null)[] };

/**
 * At most four points and one gap a column, in order of time. Values that are not numbers are gaps, and so is a pause longer
 * than `gap`.
 *
 * @param times ms, rising; those outside `from` … `to` are left out
 * @param columns how many pixels wide the picture is
 */
export function decimate(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  { from, to, columns, gap = Number.POSITIVE_INFINITY }: { from: number; to: number; columns: number; gap?: number },
): Points {
  const out: Points = { times: [], values: [] };
  const perColumn = Math.max(1, (to - from) / Math.max(1, columns));
  const gapAt = (time: number) => {
    if (out.values.length === 0 || out.values.at(-1) === null) return;
    out.times.push(time);
    out.values.push(null);
  };
  let column = -1;
  let held: Column | null = null;
  let before = Number.NaN;
  for (let at = 0; at < times.length; at++) {
    const time = times[at]!;
    if (time < from) continue;
    if (time > to) break;
    const value = values[at]!;
    const measured = Number.isFinite(value);
    const pause = measured && time - before > gap;
    const here = Math.floor((time - from) / perColumn);
    if (held && (here !== column || !measured || pause)) {
      tell(held, times, values, out);
      held = null;
    }
    column = here;
    if (!measured) {
      gapAt(time);
      continue;
    }
    if (pause) gapAt((before + time) / 2);
    before = time;
    if (!held) held = { first: at, lowest: at, highest: at, last: at };
    else {
      if (value < values[held.lowest]!) held.lowest = at;
      if (value > values[held.highest]!) held.highest = at;
      held.last = at;
    }
  }
  if (held) tell(held, times, values, out);
  return out;
}

type Column = { first: number; lowest: number; highest: number; last: number };

/** The points of a column in their order; one that stands for several is told once. */
function tell({ first, lowest, highest, last }: Column, times: ArrayLike<number>, values: ArrayLike<number>, out: Points): void {
  let before = -1;
  for (const at of [first, Math.min(lowest, highest), Math.max(lowest, highest), last]) {
    if (at === before) continue;
    before = at;
    out.times.push(times[at]!);
    out.values.push(values[at]!);
  }
}

/** Lowest and highest sample of each column; `NaN` where nothing was measured. */
export function extremes(
  samples: ArrayLike<number>,
  columns: number,
  from = 0,
  to = samples.length,
): { readonly low: Float64Array; readonly high: Float64Array } {
  const low = new Float64Array(columns).fill(Number.NaN);
  const high = new Float64Array(columns).fill(Number.NaN);
  const perColumn = (to - from) / columns;
  for (let column = 0; column < columns; column++) {
    const end = Math.min(to, Math.max(from + Math.floor((column + 1) * perColumn), from + Math.floor(column * perColumn) + 1));
    for (let at = from + Math.floor(column * perColumn); at < end; at++) {
      const value = samples[at]!;
      if (Number.isNaN(value)) continue;
      // A comparison with NaN is false: the first sample is taken by its negation.
      if (!(value >= low[column]!)) low[column] = value;
      if (!(value <= high[column]!)) high[column] = value;
    }
  }
  return { low, high };
}
