import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `too`: the slow tests as well. `only`: nothing but them. */
const slow = process.env.CARELET_SLOW;
const sources = '{crypto,care,client,services/*,apps/*,testbed}/src/**';

// Tests run the sources: every workspace exports them under the condition `source`.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: slow === 'only' ? [`${sources}/*.slow.test.ts`] : [`${sources}/*.test.ts`, 'tools/*.test.mjs'],
    exclude: ['**/node_modules/**', ...(slow ? [] : ['**/*.slow.test.ts'])],
    globalSetup: ['services/ground/src/test-setup.ts'],
    testTimeout: slow ? 600_000 : 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: availableParallelism(),
  },
});
