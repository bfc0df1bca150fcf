/**
 * Parts of the town that are killed and started again.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { openSync } from 'node:fs';

import { builtUrl } from '@carelet/ground/workers';
import type { Order } from './part.ts';

/** A part that runs, as far as anybody knows. */
export type Part = AsyncDisposable & {
  /** `kill -9`, and started again at once, with another order if one is given. */
  crash(order?: Order): Promise<void>;
  /** How often it ended without being killed: never, if it is any good. */
  readonly fell: number;
  readonly pid: number;
};

/** Starts a part; whatever becomes of it, it is not started again unless it is crashed. */
export function startPart(order: Order, log: string): Part {
  const output = openSync(log, 'a', 0o600);
  let current = order;
  let child: ChildProcess;
  let fell = 0;
  const start = () => {
    child = fork(builtUrl(new URL('./part.ts', import.meta.url)), [JSON.stringify(current)], {
      stdio: ['ignore', output, output, 'ipc'],
      execArgv: [],
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
    });
    child.once('exit', (_, signal) => {
      if (signal !== 'SIGKILL') fell++;
    });
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((done) => void child.once('exit', () => done()));
    child.kill('SIGKILL');
    await gone;
  };
  start();
  return {
    get fell() {
      return fell;
    },
    get pid() {
      return child.pid!;
    },
    async crash(next = current) {
      await kill();
      current = next;
      start();
    },
    [Symbol.asyncDispose]: kill,
  };
}
