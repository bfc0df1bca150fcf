import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `too`: the slow tests as well. `only`: nothing but them. */
const slow = process.env.CARELET_SLOW;
const sources = '{crypto,care,client,services/*,apps/*,testbed}/src/**';

/** Files that put something in the place of a module, or look at how it is loaded: each in a process of its own. */
const alone = ['crypto/src/algebra/{hash,batch}.test.ts', 'crypto/src/algebra/group/loading.test.ts'];
/** Long days, in a browser or of recorded hearts, are slow tests that one can leave out. */
const days = process.env.CARELET_DAYS !== 'no';
const never = ['**/node_modules/**', ...(slow ? [] : ['**/*.slow.test.ts']), ...(days ? [] : ['**/*.day.slow.test.ts'])];

// Tests run the sources: every workspace exports them under the condition `source`.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: slow ? 600_000 : 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: 'town',
          include: slow === 'only' ? [`${sources}/*.slow.test.ts`] : [`${sources}/*.test.ts`, 'tools/*.test.mjs'],
          exclude: [...never, ...alone],
          globalSetup: ['services/ground/src/test-setup.ts'],
          // Quick files follow one another in one process: loading the house for each took a third of the time. Slow ones measure.
          isolate: slow !== undefined,
        },
      },
      ...(slow === 'only' ? [] : [{ extends: true as const, test: { name: 'alone', include: alone, exclude: never } }]),
    ],
  },
});
