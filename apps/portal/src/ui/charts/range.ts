/** Where a result lies against what is usual, as shares of a bar's width. */
export type RangePlace = {
  readonly value: number;
  /** The usual stretch; an open end reaches the bar's edge. */
  readonly from: number;
  readonly to: number;
  readonly standing: 'below' | 'within' | 'above';
};

/**
 * Lays a bar out: the usual stretch takes its middle, or two thirds when one end is open; a value far out stays at the edge.
 * `null` when nothing is known to be usual.
 *
 * @example
 * ```ts no-run
 * rangePlace(5.9, null, 5); // { value: 0.786…, from: 0, to: 0.666…, standing: 'above' }
 * ```
 */
export function rangePlace(value: number, low: number | null, high: number | null): RangePlace | null {
  if (low === null && high === null) return null;
  const standing = low !== null && value < low ? 'below' : high !== null && value > high ? 'above' : 'within';
  const inside = (share: number) => Math.max(0.02, Math.min(0.98, share));
  if (low !== null && high !== null) {
    const width = Math.max(high - low, Number.EPSILON) * 2;
    return { value: inside(0.25 + (value - low) / width), from: 0.25, to: 0.75, standing };
  }
  if (high !== null) {
    const unit = Math.abs(high) || 1;
    return { value: inside(2 / 3 + ((value - high) / unit) * (2 / 3)), from: 0, to: 2 / 3, standing };
  }
  const unit = Math.abs(low!) || 1;
  return { value: inside(1 / 3 + ((value - low!) / unit) * (1 / 3)), from: 1 / 3, to: 1, standing };
}
