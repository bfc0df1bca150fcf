/**
 * A stream of events as bytes: server-sent events, of which we speak four words.
 *
 * `data:` is an event (JSON as it is, CBOR as base64url), `event: problem` a refusal that came too late to be a
 * status, `event: end` the end. A lone `:` is a heartbeat: it says nothing, so that everybody on the way hears that
 * somebody is there. The end is said and not only done, because a line that was cut looks like an end too.
 *
 * Browsers' own `EventSource` is of no use to us: it cannot sign a request. Reading is as strict as everywhere on
 * the wire; another word than these four is no stream of ours.
 *
 * @module
 */
import { type BodyKind, decodeBody, encodeBody, fromBase64url, toBase64url } from './codec.ts';
import type { Problem } from './problem.ts';

export const eventStreamType = 'text/event-stream';

/** One message of a stream. The `data` of an event is text without line breaks, see `decodeEvent`. */
export type Message =
  | { readonly kind: 'event'; readonly data: string }
  | { readonly kind: 'problem'; readonly data: string }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'end' };

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An event of an operation as a message. Throws what `encodeBody` throws. */
export function encodeEvent(kind: BodyKind, value: unknown): Message {
  const body = encodeBody(kind, value);
  return { kind: 'event', data: kind === 'json' ? text.decode(body) : toBase64url(body) };
}

/** A refusal as a message. */
export const encodeProblem = (problem: Problem): Message => ({ kind: 'problem', data: JSON.stringify(problem) });

/** The value of an event's data. Throws when it is malformed; the message never quotes it. */
export function decodeEvent(kind: BodyKind, data: string): unknown {
  return decodeBody(kind, kind === 'json' ? utf8.encode(data) : fromBase64url(data));
}

/**
 * The bytes of a message.
 *
 * @example
 * ```ts
 * import { encodeEvent, writeMessage } from '@carelet/care/wire';
 * new TextDecoder().decode(writeMessage(encodeEvent('json', { bpm: 72 }))); // 'data: {"bpm":72}\n\n'
 * ```
 */
export function writeMessage(message: Message): Uint8Array<ArrayBuffer> {
  switch (message.kind) {
    case 'event':
      return utf8.encode(`data: ${message.data}\n\n`);
    case 'problem':
      return utf8.encode(`event: problem\ndata: ${message.data}\n\n`);
    case 'heartbeat':
      return utf8.encode(':\n\n');
    case 'end':
      return utf8.encode('event: end\ndata:\n\n');
  }
}

/**
 * Takes bytes as they come and gives the messages that they complete.
 *
 * @param limit the largest message in bytes
 * @throws {TypeError} on anything `writeMessage` would not have written, or larger
 */
export function messageReader(limit: number): (chunk: Uint8Array) => Message[] {
  let open = new Uint8Array(1024);
  let length = 0;
  let lastWasBreak = false;
  const keep = (piece: Uint8Array) => {
    const longer = length + piece.length;
    if (longer > limit + breaks) throw new TypeError('a message of the stream is too large');
    if (longer > open.length) {
      const larger = new Uint8Array(Math.max(longer, 2 * open.length));
      larger.set(open.subarray(0, length));
      open = larger;
    }
    open.set(piece, length);
    length = longer;
  };
  return (chunk) => {
    const messages: Message[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const ends = lastWasBreak && chunk[at] === 0x0a;
      // A break that ends a message begins no second one.
      lastWasBreak = !ends && chunk[at] === 0x0a;
      if (!ends) continue;
      keep(chunk.subarray(from, at + 1));
      messages.push(parse(text.decode(open.subarray(0, length))));
      from = at + 1;
      length = 0;
    }
    keep(chunk.subarray(from));
    return messages;
  };
}

/** The two line breaks after a message. */
const breaks = 2;

function parse(message: string): Message {
  if (message === ':\n\n') return { kind: 'heartbeat' };
  if (message === 'event: end\ndata:\n\n') return { kind: 'end' };
  const [, event, data] = /^(event: problem\n)?data: ([^\n]*)\n\n$/.exec(message) ?? [];
  if (data === undefined) throw new TypeError('a message of the stream is malformed');
  return { kind: event === undefined ? 'event' : 'problem', data };
}
