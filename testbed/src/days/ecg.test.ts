import { describe, expect, test } from 'vitest';
import { chanceOf } from './chance.ts';
import { millivoltsPerStep, type Rhythm, sampleRate, trace } from './ecg.ts';

/** Times of the R peaks, in seconds: the highest sample of each stretch above half a millivolt. */
function beats(samples: Int16Array): number[] {
  const found: number[] = [];
  let best = -1;
  for (const [index, sample] of samples.entries()) {
    if (sample * millivoltsPerStep > 0.5) {
      if (best < 0 || sample > samples[best]!) best = index;
    } else if (best >= 0) {
      found.push(best / sampleRate);
      best = -1;
    }
  }
  return found;
}

function irregularity(rhythm: Rhythm, perMinute: number): { rate: number; spread: number } {
  const peaks = beats(trace(chanceOf(`${rhythm} ${perMinute}`), { seconds: 60, perMinute, rhythm }));
  const distances = peaks.slice(1).map((peak, index) => peak - peaks[index]!);
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  return {
    rate: 60 / mean,
    spread: Math.sqrt(distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0) / distances.length) / mean,
  };
}

describe('a heart trace', () => {
  test('has as many samples as its seconds ask for, in whole steps', () => {
    const samples = trace(chanceOf('ada'), { seconds: 12, perMinute: 68, rhythm: 'sinus' });
    expect(samples).toHaveLength(12 * sampleRate);
    expect(trace(chanceOf('ada'), { seconds: 12, perMinute: 68, rhythm: 'sinus' })).toEqual(samples);
  });

  test.each([58, 68, 92, 138])('in sinus rhythm beats evenly, %i a minute', (perMinute) => {
    const { rate, spread } = irregularity('sinus', perMinute);
    expect(Math.abs(rate - perMinute)).toBeLessThan(3);
    expect(spread).toBeLessThan(0.08);
  });

  test.each([112, 132])('in fibrillation beats unevenly, about %i a minute', (perMinute) => {
    const { rate, spread } = irregularity('fibrillation', perMinute);
    expect(Math.abs(rate - perMinute)).toBeLessThan(12);
    expect(spread).toBeGreaterThan(0.14);
  });
});
