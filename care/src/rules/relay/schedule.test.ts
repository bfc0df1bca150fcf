import { expect, test } from 'vitest';
import type { Urgency } from '../../model/urgency.ts';
import { ageingMs, nextOf, standing, type Waiting } from './schedule.ts';

test('the most urgent goes first, among equals the one that waits longest', () => {
  const heads: Waiting[] = [
    { urgency: 'routine', arrived: 1 },
    { urgency: 'monitoring', arrived: 3 },
    { urgency: 'emergency', arrived: 5 },
  ];
  expect(nextOf(heads, 10)?.urgency).toBe('emergency');
  expect(nextOf(heads.slice(0, 2), 10)?.urgency).toBe('monitoring');
  expect(nextOf(heads.slice(0, 1), 10)?.urgency).toBe('routine');
  expect(nextOf([], 10)).toBeUndefined();
});

test('routine that waited half an hour counts as monitoring, and as the older of the two', () => {
  const old: Waiting = { urgency: 'routine', arrived: 0 };
  const young: Waiting = { urgency: 'monitoring', arrived: ageingMs - 1 };
  expect(nextOf([young, old], ageingMs - 1)).toBe(young);
  expect(nextOf([young, old], ageingMs)).toBe(old);
  expect(nextOf([{ urgency: 'emergency', arrived: ageingMs }, old], ageingMs)?.urgency).toBe('emergency');
});

test('a clock that was put back ages nothing', () => {
  expect(standing({ urgency: 'routine', arrived: ageingMs * 3 }, 0)).toBe('routine');
});

test('mean waits are Cobham’s, within 5 %, and a queue without classes makes the urgent wait half as long again', () => {
  const streams: readonly { urgency: Urgency; rate: number; mean: number }[] = [
    { urgency: 'emergency', rate: 0.02, mean: 0.05 },
    { urgency: 'monitoring', rate: 0.5, mean: 0.08 },
    { urgency: 'routine', rate: 3, mean: 0.1 },
  ];
  // Exponential service: E[S²] = 2 E[S]².
  const w0 = streams.reduce((sum, { rate, mean }) => sum + rate * mean ** 2, 0);
  const sigma = (k: number) => streams.slice(0, k).reduce((sum, { rate, mean }) => sum + rate * mean, 0);
  const formula = streams.map((_, k) => w0 / ((1 - sigma(k)) * (1 - sigma(k + 1))));
  expect(formula.map((wait) => (wait * 1000).toFixed(1))).toEqual(['33.3', '34.7', '52.6']);

  const waits = simulated(streams, 1_200_000);
  for (const [k, wait] of waits.entries()) expect(Math.abs(wait / formula[k]! - 1), streams[k]!.urgency).toBeLessThan(0.05);
  const [alike] = simulated([{ urgency: 'routine', rate: 3.52, mean: 0.341 / 3.52 }], 500_000);
  expect(waits[0]! * 1.4).toBeLessThan(alike!);
});

/** Mean waits in seconds of Poisson streams before one line of exponential service that sends what `nextOf` says. */
function simulated(streams: readonly { urgency: Urgency; rate: number; mean: number }[], jobs: number): number[] {
  const chance = chances(20_261_130);
  const exponential = (mean: number) => -mean * Math.log(1 - chance());
  const queues = streams.map(() => ({ arrivals: [] as number[], at: 0 }));
  const next = streams.map(({ rate }) => exponential(1 / rate));
  const sums = streams.map(() => ({ waited: 0, n: 0 }));
  let now = 0;
  const admit = (until: number) => {
    for (const [k, { rate }] of streams.entries()) {
      for (; next[k]! <= until; next[k]! += exponential(1 / rate)) queues[k]!.arrivals.push(next[k]!);
    }
  };
  for (let served = 0; served < jobs; served++) {
    admit(now);
    const heads = () =>
      queues.flatMap(({ arrivals, at }, k) => (at < arrivals.length ? [{ ...streams[k]!, k, arrived: arrivals[at]! }] : []));
    let head = nextOf(heads(), now);
    if (!head) {
      now = Math.min(...next);
      admit(now);
      head = nextOf(heads(), now)!;
    }
    queues[head.k]!.at++;
    sums[head.k]!.waited += now - head.arrived;
    sums[head.k]!.n++;
    now += exponential(streams[head.k]!.mean);
  }
  return sums.map(({ waited, n }) => waited / n);
}

/** A small repeatable generator (mulberry32): a simulation needs speed, not secrecy. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
