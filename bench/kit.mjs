// What every benchmark stands on: medians of interleaved runs, and one way to say a figure.
//
// `ours` and `theirs` run in one process, turn by turn, so that whatever slows the machine for a while slows both.
// `ratio` is what ours costs against theirs: above 1 it costs more. For a rate (units ending in `/s`) that is
// theirs over ours, for anything else ours over theirs.
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';

/** Small sizes, to see that a benchmark runs at all: its figures then say nothing. */
export const small = process.env.CARELET_BENCH_SMALL === '1';

/** Recorded inputs, where they are. */
export const data = resolve(import.meta.dirname, '..', process.env.CARELET_DATA ?? '../shared/data');

export const machine = () => ({
  machine: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  node: process.version,
  ...(small && { small: true }),
});

/** One of two sizes. */
export const size = (full, tiny) => (small ? tiny : full);

/** The median of some numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds that something takes. */
export async function timed(run) {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/**
 * Runs contenders turn by turn and gives each one's median; whoever begins changes with each round.
 *
 * @param contenders functions by name, given the number of the round, -1 for the one that warms up and does not count; each
 * gives what it measured, or nothing, and then its milliseconds count
 */
export async function interleaved(contenders, rounds) {
  const names = Object.keys(contenders);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const began = performance.now();
      const told = await contenders[name](round);
      const value = told ?? performance.now() - began;
      if (round >= 0) measured[name].push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(measured[name])]));
}

/** Microseconds each for something quick: the median over batches, turn by turn. */
export async function each(contenders, { rounds = size(15, 2), times = size(200, 5) } = {}) {
  const batches = Object.fromEntries(
    Object.entries(contenders).map(([name, run]) => [
      name,
      async () => {
        const began = performance.now();
        for (let i = 0; i < times; i++) {
          const pending = run(i);
          if (pending instanceof Promise) await pending;
        }
        return ((performance.now() - began) * 1000) / times;
      },
    ]),
  );
  return interleaved(batches, rounds);
}

/**
 * Microseconds each for something of microseconds, on a machine that others use as well: the tenth percentile over batches
 * of a millisecond, turn by turn, after a few to warm up.
 */
export async function tenths(contenders, batches = size(400, 3)) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let batch = -batches / 4; batch < batches; batch++) {
    for (const [name, run] of Object.entries(contenders)) {
      const began = performance.now();
      let took = 0;
      let runs = 0;
      for (; took < 1; runs++) {
        const pending = run();
        if (pending instanceof Promise) await pending;
        took = performance.now() - began;
      }
      if (batch >= 0) times[name].push((took * 1000) / runs);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[Math.floor(all.length / 10)]]));
}

const three = (value) => (value === null || value === undefined ? null : Number(value.toPrecision(3)));

/** A figure as one line of JSON has it. */
export function figure(name, unit, ours, theirs = null, aim = undefined) {
  const ratio = theirs === null ? null : unit.endsWith('/s') ? theirs / ours : ours / theirs;
  return { name, ours: three(ours), theirs: three(theirs), ratio: three(ratio), unit, ...(aim !== undefined && { aim }) };
}
