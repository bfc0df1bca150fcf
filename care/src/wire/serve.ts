/**
 * A role behind a fetch handler: `Request` in, `Response` out, and no port needed to try it.
 *
 * The order is the point. A request is refused as early and as cheaply as it can be: path, method, media type,
 * announced size; then the body is read up to its limit; a `known` caller is identified over the raw bytes
 * *before* anything parses them; then it is decoded strictly, checked against the contract, and answered.
 * The answer is checked too: a field that the contract does not name never leaves.
 *
 * @module
 */
import type * as z from 'zod';
import { asCareletError, CareletError, type ErrorKind } from '../model/error.ts';
import { type BodyKind, decodeBody, encodeBody, mediaTypes, readStream } from './codec.ts';
import { type Contract, httpPath, methodPath, type Operation, type RoleOf } from './contract/kit.ts';
import { encodeEvent, eventStreamType } from './events.ts';
import { explain } from './explain.ts';
import { problemType, statusOf, toProblem } from './problem.ts';
import { openStream, type StreamEnd, type StreamPatience } from './serve-stream.ts';

/** The largest request body in bytes where neither contract nor server say otherwise. What anyone may send is parsed for anyone, so it is less. */
export const defaultLimits = { known: 8 * 1024 * 1024, anyone: 1024 * 1024 } as const;

/** What `identify` judges: the operation's name, the raw body and the `authorization` header. */
export type Asked = { readonly op: string; readonly body: Uint8Array; readonly authorization: string };

export type ServeOptions<C extends Contract, Who> = {
  /** The role as this caller meets it; `null` for the operations of `anyone`. */
  readonly role: (caller: Who | null) => RoleOf<C> | Promise<RoleOf<C>>;
  /** Who signed a request; throws a `CareletError` `denied`, or gives `null`, when nobody we know did. */
  readonly identify: (asked: Asked) => Promise<Who | null>;
  /** The largest request body in bytes, for operations without a limit of their own; `defaultLimits` unless told. */
  readonly limit?: number;
  /** Milliseconds since 1970, for the `date` header. */
  readonly clock?: () => number;
  /** How patiently streams send their events. */
  readonly streams?: StreamPatience;
};

/** What a handler may be told beside the request: the signal that aborts when the service closes, to end its streams. */
export type HandlerOptions = { readonly closing?: AbortSignal };

/** A fetch handler that knows its contract. It never throws. */
export type Handler<C extends Contract = Contract> = ((request: Request, options?: HandlerOptions) => Promise<Response>) & {
  readonly contract: C;
};

/**
 * What came of a request, for whoever keeps the log; never sent. `op` is `null` where no operation was met.
 * `cause` is what an `internal` problem hides. A stream has only begun: what came of it is told when it `ended`.
 */
export type Outcome = {
  readonly op: string | null;
  readonly kind: ErrorKind | 'ok';
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly cause?: unknown;
  readonly ended?: Promise<StreamEnd>;
};

const outcomes = new WeakMap<Response, Outcome>();

/** The outcome behind a response that a handler of `serve` gave. */
export const outcomeOf = (response: Response): Outcome | undefined => outcomes.get(response);

/**
 * A fetch handler that answers `POST /v1/…` for every operation of a contract.
 *
 * @example
 * ```ts
 * import * as z from 'zod';
 * import { connect, defineContract, nothing, serve } from '@carelet/care/wire';
 * const pulse = defineContract('pulse', {
 *   'pulse.read': { summary: 'The pulse now.', caller: 'anyone', body: 'json', input: nothing, output: z.strictObject({ bpm: z.int() }) },
 * });
 * const handler = serve(pulse, { role: () => ({ pulse: { read: async () => ({ bpm: 72 }) } }), identify: async () => null });
 * await connect(pulse, { fetch: handler }).pulse.read(); // { bpm: 72 }
 * ```
 */
