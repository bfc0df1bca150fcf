/**
 * The other end of `serve`: a role over HTTP, or in the same process, behind the same interface.
 *
 * The server is not trusted. Its answers are read as strictly as its requests, up to a limit, and one that does
 * not have the agreed shape is refused; redirects are not followed, cookies not sent. What the server refuses
 * is thrown here as the `CareletError` it was there.
 *
 * [Note: Whose clock]
 * Callers sign the time. One whose clock is off is told `denied` with a reason that begins with `clock`, and
 * the response's `date` says what the server thinks. Then `authorize` is asked once more, with the difference.
 * The difference is kept for later calls only when that helped. What a lying server gains is a signature
 * with a time of its choice over a request to itself, which it was just given anyway.
 *
 * @module
 */
import { asCareletError, CareletError } from '../model/error.ts';
import { decodeBody, encodeBody, mediaTypes, readStream } from './codec.ts';
import { readEvents } from './connect-stream.ts';
import { type Contract, httpPath, methodPath, type Operation, type RoleOf, type StreamOptions } from './contract/kit.ts';
import { decodeEvent, eventStreamType } from './events.ts';
import { explain } from './explain.ts';
import { fromProblem, problemShape, problemType } from './problem.ts';

/** What `authorize` signs: the operation's name, the exact body, and how many milliseconds to add to our clock. */
export type ToAuthorize = { readonly op: string; readonly body: Uint8Array; readonly skew: number };

/** How often and how patiently an idempotent operation is tried while the server is `unavailable`. */
export type Retry = {
  /** Tries altogether; 3 unless told, 1 for never again. */
  readonly attempts?: number;
  /** The wait before the second try, in milliseconds, doubled each time; 200 unless told. */
  readonly firstWaitMs?: number;
  /** No wait is longer than this; 5,000 unless told. */
  readonly longestWaitMs?: number;
  /** How to wait; a test need not. */
  readonly sleep?: (ms: number) => Promise<void>;
};

export type ConnectOptions = {
  /** The `authorization` header of a `known` caller's request. */
  readonly authorize?: (asked: ToAuthorize) => Promise<string>;
  /** How long one try may take, answer included (of a stream: until it begins); 30,000 unless told. */
  readonly timeoutMs?: number;
  /** How long a stream may be silent, in milliseconds; 40,000 unless told. */
  readonly silentMs?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly retry?: Retry;
  /** The largest answer in bytes; 64 MiB unless told. */
  readonly limit?: number;
  /** The largest event of a stream in bytes; 1 MiB unless told. */
  readonly eventLimit?: number;
} & (
  | { readonly url: string | URL; readonly fetch?: (request: Request) => Promise<Response> }
  | { readonly url?: undefined; readonly fetch: (request: Request) => Promise<Response> }
);

/**
 * A role at a URL, or behind a fetch handler: `connect(contract, { fetch: serve(contract, …) })` is its
 * in-process twin.
 *
 * @throws {CareletError} `invalid` for an address that is not a plain http or https URL
 * @example
 * ```ts
 * import * as z from 'zod';
 * import { connect, defineContract, nothing, serve } from '@carelet/care/wire';
 * const door = defineContract('door', {
 *   knock: { summary: 'Is anybody there?', caller: 'known', body: 'json', input: nothing, output: z.strictObject({ says: z.string() }) },
 * });
 * const handler = serve(door, {
 *   role: (who: string | null) => ({ knock: async () => ({ says: `hello ${who}` }) }),
 *   identify: async ({ authorization }) => authorization,
 * });
 * const role = connect(door, { fetch: handler, authorize: async () => 'Ada' });
 * await role.knock(); // { says: 'hello Ada' }
 * ```
 */
export function connect<C extends Contract>(contract: C, options: ConnectOptions): RoleOf<C> {
  const line = openLine(contract, options);
  const role: Record<string, unknown> = {};
  for (const [op, operation] of Object.entries(contract.operations)) {
    const steps = methodPath(op);
    const name = steps.pop()!;
    let group = role;
    for (const step of steps) {
      group[step] ??= {};
      group = group[step] as Record<string, unknown>;
    }
    group[name] =
      operation.stream === true
        ? (input?: unknown, options?: StreamOptions) => line.follow(op, operation, input ?? {}, options)
        : (input?: unknown) => line.ask(op, operation, input ?? {});
  }
  return role as RoleOf<C>;
}

