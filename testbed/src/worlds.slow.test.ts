/**
 * Random worlds: whatever is written, shared, taken back and let pass in whatever order, what opens to each doctor is what a plain
 * sentence says, no record more and none less.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStage } from './fixture.testing.ts';
import { byConsent, play, sceneOn } from './worlds/play.testing.ts';
import { told, worldsOf } from './worlds/world.testing.ts';

/** So many worlds unless told, with some fifty decisions each: `CARELET_WORLDS=100 npm run test:slow -- --only-slow testbed/src/worlds`. */
const worlds = Number(process.env.CARELET_WORLDS ?? 20);

/** Years of records, months of sharing; `worlds.test.ts` has many small ones. */
const wide = {
  ago: [null, 4_500, 700, 320, 260, 48, 20, 1, 0],
  since: [null, 300, 30, 0],
  days: [0, 1, 30],
} as const;

test(`in ${worlds} random worlds, what opens is what was said`, { timeout: 60_000 + worlds * 10_000 }, async () => {
  await using stage = await openStage();
  const scene = await sceneOn(stage, { from: '2026-10-01', until: '2027-02-18' }, await byConsent(stage));
  let made = 0;
  let decisions = 0;
  await fc.assert(
    fc.asyncProperty(worldsOf(wide, 4, 9), async (events) => {
      decisions += await play(scene, `world-${++made}`, events);
    }),
    {
      numRuns: worlds,
      interruptAfterTimeLimit: 50_000 + worlds * 10_000,
      reporter: ({ failed, seed, counterexample, errorInstance }) => {
        if (failed)
          expect.fail(`${errorInstance}\nseed ${seed}; the smallest world:\n${counterexample ? told(counterexample[0]) : 'none'}`);
      },
    },
  );
  console.log(`${made} worlds, ${decisions} decisions`);
});
