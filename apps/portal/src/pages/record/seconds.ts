/** Lowest and highest of one second of a trace, in millivolts. */
export type SecondExtremes = { readonly second: number; readonly low: number; readonly high: number };

/** Each second of a lead that was measured; one in which nothing was is left out. */
export function extremesBySecond({
  perSecond,
  millivolts,
}: {
  readonly perSecond: number;
  readonly millivolts: Float64Array;
}): SecondExtremes[] {
  const seconds: SecondExtremes[] = [];
  for (let second = 0; second * perSecond < millivolts.length; second++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of millivolts.subarray(Math.round(second * perSecond), Math.round((second + 1) * perSecond))) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low <= high) seconds.push({ second, low, high });
  }
  return seconds;
}
