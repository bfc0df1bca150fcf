/**
 * Rhythm: where the heart beats in a trace, and whether it beats evenly.
 *
 * Beats are found by two moving averages of the filtered, squared signal (Elgendi, "Fast QRS Detection with an
 * Optimized Knowledge-Based Method", PLoS ONE 2013, doi 10.1371/journal.pone.0073557; its letters below): one as wide
 * as a ventricle's spike, one as wide as a beat; where the narrow one rises above the wide one there is a beat. Instead
 * of its Butterworth filter 8 to 20 Hz we take the difference of two moving means, which every sampling rate has.
 *
 * "Regular" and "irregular" describe the distances, no more: no disease is named here. A single early beat leaves a
 * rhythm regular.
 *
 * @module
 */
import type { TraceLead } from './trace.ts';

export type Rhythm = {
  readonly kind: 'regular' | 'irregular' | 'unclear';
  /** Beats a minute over the trace; null where it is unclear. */
  readonly perMinute: number | null;
  /** Sample numbers of the beats found. */
  readonly beats: readonly number[];
};

/** Fewer beats than this tell no rhythm. */
const fewestBeats = 7;
/** A distance is uneven when it differs from the middle one by more than this share of it. */
const uneven = 0.1;
/** Uneven distances, as a share of all: up to the first regular, from the second irregular. */
const regularUpTo = 0.2;
const irregularFrom = 0.35;

/**
 * The rhythm of one lead. A trace too short, too gappy or beating as no heart does is `unclear`.
 *
 * @param lead at 100 samples a second or more
 */
export function rhythmOf(lead: TraceLead): Rhythm {
  const { samplesPerSecond: rate, millivolts } = lead;
  const gaps = millivolts.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  const unclear = (beats: readonly number[]): Rhythm => ({ kind: 'unclear', perMinute: null, beats });
  if (rate < 100 || gaps > millivolts.length / 20) return unclear([]);
  const beats = beatsIn(millivolts, rate);
  if (beats.length < fewestBeats) return unclear(beats);
  const distances = beats.slice(1).map((beat, i) => (beat - beats[i]!) / rate);
  const middle = [...distances].sort((a, b) => a - b)[distances.length >> 1]!;
  const perMinute = (60 * distances.length) / ((beats.at(-1)! - beats[0]!) / rate);
  // Beats must fill the trace: a hand on the electrode gives some and then none.
  const filled = (beats.at(-1)! - beats[0]! + 2 * middle * rate) / millivolts.length;
  if (perMinute < 25 || perMinute > 250 || filled < 0.85 || distances.some((distance) => distance > 4 * middle)) return unclear(beats);
  const share = distances.filter((distance) => Math.abs(distance - middle) > uneven * middle).length / distances.length;
  const kind = share <= regularUpTo ? 'regular' : share >= irregularFrom ? 'irregular' : 'unclear';
  return { kind, perMinute: Math.round(perMinute), beats };
}

/** Sample numbers of the beats. */
function beatsIn(millivolts: Float64Array, rate: number): readonly number[] {
  const wide = (seconds: number): number => Math.max(1, Math.round(seconds * rate));
  const filled = bridged(millivolts);
  const [smooth, slow] = [means(filled, wide(0.022)), means(filled, wide(0.06))];
  const squared = smooth.map((value, i) => (value - slow[i]!) ** 2);
  // MA_QRS and MA_beat, 97 and 611 ms; beta, the offset against noise, 8 % of the mean.
  const [spike, beat] = [means(squared, wide(0.097)), means(squared, wide(0.611))];
  const offset = 0.08 * (squared.reduce((sum, value) => sum + value, 0) / Math.max(1, squared.length));
  const beats: number[] = [];
  for (let start = 0; start < squared.length; start++) {
    if (spike[start]! <= beat[start]! + offset) continue;
    let end = start;
    let peak = start;
    while (end < squared.length && spike[end]! > beat[end]! + offset) {
      if (squared[end]! > squared[peak]!) peak = end;
      end++;
    }
    if (end - start >= wide(0.08)) keep(beats, peak, squared, wide(0.25));
    start = end;
  }
  return beats;
}

/** No heart beats twice within a quarter of a second: of two so near the larger is the beat. */
function keep(beats: number[], peak: number, squared: Float64Array, apart: number): void {
  const last = beats.at(-1);
  if (last === undefined || peak - last >= apart) beats.push(peak);
  else if (squared[peak]! > squared[last]!) beats[beats.length - 1] = peak;
}

/** Gaps filled with the value before them. */
function bridged(values: Float64Array): Float64Array {
  let last = values.find((value) => !Number.isNaN(value)) ?? 0;
  return values.map((value) => {
    if (!Number.isNaN(value)) last = value;
    return last;
  });
}

/** The mean of each value and its neighbours, `width` together. */
function means(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  const [before, after] = [width >> 1, width - (width >> 1)];
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - before), Math.min(values.length, i + after)];
    return (sums[to]! - sums[from]!) / (to - from);
  });
}
