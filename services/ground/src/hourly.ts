/**
 * Work that comes round every hour, as long as a service runs.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { event, type Log, traceOf } from './log.ts';

const hour = 3_600_000;

/**
 * Does `work` now and every hour, one after the other. What fails is logged and comes round again.
 *
 * @param job its name in the log
 * @param every ms from the end of one round to the next; an hour unless told
 * @returns stops when disposed of, after the round that is under way
 *
 * @example
 * ```ts
 * import { hourly } from '@carelet/ground/hourly';
 * import { logger } from '@carelet/ground/log';
 * await using sweeping = hourly('sweep', async () => {}, logger('cloud', { level: 'silent' }));
 * ```
 */
export function hourly(job: string, work: () => Promise<unknown>, log: Log, every = hour): AsyncDisposable {
  const over = new AbortController();
  const going = goOn();

  async function goOn(): Promise<void> {
    while (!over.signal.aborted) {
      try {
        await work();
      } catch (thrown) {
        event(log, 'hourly.failed', { job, ...traceOf(thrown) }, 'warn');
      }
      await sleep(every, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await going;
    },
  };
}
