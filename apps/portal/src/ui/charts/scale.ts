/**
 * Axes: from values to pixels, and which values are worth a line.
 *
 * @module
 */

/** Lowest and highest value of an axis. */
export type Domain = readonly [low: number, high: number];

/** What is usual. */
export type Band = { readonly low: number; readonly high: number };

/**
 * A domain that holds all values and bands with some air, its ends on round numbers.
 *
 * @param least the smallest height worth drawing, so that a steady value does not look wild
 */
export function domainOf(values: Iterable<number>, bands: readonly (Band | null | undefined)[] = [], least = 1): Domain {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const seen = (value: number) => {
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const value of values) if (Number.isFinite(value)) seen(value);
  for (const band of bands) {
    if (!band) continue;
    seen(band.low);
    seen(band.high);
  }
  if (low > high) return [0, least];
  const middle = (low + high) / 2;
  const height = Math.max(high - low, least) * 1.16;
  const step = stepFor(height, 5);
  return [Math.floor((middle - height / 2) / step) * step, Math.ceil((middle + height / 2) / step) * step];
}

/** Round values inside a domain, about `count` of them: `ticks([58, 163], 5)` is 60, 80, … 160. */
export function ticks([low, high]: Domain, count: number): number[] {
  const step = stepFor(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const out: number[] = [];
  // Counted, because adding one to a very large number changes nothing: a strange record must not hold the page.
  for (let more = 0; more <= count + 1 && (first + more) * step <= high + step * 1e-9; more++) out.push(round((first + more) * step));
  return out;
}

/** A straight line from a domain to pixels. */
export const along =
  ([low, high]: Domain, start: number, end: number) =>
  (value: number): number =>
    high === low ? (start + end) / 2 : start + ((value - low) / (high - low)) * (end - start);

/** The next of 1, 2, 5, 10 … by which `height` has no more than `count` steps. */
function stepFor(height: number, count: number): number {
  const raw = Math.max(height, 1e-9) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const digit = raw / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

/** Without the dust of binary fractions: 0.30000000000000004 is 0.3. */
const round = (value: number): number => Number(value.toPrecision(12));
