/**
 * The client's half of a stream: the body of a response as events.
 *
 * [Note: Silence is a broken line]
 * A line may die without a word. The server sends a heartbeat every 15 seconds, so a stream that is silent for 40 is
 * given up as `unavailable`, like one that ends without having said so. Nothing is repeated here: where to go on is
 * known only to whoever reads the events.
 *
 * @module
 */
import { CareletError } from '../model/error.ts';
import { decodeBody } from './codec.ts';
import { type Message, messageReader } from './events.ts';
import { fromProblem, problemShape } from './problem.ts';

export type StreamReading = {
  /** The value of an event's data; throws when it has not the agreed shape. */
  readonly read: (data: string) => unknown;
  /** The largest message in bytes. */
  readonly limit: number;
  /** How long the stream may be silent, in milliseconds. */
  readonly silentMs: number;
  /** Ends the reading, without an error. */
  readonly signal: AbortSignal;
  /** Who answers, and what is being done, for errors. */
  readonly place: string;
  readonly doing: string;
};

/**
 * The events of a stream until it ends.
 *
 * @throws {CareletError} `unavailable` when the line breaks or falls silent, `invalid` on anything malformed or too
 *   large, and whatever the server refuses late
 */
export async function* readEvents(body: ReadableStream<Uint8Array>, reading: StreamReading): AsyncGenerator<unknown> {
  const { read, limit, silentMs, signal, place, doing } = reading;
  const source = body.getReader();
  const parse = messageReader(limit);
  const broken = (because: string, cause?: unknown) => new CareletError('unavailable', doing, { because: `${place} ${because}`, cause });
  const strange = (cause: unknown) => new CareletError('invalid', doing, { because: `${place} answered in a shape we do not know`, cause });
  const orStrange = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw strange(cause);
    }
  };
  // A cancelled stream ends the read that waits for it.
  const letGo = () => void source.cancel().catch(() => {});
  signal.addEventListener('abort', letGo);
  try {
    while (!signal.aborted) {
      let silent = false;
      const timer = setTimeout(() => {
        silent = true;
        letGo();
      }, silentMs);
      const chunk = await source
        .read()
        .catch((cause: unknown) => {
          throw broken('broke off', cause);
        })
        .finally(() => clearTimeout(timer));
      if (signal.aborted) return;
      if (silent) throw broken(`said nothing for ${silentMs} ms`);
      if (chunk.done) throw broken('broke off');
      for (const message of orStrange(() => parse(chunk.value))) {
        if (message.kind === 'end') return;
        if (message.kind === 'problem') throw orStrange(() => refusalIn(message));
        if (message.kind === 'event') yield orStrange(() => read(message.data));
        if (signal.aborted) return;
      }
    }
  } finally {
    signal.removeEventListener('abort', letGo);
    letGo();
  }
}

function refusalIn({ data }: Message & { kind: 'problem' }): CareletError {
  return fromProblem(problemShape.parse(decodeBody('json', new TextEncoder().encode(data))));
}
