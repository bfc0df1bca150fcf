/**
 * Sizes of a heart trace on millimetre paper: 25 mm a second and 10 mm a millivolt at any zoom.
 * Zooming changes how many pixels a millimetre has, never how many millimetres a second has.
 *
 * @module
 */

/** One lead, as it was measured. */
export type Lead = {
  /** As the record names it: `I`, `V2`. */
  readonly name: string;
  readonly perSecond: number;
  /** `NaN` where nothing was measured. */
  readonly millivolts: Float64Array;
};

export const mmPerSecond = 25;
export const mmPerMillivolt = 10;

/** Paper before second zero, kept for the 1 mV step that proves the scale. */
export const leadInMm = 10;

/** Pixels a millimetre may have. */
export const zooms = [2, 3, 4, 5, 6, 8, 10, 13] as const;
export const leastZoom = zooms[0];
export const mostZoom = zooms[zooms.length - 1]!;

/** The next zoom up or down from any. */
export function zoomStep(px: number, by: 1 | -1): number {
  return by > 0 ? (zooms.find((zoom) => zoom > px + 0.01) ?? mostZoom) : (zooms.findLast((zoom) => zoom < px - 0.01) ?? leastZoom);
}

/** How long the longest lead is, in seconds. */
export const secondsOf = (leads: readonly Lead[]): number =>
  leads.reduce((longest, { millivolts, perSecond }) => Math.max(longest, millivolts.length / perSecond), 0);

/** How high a lead's strip of paper is, and where its zero line runs, in millimetres of whole 5 mm squares. */
export type Row = { readonly heightMm: number; readonly baselineMm: number };

/**
 * Room for a lead's highest and lowest millivolts, at least for the 1 mV step; never more than five millivolts either way.
 *
 * @param headMm kept free above it for its name
 */
export function rowOf(millivolts: ArrayLike<number>, headMm: 0 | 5 = 0): Row {
  let low = 0;
  let high = 1;
  for (let at = 0; at < millivolts.length; at++) {
    const value = millivolts[at]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const squares = (mv: number) => Math.ceil((Math.min(5, mv) * mmPerMillivolt + 4) / 5) * 5;
  const baselineMm = squares(high) + headMm;
  return { baselineMm, heightMm: baselineMm + Math.max(10, squares(-low)) };
}

/** What a window of this many pixels shows: a stretch of the trace. */
export type View = {
  /** The second at the left edge; below zero where the 1 mV step stands. */
  readonly from: number;
  /** Pixels a millimetre has. */
  readonly px: number;
};

/** How many seconds fit into `width` pixels. */
export const secondsAcross = (width: number, px: number): number => width / px / mmPerSecond;

/** The leftmost second there is. */
export const earliest = -leadInMm / mmPerSecond;

/** The view within the trace: it stops where the paper ends. */
export function kept({ from, px }: View, width: number, seconds: number): View {
  const zoom = Math.max(leastZoom, Math.min(mostZoom, px));
  const latest = Math.max(earliest, seconds - secondsAcross(width, zoom));
  return { px: zoom, from: Math.max(earliest, Math.min(latest, from)) };
}

/** The view with another zoom, where the second at `x` pixels stays in its place. */
export function zoomedAt({ from, px }: View, to: number, x: number): View {
  const zoom = Math.max(leastZoom, Math.min(mostZoom, to));
  return { px: zoom, from: from + secondsAcross(x, px) - secondsAcross(x, zoom) };
}
