/**
 * A worker that reckons and fails as it is told: what the tests of `workers` run, and the page to copy from.
 *
 * @module
 */
import { threadId } from 'node:worker_threads';
import { CareletError } from '@carelet/care/model';
import { expose, move } from './workers.ts';

const api = {
  add: (a: number, b: number): number => a + b,
  double: async (bytes: Uint8Array): Promise<Uint8Array> => move(bytes.map((byte) => 2 * byte)),
  nested: (given: { readonly rows: readonly Uint8Array[] }): { readonly rows: Uint8Array[] } => ({
    rows: given.rows.map((row) => move(row.slice())),
  }),
  thread: (): number => threadId,
  spin: (ms: number): number => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return threadId;
  },
  refuse: (): never => {
    throw new CareletError('tampered', 'open record', { subject: 'r-7', because: 'the mark does not fit' });
  },
  stumble: (): never => {
    throw new TypeError('Ada Lovelace is not a group element');
  },
  die: (): never => process.exit(3),
};

export type Example = typeof api;

export default expose(api);