type Line = {
  readonly ask: (op: string, operation: Operation, input: unknown) => Promise<unknown>;
  readonly follow: (op: string, operation: Operation, input: unknown, options?: StreamOptions) => AsyncGenerator<unknown>;
};

function openLine(contract: Contract, options: ConnectOptions): Line {
  const { authorize, timeoutMs = 30_000, clock = Date.now, limit = 64 * 1024 * 1024 } = options;
  const { silentMs = 40_000, eventLimit = 1024 * 1024 } = options;
  const { attempts = 3, firstWaitMs = 200, longestWaitMs = 5_000, sleep = wait } = options.retry ?? {};
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const base = baseOf(options.url ?? 'http://in-process', contract.name);
  const place = options.url === undefined ? `the ${contract.name}` : `the ${contract.name} at ${base.origin}`;
  let skew = 0;

  return { ask, follow };

  async function ask(op: string, operation: Operation, input: unknown): Promise<unknown> {
    const doing = `ask for ${op}`;
    const body = encoded(operation, input, doing);
    const tries = operation.idempotent === true ? attempts : 1;
    for (let tried = 1; ; tried++) {
      try {
        return await withClock(op, operation, body, doing);
      } catch (thrown) {
        const error = asCareletError(thrown, doing);
        if (error.kind !== 'unavailable' || tried >= tries) throw error;
        // Half of the wait is chance, so that many clients of a server that fell do not come back at once.
        const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** (tried - 1));
        await sleep(longest * (0.5 + Math.random() / 2));
      }
    }
  }

  async function* follow(op: string, operation: Operation, input: unknown, { signal }: StreamOptions = {}): AsyncGenerator<unknown> {
    const doing = `ask for ${op}`;
    const body = encoded(operation, input, doing);
    const abort = new AbortController();
    const letGo = () => abort.abort();
    signal?.addEventListener('abort', letGo);
    if (signal?.aborted) letGo();
    try {
      if (abort.signal.aborted) return;
      const events = (await withClock(op, operation, body, doing, abort)) as ReadableStream<Uint8Array>;
      yield* readEvents(events, {
        read: (data) => promised(operation, decodeEvent(operation.body, data)),
        limit: eventLimit,
        silentMs,
        signal: abort.signal,
        place,
        doing,
      });
    } catch (thrown) {
      if (signal?.aborted !== true) throw asCareletError(thrown, doing);
    } finally {
      signal?.removeEventListener('abort', letGo);
      letGo();
    }
  }

  async function withClock(
    op: string,
    operation: Operation,
    body: Uint8Array<ArrayBuffer>,
    doing: string,
    abort = new AbortController(),
  ): Promise<unknown> {
    const first = await once(op, operation, body, doing, skew, abort);
    if (!('refusal' in first)) return first.value;
    const { refusal, serverTime } = first;
    const clockIsOff = refusal.kind === 'denied' && refusal.because.startsWith('clock') && authorize !== undefined && serverTime !== null;
    if (!clockIsOff) throw refusal;
    const corrected = serverTime - clock();
    const second = await once(op, operation, body, doing, corrected, abort);
    if ('refusal' in second) throw second.refusal;
    skew = corrected;
    return second.value;
  }

  /** One request and its answer, or the server's refusal with the time it was given at. */
  async function once(
    op: string,
    operation: Operation,
    body: Uint8Array<ArrayBuffer>,
    doing: string,
    shift: number,
    abort: AbortController,
  ): Promise<Reply> {
    const accept = `${operation.stream === true ? eventStreamType : mediaTypes[operation.body]}, ${problemType}`;
    const headers = new Headers({ 'content-type': mediaTypes[operation.body], accept });
    if (operation.caller === 'known' && authorize !== undefined) headers.set('authorization', await authorize({ op, body, skew: shift }));
    const request = new Request(new URL(httpPath(op), base), {
      method: 'POST',
      headers,
      body,
      signal: abort.signal,
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    const { response, answer } = await within(timeoutMs, abort, place, doing, async () => {
      const response = await send(request);
      if (begins(operation, response)) return { response, answer: new Uint8Array(0) };
      return { response, answer: await readStream(response.body as ReadableStream<Uint8Array> | null, limit) };
    });
    if (begins(operation, response)) return { value: response.body };
    if (answer === null) {
      abort.abort();
      throw new CareletError('invalid', doing, { because: `${place} answered with more than ${limit} bytes` });
    }
    return judge(operation, response, answer, place, doing);
  }
}

/** Where the paths of operations begin. Names, passwords and queries stay out of addresses: those end up in logs. */
function baseOf(address: string | URL, name: string): URL {
  const url = URL.canParse(String(address)) ? new URL(address) : null;
  const bare = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!bare || !/^https?:$/.test(url.protocol)) {
    throw new CareletError('invalid', `connect to the ${name}`, { because: 'the address is not a plain http or https URL' });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

type Reply = { readonly value: unknown } | { readonly refusal: CareletError; readonly serverTime: number | null };

function judge(operation: Operation, response: Response, answer: Uint8Array, place: string, doing: string): Reply {
  const strange = (cause?: unknown) =>
    new CareletError('invalid', doing, { because: `${place} answered in a shape we do not know`, cause });
  const media = mediaOf(response);
  if (response.status === 200 && media === mediaTypes[operation.body] && operation.stream !== true) {
    const value = decoded(operation.body, answer, strange);
    try {
      const judged = promised(operation, value);
      return { value: isEmpty(operation, judged) ? undefined : judged };
    } catch (cause) {
      throw strange(cause);
    }
  }
  if (response.status !== 200 && media === problemType) {
    const problem = problemShape.safeParse(decoded('json', answer, strange));
    if (!problem.success) throw strange();
    const serverTime = Date.parse(response.headers.get('date') ?? '');
    return { refusal: fromProblem(problem.data), serverTime: Number.isNaN(serverTime) ? null : serverTime };
  }
  if ([502, 503, 504].includes(response.status))
    throw new CareletError('unavailable', doing, { because: `${place} cannot be reached through its proxy` });
  throw strange();
}

/** Whether a response is the beginning of the stream that was asked for. */
const begins = (operation: Operation, response: Response): boolean =>
  operation.stream === true && response.status === 200 && response.body !== null && mediaOf(response) === eventStreamType;

const mediaOf = (response: Response): string | undefined => response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();

/** A value that has the shape the contract promises; throws a `TypeError` that says where it has not. */
function promised(operation: Operation, value: unknown): unknown {
  const parsed = operation.output.safeParse(value);
  if (!parsed.success) throw new TypeError(explain(operation.output, value, parsed.error.issues));
  return parsed.data;
}

/** An answer without a field is `void` here, as the role gave it there. */
function isEmpty(operation: Operation, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return false;
  return Object.keys(value).length === 0 && 'shape' in operation.output && Object.keys(operation.output.shape as object).length === 0;
}

function decoded(kind: 'json' | 'cbor', answer: Uint8Array, strange: (cause: unknown) => CareletError): unknown {
  try {
    return decodeBody(kind, answer);
  } catch (cause) {
    throw strange(cause);
  }
}

function encoded(operation: Operation, input: unknown, doing: string): Uint8Array<ArrayBuffer> {
  try {
    return encodeBody(operation.body, input);
  } catch (cause) {
    throw new CareletError('invalid', doing, { because: 'the input cannot be written as a body', cause });
  }
}

/** Runs an exchange for at most so long, or until `abort`. A handler in the same process may not hear that, so we do not wait for it. */
async function within<T>(ms: number, abort: AbortController, place: string, doing: string, exchange: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new CareletError('unavailable', doing, { because: `${place} did not answer within ${ms} ms` }));
      abort.abort();
    }, ms);
    abort.signal.addEventListener('abort', () => reject(new CareletError('unavailable', doing, { because: 'it was given up' })));
  });
  try {
    return await Promise.race([exchange(), late]);
  } catch (thrown) {
    if (thrown instanceof CareletError) throw thrown;
    throw new CareletError('unavailable', doing, { because: `${place} does not answer`, cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
