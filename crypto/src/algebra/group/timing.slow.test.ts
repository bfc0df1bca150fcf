// Multiplication with long-lived secrets takes a time that does not depend on them: a statistical test in the
// manner of dudect (Reparaz, Balasch, Verbauwhede, DATE 2017) on two fixed scalars of very different shape.
import { beforeAll, describe, expect, test } from 'vitest';
import { utf8 } from '../bytes.ts';
import { type BackendName, type Group, hashToScalar, loadGroup, type Scalar } from '../group.ts';

// For mcl the extremes: one bit, and as many changes of bits as there can be. JavaScript's integers are faster with
// zeros, whoever computes with them, so for noble two ordinary scalars.
const extremes: [Scalar, Scalar] = [1n << 254n, BigInt(`0x5${'a5'.repeat(31)}a`)];
const ordinary: [Scalar, Scalar] = [hashToScalar('timing', utf8('one')), hashToScalar('timing', utf8('two'))];

/** Mean times of two works in interleaved order, the slowest tenth (interrupts) left out, and Welch's t. */
function compareTimes(rounds: number, first: () => unknown, second: () => unknown): { t: number; relative: number } {
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < 50; i++) {
    first();
    second();
  }
  for (let i = 0; i < 2 * rounds; i++) {
    // In the order 0 1 1 0, so that a drift of the machine hits both alike.
    const which = ((i >> 1) ^ i) & 1;
    const begin = process.hrtime.bigint();
    if (which === 0) first();
    else second();
    times[which]!.push(Number(process.hrtime.bigint() - begin));
  }
  const limit = [...times[0], ...times[1]].sort((a, b) => a - b)[Math.floor(1.8 * rounds)]!;
  const [a, b] = times.map((list) => {
    const kept = list.filter((time) => time <= limit);
    const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
    const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  });
  return { t: (a!.mean - b!.mean) / Math.sqrt(a!.error + b!.error), relative: Math.abs(a!.mean / b!.mean - 1) };
}

const report = (what: string, { t, relative }: { t: number; relative: number }): void => {
  console.info(`${what}: means differ by ${(100 * relative).toFixed(2)} %, t = ${t.toFixed(1)}`);
};

test('this test would notice: an addition for each of a few bits that is set', { retry: 3 }, async () => {
  const { g1 } = await loadGroup('mcl');
  const times = g1.fixed(g1.generator);
  const leaky = (k: Scalar) => {
    let sum = times(k);
    for (let bits = k & 0xffffn; bits > 0n; bits >>= 1n) if ((bits & 1n) === 1n) sum = g1.add(sum, g1.generator);
    return sum;
  };
  const [sparse, dense] = extremes;
  const result = compareTimes(
    4000,
    () => leaky(sparse),
    () => leaky(dense),
  );
  report('an addition a bit', result);
  expect(result.relative).toBeGreaterThan(0.01);
  expect(Math.abs(result.t)).toBeGreaterThan(4.5);
});

describe.each<[BackendName, { rounds: number; scalars: [Scalar, Scalar]; bound: number }]>([
  ['mcl', { rounds: 4000, scalars: extremes, bound: 0.01 }],
  ['noble', { rounds: 400, scalars: ordinary, bound: 0.03 }],
])('on %s', (name, { rounds, scalars: [one, two], bound }) => {
  let group: Group;
  beforeAll(async () => {
    group = await loadGroup(name);
  });

  const judge = (what: string, work: (k: Scalar) => unknown, times = rounds): void => {
    // A leak is a difference that is there again and again and is larger than what a busy machine does by itself.
    const once = () => {
      const result = compareTimes(
        times,
        () => work(one),
        () => work(two),
      );
      report(`${name} ${what}`, result);
      return result.relative < bound || Math.abs(result.t) < 4.5;
    };
    expect(once() || once() || once()).toBe(true);
  };

  test('multiples of the generators, for α, the shares, r and s, do not show their scalar', () => {
    judge('mulGenerator in G1', (k) => group.g1.mulGenerator(k));
    judge('mulGenerator in G2', (k) => group.g2.mulGenerator(k));
  });

  test('multiples of a hashed attribute, for r and s, do not show their scalar', () => {
    const times = group.g1.fixed(group.g1.mul(group.g1.generator, 12345n));
    judge('fixed in G1', times);
  });

  test('multiples of any point, for secrets to come, do not show their scalar', () => {
    const point = group.g2.mul(group.g2.generator, 12345n);
    judge('mulSecret in G2', (k) => group.g2.mulSecret(point, k), rounds / 8);
  });

  test('a power of a fixed element of GT, for s, does not show its exponent', () => {
    const { g1, g2, gt, pair } = group;
    const power = gt.fixed(gt.exp(pair([[g1.generator, g2.generator]]), 12345n));
    judge('powers in GT', power);
  });

  test('a power of any element of GT, for the factors of doctor and mediator, does not show its exponent', () => {
    const { g1, g2, gt, pair } = group;
    const element = gt.exp(pair([[g1.generator, g2.generator]]), 12345n);
    judge('expSecret in GT', (k) => gt.expSecret(element, k), rounds / 8);
  });
});
