import { defineConfig } from 'vitest/config';

// Tests run the sources: every workspace exports them under the condition `source`.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{crypto,care,client,services/*,apps/*,testbed,tools}/src/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/*.slow.test.ts', '**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
