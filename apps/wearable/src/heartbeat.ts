/**
 * An electrocardiogram that beats as fast as the body says.
 *
 * The five waves of a beat are Gaussians around fixed places, as in McSharry, Clifford, Tarassenko and Smith,
 * *A dynamical model for generating synthetic electrocardiogram signals*, IEEE Trans. Biomed. Eng. 50 (2003).
 * They integrate an equation; here the waves are summed directly over the phase of the beat, so that any moment
 * can be computed alone. P and T move with the square root of the interval (Bazett), QRS stays. The phase is
 * made to gain a whole number of beats each minute of the clock; within it, it follows the pulse.
 *
 * @module
 */
import { noise } from './noise.ts';

/** One wave of lead I: seconds from R at 60 a minute, deviation in seconds, millivolts, whether it moves with the rate. */
const waves = [
  { name: 'P', at: -0.18, width: 0.025, height: 0.11, moves: true },
  { name: 'Q', at: -0.032, width: 0.009, height: -0.09, moves: false },
  { name: 'R', at: 0, width: 0.0105, height: 1.05, moves: false },
  { name: 'S', at: 0.034, width: 0.011, height: -0.19, moves: false },
  { name: 'T', at: 0.27, width: 0.055, height: 0.26, moves: true },
] as const;

/**
 * Millivolts of lead I at evenly spaced times.
 *
 * @param pulse beats a minute at a time in UTC milliseconds
 * @returns a function of the first time, the samples a second and how many
 */
export function heartbeat(seed: string, pulse: (at: number) => number): (from: number, frequency: number, count: number) => Float64Array {
  const hiss = noise(seed, 'hiss');
  const wander = noise(seed, 'wander');
  const phaseOf = phases(pulse);
  return (from, frequency, count) => {
    const trace = new Float64Array(count);
    for (let n = 0; n < count; n++) {
      const at = from + (n * 1000) / frequency;
      const { phase, interval } = phaseOf(at);
      const x = phase - Math.floor(phase);
      const breath = wander.smooth(at, 2100);
      trace[n] =
        (beat(x * interval, interval) + beat((x - 1) * interval, interval)) * (1 + 0.03 * breath) +
        0.05 * breath +
        0.006 * hiss.normal(Math.round(at * 1000));
    }
    return trace;
  };
}

/** Millivolts `t` seconds after an R, when R follows R after `interval` seconds. */
function beat(t: number, interval: number): number {
  const stretch = Math.sqrt(interval);
  let sum = 0;
  for (const { at, width, height, moves } of waves) {
    const scale = moves ? stretch : 1;
    const x = (t - at * scale) / (width * scale);
    if (x > -6 && x < 6) sum += height * Math.exp((-x * x) / 2);
  }
  return sum;
}

/** Beats since an arbitrary moment, and seconds a beat; whole at each full minute of the clock. */
function phases(pulse: (at: number) => number): (at: number) => { phase: number; interval: number } {
  let minute = Number.NaN;
  let beats = 0;
  const gained = new Float64Array(61);
  return (at) => {
    const here = Math.floor(at / 60_000);
    if (here !== minute) {
      minute = here;
      for (let s = 0; s < 60; s++) gained[s + 1] = gained[s]! + pulse(here * 60_000 + s * 1000) / 60;
      beats = Math.round(gained[60]!);
    }
    const seconds = (at - here * 60_000) / 1000;
    const s = Math.floor(seconds);
    const rate = gained[s + 1]! - gained[s]!;
    return { phase: ((gained[s]! + (seconds - s) * rate) * beats) / gained[60]!, interval: 1 / rate };
  };
}
