/**
 * Long work in short slices, so that whoever waits hears how far it is, and can say stop.
 *
 * A thread that opens ten thousand rows in one go hears nothing in between. Work in here calls `breathe` whenever it
 * may stop for a moment: then, when its turn was long enough, everything else in the thread has one.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** Gives everything else that waits in this thread its turn, when this one's was long enough; throws once stopped. */
export type Breathe = () => Promise<void>;

/** Milliseconds after which a turn is long enough. */
const turn = 20;

/**
 * Does work that can be stopped.
 *
 * Who says stop is answered at once, also while the work waits for a server; the work itself ends at its next
 * breath, and what it would have given is dropped.
 *
 * @throws {CareletError} `unavailable`, because `stopped`, once the signal says so
 * @example
 * ```ts
 * import { inSlices } from '@carelet/client/pace';
 * const sum = await inSlices('add up', AbortSignal.timeout(60_000), async (breathe) => {
 *   let sum = 0;
 *   for (let i = 1; i <= 1000; i++) {
 *     await breathe();
 *     sum += i;
 *   }
 *   return sum;
 * });
 * sum; // 500500
 * ```
 */
export async function inSlices<T>(op: string, signal: AbortSignal | undefined, work: (breathe: Breathe) => Promise<T>): Promise<T> {
  const stopped = () => new CareletError('unavailable', op, { because: 'stopped' });
  if (signal?.aborted) throw stopped();
  let began = performance.now();
  const working = work(async () => {
    if (performance.now() - began >= turn) {
      await nextTurn();
      began = performance.now();
    }
    if (signal?.aborted) throw stopped();
  });
  if (!signal) return working;
  let stop = () => {};
  const stopping = new Promise<never>((_, reject) => {
    stop = () => reject(stopped());
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([working, stopping]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A message to oneself: browsers make `setTimeout` wait four milliseconds. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const heard = () => {
      port1.close();
      resolve();
    };
    port1.addEventListener('message', heard, { once: true });
    port1.start();
    port2.postMessage(null);
  });
}
