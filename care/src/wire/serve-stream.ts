/**
 * The server's half of a stream: a role's events as the body of a response.
 *
 * [Note: How a stream ends]
 * Five ways: the role has no more events, the role breaks, the caller goes away, the service closes, or the stream
 * has lasted as long as a signature should count (ten minutes; whoever still wants events signs anew). Each of them
 * aborts the signal the role was given, because a generator that waits does not hear `return`, and each settles
 * `ended` once, for the log. The body itself never errors: what HTTP servers make of that is a text nobody chose.
 *
 * @module
 */
import { asCareletError, CareletError, type ErrorKind } from '../model/error.ts';
import { encodeProblem, type Message, writeMessage } from './events.ts';
import { toProblem } from './problem.ts';

/** How patiently events are sent, in milliseconds. */
export type StreamPatience = {
  /** The longest silence before a heartbeat, and before the answer begins; 15,000 unless told. */
  readonly heartbeatMs?: number;
  /** After which a stream is ended; 600,000 unless told. */
  readonly longestMs?: number;
};

/** What came of a stream, once it has ended. */
export type StreamEnd = { readonly kind: ErrorKind | 'ok'; readonly bytesOut: number; readonly cause?: unknown };

export type StreamSource = {
  /** Asks the role; `signal` aborts when nobody wants its events any more. */
  readonly ask: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>;
  /** An event as a message; throws when it is not what the contract promises. */
  readonly write: (event: unknown) => Message;
  /** When the caller goes away. */
  readonly gone: AbortSignal;
  /** When the service closes. */
  readonly closing: AbortSignal | undefined;
  /** What is being done, for errors. */
  readonly doing: string;
};

/**
 * The body of a stream. Waits for the first event, at most until the first heartbeat, so that a refusal before it is
 * thrown here and becomes an ordinary answer.
 */
export async function openStream(
  { ask, write, gone, closing, doing }: StreamSource,
  { heartbeatMs = 15_000, longestMs = 600_000 }: StreamPatience = {},
): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly ended: Promise<StreamEnd> }> {
  if (closing?.aborted) throw new CareletError('unavailable', doing, { because: 'the service is closing' });
  const enough = new AbortController();
  const leave = () => enough.abort();
  for (const signal of [gone, closing]) signal?.addEventListener('abort', leave);
  if (gone.aborted) leave();
  let events: AsyncIterator<unknown>;
  let coming: Promise<IteratorResult<unknown>> | null;
  try {
    events = (await ask(enough.signal))[Symbol.asyncIterator]();
    coming = events.next();
    await orAfter(heartbeatMs, coming);
  } catch (thrown) {
    leave();
    throw thrown;
  } finally {
    for (const signal of [gone, closing]) signal?.removeEventListener('abort', leave);
  }

  let settle: (end: StreamEnd) => void;
  const ended = new Promise<StreamEnd>((done) => {
    settle = done;
  });
  let bytesOut = 0;
  let over = false;
  let heart: ReturnType<typeof setInterval>;
  let last: ReturnType<typeof setTimeout>;
  let out: ReadableStreamDefaultController<Uint8Array>;

  const send = (message: Message) => {
    const bytes = writeMessage(message);
    bytesOut += bytes.length;
    out.enqueue(bytes);
  };
  /** Says the last word, unless there is nobody to hear it. */
  const end = (word: Message | null, kind: StreamEnd['kind'] = 'ok', cause?: unknown) => {
    if (over) return;
    over = true;
    clearInterval(heart);
    clearTimeout(last);
    for (const signal of [gone, closing]) signal?.removeEventListener('abort', finish);
    if (word) {
      send(word);
      out.close();
    }
    leave();
    // What the role says to that, nobody hears.
    void (async () => events.return?.())().catch(() => {});
    settle({ kind, bytesOut, ...(cause !== undefined && { cause }) });
  };
  const finish = () => end({ kind: 'end' });
  const breakOff = (thrown: unknown) => {
    const error = asCareletError(thrown, doing);
    end(encodeProblem(toProblem(error, doing)), error.kind, error.kind === 'internal' ? error.cause : undefined);
  };

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      out = controller;
      heart = setInterval(() => {
        // Whoever does not read what he has is not kept alive by more of it.
        if ((out.desiredSize ?? 0) > 0) send({ kind: 'heartbeat' });
      }, heartbeatMs);
      last = setTimeout(finish, longestMs);
      for (const signal of [gone, closing]) signal?.addEventListener('abort', finish);
      if (closing?.aborted || gone.aborted) finish();
    },
    async pull() {
      try {
        const next = await (coming ?? events.next());
        coming = null;
        if (over) return;
        if (next.done) finish();
        else send(write(next.value));
      } catch (thrown) {
        breakOff(thrown);
      }
    },
    cancel: () => end(null),
  });
  return { body, ended };
}

/** Waits for a promise, but not longer than this; throws what it throws. */
async function orAfter(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
