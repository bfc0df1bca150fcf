/**
 * The mathematics of a browser, in workers of the worker's own: a doctor's first look opens hundreds of wraps, at some
 * milliseconds of pairings each, and most machines have cores that wait.
 *
 * @module
 */
import { type Mathematics, mathematicsHere } from '@carelet/client/mathematics';
import { wrap } from 'comlink';
import { trustedScripts } from '../house/trusted.ts';
import pairingsUrl from './pairings.ts?worker&url';

/** Jobs handed over at once: enough to be worth the way, few enough to spread. */
const atOnce = 8;
const mostWorkers = 4;

type Pairings = { ask<Result>(of: (mathematics: Mathematics) => Promise<Result>): Promise<Result> };

function pairingsIn(worker: Worker): Pairings {
  const mathematics = wrap<Mathematics>(worker) as unknown as Mathematics;
  const broken = new Promise<never>((_, reject) => worker.addEventListener('error', () => reject(new Error('the worker did not start'))));
  broken.catch(() => {});
  return { ask: (of) => Promise.race([of(mathematics), broken]) };
}

/** Mathematics that starts its workers when there is enough to do for more than one; they end with the worker that holds them. */
export function mathematicsInWorkers(): Mathematics {
  const scripts = trustedScripts(pairingsUrl);
  let workers: Pairings[] | null = null;
  const start = (): Pairings[] => {
    const cores = Math.max(1, Math.min(mostWorkers, navigator.hardwareConcurrency));
    return Array.from({ length: cores }, () => pairingsIn(new Worker(scripts(pairingsUrl), { type: 'module', name: 'carelet pairings' })));
  };

  /** Each worker takes the next few when it is done with the last. */
  const spread = async <Job, Result>(
    jobs: readonly Job[],
    some: (mathematics: Mathematics, jobs: Job[]) => Promise<Result[]>,
  ): Promise<Result[]> => {
    if (jobs.length <= atOnce) return some(mathematicsHere, [...jobs]);
    workers ??= start();
    const results = new Array<Result>(jobs.length);
    let next = 0;
    await Promise.all(
      workers.map(async (worker) => {
        for (let at = next; at < jobs.length; at = next) {
          next = at + atOnce;
          const these = jobs.slice(at, at + atOnce);
          // A browser that starts no worker inside a worker still has this one.
          const done = await worker.ask((mathematics) => some(mathematics, these)).catch(() => some(mathematicsHere, these));
          done.forEach((result, i) => {
            results[at + i] = result;
          });
        }
      }),
    );
    return results;
  };

  return {
    sealPolicies: (jobs) => spread(jobs, (mathematics, some) => mathematics.sealPolicies(some)),
    openPolicies: (jobs) => spread(jobs, (mathematics, some) => mathematics.openPolicies(some)),
    checkFactors: (jobs) => mathematicsHere.checkFactors(jobs),
    sealEmergencies: (jobs) => spread(jobs, (mathematics, some) => mathematics.sealEmergencies(some)),
    openEmergencies: (jobs) => spread(jobs, (mathematics, some) => mathematics.openEmergencies(some)),
    checkEmergencyFactors: (jobs) => mathematicsHere.checkEmergencyFactors(jobs),
    sealConsents: (jobs) => spread(jobs, (mathematics, some) => mathematics.sealConsents(some)),
    openConsents: (jobs) => spread(jobs, (mathematics, some) => mathematics.openConsents(some)),
    scopeKeys: (jobs) => spread(jobs, (mathematics, some) => mathematics.scopeKeys(some)),
    combineParts: (jobs) => spread(jobs, (mathematics, some) => mathematics.combineParts(some)),
    newHalf: (doctor) => mathematicsHere.newHalf(doctor),
  };
}
