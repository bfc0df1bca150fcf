/**
 * The client's mathematics in worker threads, for Node: the command line, a hospital's import, the tests.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Mathematics } from './mathematics.ts';
import type { Call } from './mathematics.worker.ts';

/** Jobs handed to a thread at once: enough to be worth the way, few enough to spread. */
const atOnce = 8;

/** Mathematics that keeps this thread free; `await using` ends its threads. */
export function mathematicsInThreads(threads = Math.max(1, availableParallelism())): Mathematics & AsyncDisposable {
  // Threads read no TypeScript: from the sources, too, they run the built file.
  const filename = fileURLToPath(new URL('../dist/mathematics.worker.js', import.meta.url));
  const pool = new Piscina({ filename, minThreads: 0, maxThreads: threads, idleTimeout: 10_000, execArgv: [] });
  const run = (call: Call) => pool.run(call);

  const spread = async <Job, Result>(jobs: readonly Job[], some: (jobs: Job[]) => Promise<Result[]>): Promise<Result[]> => {
    const chunks: Promise<Result[]>[] = [];
    for (let at = 0; at < jobs.length; at += atOnce) chunks.push(some(jobs.slice(at, at + atOnce)));
    return (await Promise.all(chunks)).flat();
  };

  return {
    sealPolicies: (jobs) => spread(jobs, (some) => run({ name: 'sealPolicies', given: [some] })),
    openPolicies: (jobs) => spread(jobs, (some) => run({ name: 'openPolicies', given: [some] })),
    checkFactors: (jobs) => spread(jobs, (some) => run({ name: 'checkFactors', given: [some] })),
    sealEmergencies: (jobs) => spread(jobs, (some) => run({ name: 'sealEmergencies', given: [some] })),
    openEmergencies: (jobs) => spread(jobs, (some) => run({ name: 'openEmergencies', given: [some] })),
    checkEmergencyFactors: (jobs) => spread(jobs, (some) => run({ name: 'checkEmergencyFactors', given: [some] })),
    sealConsents: (jobs) => spread(jobs, (some) => run({ name: 'sealConsents', given: [some] })),
    openConsents: (jobs) => spread(jobs, (some) => run({ name: 'openConsents', given: [some] })),
    scopeKeys: (jobs) => spread(jobs, (some) => run({ name: 'scopeKeys', given: [some] })),
    combineParts: (jobs) => spread(jobs, (some) => run({ name: 'combineParts', given: [some] })),
    newHalf: (doctor) => run({ name: 'newHalf', given: [doctor] }),
    [Symbol.asyncDispose]: () => pool.close({ force: true }),
  };
}
