/**
 * A line: work that is done again and again, at once when there is some, after a pause when there is none, and after a longer
 * one each time it failed.
 *
 * @module
 */

export type Line = AsyncDisposable & {
  /** There is something to do. */
  wake(): void;
  /** Wakes, and resolves when the work was tried from here on, whatever came of it, or after so many milliseconds. */
  tried(patience: number): Promise<void>;
};

const idleMs = 1000;

/** @param work does what there is; how much it did, 0 for nothing. `stopped` says that it should come to an end. */
export function lineOf({
  longestWaitMs,
  work,
  failed,
}: {
  /** After work that failed many times. */
  longestWaitMs: number;
  work: (stopped: () => boolean) => Promise<number>;
  /** Told of what was thrown; what it throws itself counts for nothing. */
  failed: (thrown: unknown, attempt: number) => Promise<void>;
}): Line {
  const stop = new AbortController();
  /** Somebody woke us while we were at work: the next pause is none. */
  let due = false;
  const remember = () => {
    due = true;
  };
  let wake: () => void = remember;
  /** Those who wait for the end of the next attempt. */
  let waiting: (() => void)[] = [];

  const loop = async () => {
    let failures = 0;
    while (!stop.signal.aborted) {
      const told = waiting;
      waiting = [];
      let done = 0;
      try {
        done = await work(() => stop.signal.aborted);
        failures = 0;
      } catch (thrown) {
        failures++;
        await failed(thrown, failures).catch(() => {});
      }
      for (const tell of told) tell();
      if (done === 0) await pause(failures === 0 ? idleMs : Math.min(longestWaitMs, 250 * 2 ** Math.min(failures, 7)));
    }
    for (const tell of waiting) tell();
  };

  const pause = (ms: number) =>
    new Promise<void>((done) => {
      const over = () => {
        clearTimeout(timer);
        wake = remember;
        due = false;
        done();
      };
      const timer = setTimeout(over, ms);
      wake = over;
      if (due) over();
    });

  const running = loop();
  return {
    wake: () => wake(),
    async tried(patience) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((done) => {
        timer = setTimeout(done, patience);
        waiting.push(done);
        wake();
      });
      clearTimeout(timer);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      wake();
      await running;
    },
  };
}
