// Counts what vitest ran, for the last line of `npm test`. Vitest loads it beside its own reporter.
import { writeFileSync } from 'node:fs';

export default class Counter {
  onTestRunEnd(modules, unhandled) {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, notes: {} };
    for (const module of modules) {
      // A file that does not load, or a suite whose hook throws, is a failure although no test of it failed.
      if (module.errors().length > 0) count.failed++;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state, note = '' } = test.result();
        count[state === 'passed' || state === 'failed' ? state : 'skipped']++;
        if (state === 'skipped') count.notes[note] = (count.notes[note] ?? 0) + 1;
      }
    }
    writeFileSync(process.env.CARELET_TEST_COUNT, JSON.stringify(count));
  }
}