export function serve<C extends Contract, Who>(contract: C, options: ServeOptions<C, Who>): Handler<C> {
  const { role, identify, clock = Date.now } = options;
  const routes = new Map(Object.entries(contract.operations).map(([op, operation]) => [`/${httpPath(op)}`, { op, operation }]));

  async function answer(request: Request, { closing }: HandlerOptions = {}): Promise<Response> {
    const route = routes.get(new URL(request.url).pathname);
    if (route === undefined) {
      return refuse(null, 0, new CareletError('missing', 'find operation', { because: 'there is no such operation here' }));
    }
    const { op, operation } = route;
    const doing = `answer ${op}`;
    const limit = operation.limit ?? options.limit ?? defaultLimits[operation.caller];
    let bytesIn = 0;
    try {
      const early = mayRead(request, operation, limit);
      if (early !== null) return refuse(op, 0, new CareletError(early.kind, doing, early), early.status);
      const body = await readBody(request, limit, doing);
      if (body === null) return refuse(op, 0, new CareletError('invalid', doing, { because: tooLarge }), 413);
      bytesIn = body.length;
      let caller: Who | null = null;
      if (operation.caller === 'known') {
        caller = await identify({ op, body, authorization: request.headers.get('authorization') ?? '' });
        if (caller === null) throw new CareletError('denied', doing, { because: 'nobody we know signed the request' });
      }
      const input = accept(operation, body, doing);
      if (operation.stream === true) return await answerStream(await role(caller), op, operation, input, bytesIn, request, closing);
      const output = await call(await role(caller), op, input);
      const bytesOut = encodeBody(operation.body, checked(operation, output));
      return respond(200, mediaTypes[operation.body], bytesOut, { op, kind: 'ok', bytesIn, bytesOut: bytesOut.length });
    } catch (thrown) {
      return refuse(op, bytesIn, asCareletError(thrown, doing));
    }
  }

  async function answerStream(
    of: RoleOf<C>,
    op: string,
    operation: Operation,
    input: unknown,
    bytesIn: number,
    request: Request,
    closing: AbortSignal | undefined,
  ): Promise<Response> {
    const source = {
      ask: async (signal: AbortSignal) => (await call(of, op, input, { signal })) as AsyncIterable<unknown>,
      write: (event: unknown) => encodeEvent(operation.body, checked(operation, event)),
      gone: request.signal,
      closing,
      doing: `answer ${op}`,
    };
    const { body, ended } = await openStream(source, options.streams);
    const response = respond(200, eventStreamType, body, { op, kind: 'ok', bytesIn, bytesOut: 0, ended });
    // Some proxies would keep the events until the stream has ended.
    response.headers.set('x-accel-buffering', 'no');
    return response;
  }

  function refuse(op: string | null, bytesIn: number, error: CareletError, status = statusOf[error.kind]): Response {
    const body = encodeBody('json', toProblem(error, error.op));
    const hidden = error.kind === 'internal' ? { cause: error.cause } : {};
    return respond(status, problemType, body, { op, kind: error.kind, bytesIn, bytesOut: body.length, ...hidden });
  }

  function respond(status: number, type: string, body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, outcome: Outcome): Response {
    const headers = new Headers({
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      date: new Date(clock()).toUTCString(),
      ...(status === 405 && { allow: 'POST' }),
    });
    const response = new Response(body, { status, headers });
    outcomes.set(response, outcome);
    return response;
  }

  return Object.assign(answer, { contract });
}

const tooLarge = 'the body is too large';

type Early = { readonly kind: ErrorKind; readonly because: string; readonly status: number };

/** What can be said before a byte of the body is read; `null` when nothing speaks against it. */
function mayRead(request: Request, operation: Operation, limit: number): Early | null {
  if (request.method !== 'POST') return { kind: 'invalid', because: 'operations are asked for with POST', status: 405 };
  if (operation.caller === 'known' && !request.headers.has('authorization')) {
    return { kind: 'denied', because: 'this needs a signed request', status: statusOf.denied };
  }
  if (mediaOf(request.headers) !== mediaTypes[operation.body]) {
    return { kind: 'invalid', because: `the body has to be ${mediaTypes[operation.body]}`, status: 415 };
  }
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') {
    return { kind: 'invalid', because: 'the body has to come uncompressed', status: 415 };
  }
  if (Number(request.headers.get('content-length') ?? 0) > limit) return { kind: 'invalid', because: tooLarge, status: 413 };
  return null;
}

function mediaOf(headers: Headers): BodyKind | string {
  const [media = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  return parameters.every((parameter) => parameter.trim() === 'charset=utf-8') ? media.trim() : '';
}

async function readBody(request: Request, limit: number, doing: string): Promise<Uint8Array | null> {
  try {
    return await readStream(request.body as ReadableStream<Uint8Array> | null, limit);
  } catch (cause) {
    throw new CareletError('invalid', doing, { because: 'the body broke off', cause });
  }
}

function accept(operation: Operation, body: Uint8Array, doing: string): unknown {
  let value: unknown;
  try {
    value = decodeBody(operation.body, body);
  } catch (cause) {
    throw new CareletError('invalid', doing, { because: (cause as TypeError).message, cause });
  }
  const parsed = operation.input.safeParse(value);
  if (!parsed.success) throw new CareletError('invalid', doing, { because: explain(operation.input, value, parsed.error.issues) });
  return parsed.data;
}

/** What the role answered, if it is what the contract promises; a mistake of ours otherwise. */
function checked(operation: Operation, output: unknown): unknown {
  const value = output === undefined ? {} : output;
  const parsed: z.ZodSafeParseResult<unknown> = operation.output.safeParse(value);
  if (!parsed.success) throw new TypeError(`our answer breaks the contract at ${explain(operation.output, value, parsed.error.issues)}`);
  return parsed.data;
}

async function call(role: unknown, op: string, ...args: unknown[]): Promise<unknown> {
  let self: unknown;
  let method = role;
  for (const step of methodPath(op)) {
    self = method;
    method = (self as Record<string, unknown>)[step];
  }
  if (typeof method !== 'function') throw new TypeError(`the role has no ${op}`);
  return await method.apply(self, args);
}
