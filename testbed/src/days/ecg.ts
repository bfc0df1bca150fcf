/**
 * Heart traces: one lead of an invented heart, as an Observation with SampledData.
 *
 * A beat is a sum of bumps (P, Q, R, S, T). Atrial fibrillation has no P, small fast waves instead, and no two
 * distances between beats alike.
 *
 * @module
 */

import { dateTime } from './calendar.ts';
import type { Chance } from './chance.ts';
import type { Chart } from './chart.ts';
import { concept, type Reference, systems } from './fhir.ts';
import { observe, type Taken } from './readings.ts';

export type Rhythm = 'sinus' | 'fibrillation';

/** Samples a second, and millivolts a step. */
export const sampleRate = 250;
export const millivoltsPerStep = 0.005;

type Bump = readonly [offset: number, height: number, width: number];

const p: Bump = [-0.17, 0.13, 0.022];
const beat: readonly Bump[] = [
  [-0.034, -0.1, 0.008],
  [0, 1.05, 0.0105],
  [0.032, -0.22, 0.0095],
  [0.26, 0.27, 0.045],
  [0.3, 0.06, 0.03],
];

export type HeartTrace = { readonly seconds: number; readonly perMinute: number; readonly rhythm: Rhythm };

/**
 * A trace as whole steps of 0.005 mV at 250 samples a second.
 *
 * @example
 * ```ts
 * import { chanceOf } from '@carelet/testbed/days/chance';
 * import { trace } from '@carelet/testbed/days/ecg';
 * trace(chanceOf('ada'), { seconds: 12, perMinute: 68, rhythm: 'sinus' }).length; // 3000
 * ```
 */
export function trace(chance: Chance, { seconds, perMinute, rhythm }: HeartTrace): Int16Array {
  const millivolts = new Float64Array(Math.round(seconds * sampleRate));
  const irregular = rhythm === 'fibrillation';
  const distance = 60 / perMinute;
  for (let at = chance.between(0.15, 0.45); at < seconds + 0.5; ) {
    const tall = chance.normal(1, 0.025);
    for (const [offset, height, width] of irregular ? beat : [p, ...beat]) add(millivolts, at + offset, height * tall, width);
    at += irregular
      ? distance * Math.min(1.6, Math.max(0.6, chance.normal(1, 0.2)))
      : distance + 0.02 * Math.sin(at * 1.6) + chance.normal(0, 0.008);
  }
  const phase = chance.between(0, 6);
  return Int16Array.from(millivolts, (value, sample) => {
    const time = sample / sampleRate;
    const flutter = irregular ? 0.05 * Math.sin(2 * Math.PI * 6.1 * time + 2 * Math.sin(time * 2.3)) : 0;
    return Math.round((value + flutter + 0.03 * Math.sin(0.9 * time + phase) + chance.normal(0, 0.008)) / millivoltsPerStep);
  });
}

function add(millivolts: Float64Array, centre: number, height: number, width: number): void {
  const from = Math.max(0, Math.floor((centre - 5 * width) * sampleRate));
  const to = Math.min(millivolts.length, Math.ceil((centre + 5 * width) * sampleRate));
  for (let sample = from; sample < to; sample++) {
    const distance = sample / sampleRate - centre;
    millivolts[sample]! += height * Math.exp(-(distance * distance) / (2 * width * width));
  }
}

const seconds = 12;

/** Twelve seconds of lead I in a chart. */
export function heartTrace(chart: Chart, taken: Taken, perMinute: number, rhythm: Rhythm = 'sinus'): Reference | undefined {
  const steps = trace(chart.chance.fork(`ecg/${dateTime(taken.at)}`), { seconds, perMinute, rhythm });
  const code = {
    coding: [
      { system: systems.loinc, code: '11524-6', display: 'EKG study' },
      { system: systems.mdc, code: '131328', display: 'MDC_ECG_ELEC_POTL' },
    ],
    text: 'Heart trace',
  };
  return observe(chart, 'heart-trace', { ...taken, until: taken.at + seconds * 1000 }, 'procedure', code, {
    component: [
      {
        code: concept(systems.mdc, '131329', 'MDC_ECG_ELEC_POTL_I', 'Lead I'),
        valueSampledData: {
          origin: { value: 0, unit: 'mV', system: systems.ucum, code: 'mV' },
          period: 1000 / sampleRate,
          factor: millivoltsPerStep,
          lowerLimit: -1000,
          upperLimit: 1000,
          dimensions: 1,
          data: steps.join(' '),
        },
      },
    ],
  });
}
