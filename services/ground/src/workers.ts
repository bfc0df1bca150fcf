/**
 * Mathematics off the event loop: functions that run in threads and are called as if they were here.
 *
 * A worker module exposes functions; `workers` gives the same functions as promises. Arguments and results are
 * copied between threads, unless `move` hands their memory over. What a function throws arrives as the
 * `CareletError` it was; anything else as `internal`, with the original as its cause.
 *
 * ```ts no-run
 * import { expose, move, workers } from '@carelet/ground/workers';
 * const sealed = (key: Uint8Array, text: Uint8Array) => text.map((byte, i) => byte ^ key[i % key.length]!);
 * const [key, text] = [new Uint8Array(32), new Uint8Array(100)];
 *
 * // seal.worker.ts
 * const api = { seal: (key: Uint8Array, text: Uint8Array) => move(sealed(key, text)) };
 * type Sealing = typeof api;
 * expose(api); // is its default export
 *
 * // where it is needed
 * await using sealing = workers<Sealing>(new URL('./seal.worker.ts', import.meta.url));
 * await sealing.seal(key, text);
 * ```
 *
 * [Note: Which file a worker runs]
 * A thread is started by Node itself, which reads no TypeScript: `./seal.worker.ts` always means the built
 * `dist/seal.worker.js`, from a build and from a test that runs the sources alike.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asCareletError, CareletError } from '@carelet/care/model';
import { fromProblem, type Problem, toProblem } from '@carelet/care/wire';
import { Piscina, transferableSymbol, valueSymbol } from 'piscina';

/** What a worker module exposes. */
export type Exposed = { readonly [name: string]: (...given: never[]) => unknown };

/** The same functions, elsewhere. Closing waits for what runs and refuses what waits. */
export type Workers<Api> = AsyncDisposable & {
  readonly [Name in keyof Api]: Api[Name] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Awaited<Result>>
    : never;
};

export type WorkersOptions = {
  /** Threads at most; as many as the machine has processors, less one for the loop, unless told. */
  readonly threads?: number;
  /** A thread without work ends after so many milliseconds; 10,000 unless told. */
  readonly idleMs?: number;
  /** Calls that may wait before the next is refused; 1,000 unless told. */
  readonly queue?: number;
};

type Call = { readonly name: string; readonly given: readonly unknown[] };
type Answer = { readonly result: unknown } | { readonly problem: Problem; readonly cause: unknown };

/**
 * The functions of a worker module, called in threads.
 *
 * @param url of the worker module, as `new URL('./seal.worker.ts', import.meta.url)`
 * @throws {CareletError} `missing` when the module is not built; a call throws what the function threw, or
 *   `unavailable` when the queue is full, the pool closed or the thread died
 */
export function workers<Api extends Exposed>(url: URL, options: WorkersOptions = {}): Workers<Api> {
  const { threads = Math.max(1, availableParallelism() - 1), idleMs = 10_000, queue = 1_000 } = options;
  const filename = fileURLToPath(builtUrl(url));
  const subject = basename(filename);
  if (!existsSync(filename))
    throw new CareletError('missing', 'start workers', { subject, because: 'the module is not built; run "npm run build"' });

  // `execArgv: []`: conditions and flags of a test runner must not make the thread load other files.
  const pool = new Piscina({ filename, minThreads: 0, maxThreads: threads, idleTimeout: idleMs, maxQueue: queue, execArgv: [] });
  pool.on('error', () => {}); // a thread that dies rejects its calls; nothing else is known here

  let closed = false;
  const call = async (name: string, given: readonly unknown[]): Promise<unknown> => {
    let answer: Answer;
    try {
      if (closed) throw new Error('the pool is closed');
      answer = (await pool.run({ name, given } satisfies Call, { transferList: handedOver(given) })) as Answer;
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'DataCloneError') throw asCareletError(cause, `call ${name} in a worker`);
      throw new CareletError('unavailable', `call ${name} in a worker`, {
        subject,
        because: 'the workers are busy, closed or broken',
        cause,
      });
    }
    if ('result' in answer) return answer.result;
    const error = fromProblem(answer.problem);
    throw answer.cause === undefined ? error : new CareletError(error.kind, error.op, { because: error.because, cause: answer.cause });
  };

  const known = new Map<string, (...given: unknown[]) => Promise<unknown>>();
  const dispose = async () => {
    closed = true;
    await pool.close({ force: true });
  };
  return new Proxy({} as Workers<Api>, {
    get: (_, name) => {
      if (name === Symbol.asyncDispose) return dispose;
      if (typeof name === 'symbol' || name === 'then') return undefined;
      if (!known.has(name)) known.set(name, (...given) => call(name, given));
      return known.get(name);
    },
  });
}

/** The default export of a worker module. */
export function expose(api: Exposed): (call: Call) => Promise<unknown> {
  return async ({ name, given }) => {
    let answer: Answer;
    try {
      const named = Object.hasOwn(api, name) ? api[name] : undefined;
      if (named === undefined) throw new TypeError(`the worker exposes no ${name}`);
      answer = { result: await (named as (...all: unknown[]) => unknown)(...given) };
    } catch (thrown) {
      const hidden = thrown instanceof CareletError ? undefined : thrown;
      answer = { problem: toProblem(thrown, `call ${name} in a worker`), cause: hidden instanceof Error ? hidden : undefined };
    }
    const handed = 'result' in answer ? handedOver(answer.result) : [];
    return handed.length === 0
      ? answer
      : Piscina.move({ [transferableSymbol]: handed, [valueSymbol]: answer } as Parameters<typeof Piscina.move>[0]);
  };
}

const moving = new WeakSet<ArrayBufferLike>();

/**
 * Marks bytes to be handed over to the other thread instead of copied. They are empty here afterwards.
 *
 * Only bytes that fill their memory can be handed over; a part of a larger buffer is copied as if unmarked.
 */
export function move<B extends Uint8Array>(bytes: B): B {
  if (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength) moving.add(bytes.buffer);
  return bytes;
}

/** The marked memory inside a value, each once. */
function handedOver(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (at: unknown, depth: number): void => {
    if (at instanceof Uint8Array) {
      if (at.buffer instanceof ArrayBuffer && moving.has(at.buffer)) found.add(at.buffer);
    } else if (typeof at === 'object' && at !== null && depth > 0) {
      for (const inner of Object.values(at)) look(inner, depth - 1);
    }
  };
  look(value, 4);
  return [...found];
}

/** [Note: Which file a worker runs] */
export function builtUrl(url: URL): URL {
  if (!url.pathname.endsWith('.ts')) return url;
  const built = new URL(url);
  // Only the last of the folders `src` and `dist` is ours; those above it are wherever the house stands.
  built.pathname = url.pathname.replace(/\/src\/(?!.*\/(?:src|dist)\/)/, '/dist/').replace(/\.ts$/, '.js');
  return built;
}
