/**
 * Many small worlds: the same sentence as in `worlds.slow.test.ts`, in days around the turn of a month, a year and a decade, and with a role
 * that ends, becomes another or is over, of two patients who may deny a doctor everything. Client, cloud and mediator are called by their roles; no
 * request is signed.
 *
 * Each world has a seed of its own, and begins at the same instant on the same tables: `CARELET_WORLDS_FROM` takes up a run where it was
 * interrupted, or plays one world again.
 *
 *     CARELET_SMALL_WORLDS=10000 CARELET_WORLDS_FROM=0 node tools/test.mjs testbed/src/worlds.test
 */
import { CareletError } from '@carelet/care/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSmallTown, type SmallTown } from './worlds/small-town.testing.ts';
import { type Event, told } from './worlds/world.testing.ts';

const worlds = Number(process.env.CARELET_SMALL_WORLDS ?? 8);
const first = Number(process.env.CARELET_WORLDS_FROM ?? 0);
const tellEvery = 100;

/** How often a world is played again from its beginning because a database starved on a busy machine. */
const oftenest = 3;

let town: SmallTown;

beforeAll(async () => {
  town = await openSmallTown();
}, 60_000);

afterAll(() => town?.[Symbol.asyncDispose]());

test(`in ${worlds} small worlds, what opens is what was said`, { timeout: 60_000 + worlds * 5_000 }, async () => {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(0);
  let next = first;
  let done = 0;
  let decisions = 0;

  /** A town that plays the next world as long as there is one. Two of them: one computes while the other waits for its database. */
  const plays = async (town: SmallTown): Promise<void> => {
    while (next < first + worlds) {
      const seed = next++;
      const { world, play } = town.of(seed);
      const { failed, counterexample, errorInstance } = await fc.check(
        fc.asyncProperty(world, async (events) => {
          // Counted when it is over: two towns play side by side.
          const looked = await whileAway(() => play(events));
          decisions += looked;
        }),
        { seed, numRuns: 1 },
      );
      if (failed) {
        next = first + worlds;
        expect.fail(`${errorInstance}\nseed ${seed}; the smallest world:\n${counterexample ? told(counterexample[0]) : 'none'}`);
      }
      if (++done % tellEvery === 0 || done === worlds) {
        console.log(`${done} worlds from seed ${first}, ${decisions} decisions, 0 exceptions, ${seconds()} s`);
      }
    }
  };
  if (worlds < tellEvery) await plays(town);
  else {
    await using another = await openSmallTown();
    await Promise.all([plays(town), plays(another)]);
  }
  expect(done).toBe(worlds);
});

/** Does work again that ended because a service was away, which says nothing of what opens. */
async function whileAway<T>(work: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times++) {
    try {
      return await work();
    } catch (thrown) {
      if (times === oftenest || !(thrown instanceof CareletError) || thrown.kind !== 'unavailable') throw thrown;
      console.log(`a world is played again: ${thrown.because}`);
    }
  }
}

test('a doctor who opens more than the sentence says, or less, is found out', async () => {
  const { play } = town.of(first);
  const event = (ago: number): Event => ({ what: 'write', patient: 'Ada', records: [{ kind: 'laboratory', sens: 'none', ago }] });
  expect(await play([event(0)])).toBe(3);
  await expect(play([event(0)], { until: '2000-01-01' })).rejects.toThrow('the doctor by role opens [r0] and should open []');
  // Whatever is said of a role or of a doctor takes hold of the one it is about.
  const denied: Event = { what: 'deny', patient: 'Ada', doctor: 'by role' };
  for (const over of [denied, { what: 'the role ends' } as const]) {
    await expect(play([event(0), over], { until: '2099-01-01' })).resolves.toBe(6);
  }
  await expect(play([event(400)], { from: '2000-01-01' })).rejects.toThrow('the doctor by role opens [] and should open [r0]');
});
