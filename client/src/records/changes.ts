/**
 * Listening to the cloud: being told at once when something new lies in a chart one may see.
 *
 * What is told is where to look, never what is there: the cloud cannot know, and is not believed. A cloud that tells
 * of too much wastes a look, and one that keeps silent shows the same as a cloud where nothing happens, so whoever
 * opens a chart fetches it whole all the same.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Cloud } from '../login.ts';

/**
 * What somebody who watches is told.
 *
 * - `online`, `offline`: whether the cloud is heard; each only when it was not so before.
 * - `changed`: look at these nodes of this part of a chart and what hangs below them; without a part, at all of it.
 * - `lost`: something may have changed anywhere; look at everything again.
 */
export type ChartChange =
  | { readonly kind: 'online' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'changed'; readonly pat: Bytes; readonly part: Part | null; readonly nodes: readonly Bytes[] }
  | { readonly kind: 'lost' };

export type Watch = {
  /** The cloud as somebody signs to it; a doctor has shown her entitlements before. */
  readonly cloud: Pick<Cloud, 'records'>;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  readonly told: (change: ChartChange) => void;
  /** UTC milliseconds. */
  readonly clock?: () => number;
  /** How to wait so many milliseconds; a test need not. Ends early when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

const firstWaitMs = 500;
const longestWaitMs = 10_000;

/**
 * Tells of changes until the signal aborts, through breaks of the line: after each it goes on where it was, so that
 * nothing is missed and nothing told twice.
 *
 * @throws {CareletError} `denied` or `missing` when the cloud does not tell this caller anything; what is told before
 *   that is `offline`. Everything else is taken for a line that may mend.
 * @example
 * ```ts no-run
 * import type { Cloud } from '@carelet/client/login';
 * import { watchCharts } from '@carelet/client/records/changes';
 * declare const cloud: Cloud;
 * const leaving = new AbortController();
 * await watchCharts({ cloud, signal: leaving.signal, told: (change) => console.log(change.kind) });
 * ```
 */
export async function watchCharts({ cloud, signal, told, clock = Date.now, sleep = wait }: Watch): Promise<void> {
  let after: Bytes | undefined;
  let online: boolean | null = null;
  const tell = (change: ChartChange) => {
    if (!signal.aborted) told(change);
  };
  const isOnline = (now: boolean) => {
    if (online !== now) tell({ kind: now ? 'online' : 'offline' });
    online = now;
  };
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    const began = clock();
    try {
      for await (const { at, ...event } of cloud.records.changes(after ? { after } : {}, { signal })) {
        isOnline(true);
        if (event.kind !== 'here') tell(event);
        after = at;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      isOnline(false);
      if (!(thrown instanceof CareletError) || thrown.kind === 'denied' || thrown.kind === 'missing') throw thrown;
    }
    // A stream that held for a while was a good one. Half of the wait is chance, so that not everybody comes back at once.
    if (clock() - began > longestWaitMs) waitMs = firstWaitMs;
    if (!signal.aborted) await sleep(waitMs * (0.5 + Math.random() / 2), signal);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      done();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
  });
}
