/**
 * A service on a port.
 *
 * Nothing is opened outside loopback unless told. A client that sends its headers or its body too slowly, or
 * headers too large, is shed; a service that closes answers what it has begun and no longer than it was told, and
 * ends its streams.
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import { CareletError } from '@carelet/care/model';
import { getRequestListener, RequestError } from '@hono/node-server';
import { type AppOptions, app, refusal } from './app.ts';
import { authority, bind } from './bind.ts';
import { event, traceOf } from './log.ts';

export type ListenOptions = Omit<AppOptions, 'closing'> & {
  /** 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Where the port is taken, take the next free one of the hundred after it. */
  readonly nextFree?: boolean;
  /** How long a client may take, in milliseconds: for its headers, for its whole request, and to be silent. */
  readonly patience?: { readonly headersMs?: number; readonly requestMs?: number; readonly silentMs?: number };
};

/** A service that listens; `await using` closes it. */
export type Listening = AsyncDisposable & {
  /** `http://127.0.0.1:4100` */
  readonly url: string;
  readonly port: number;
  /** Answers what has begun for at most `graceMs` (5,000 unless told), then hangs up. */
  readonly close: (graceMs?: number) => Promise<void>;
};

/**
 * Opens a port for a service's handlers, health, metrics and OpenAPI document.
 *
 * @throws {CareletError} `conflict` when the port is taken, `denied` when it may not be opened, `invalid`
 *   when the host is not an address of this machine
 * @example
 * ```ts
 * import { listen } from '@carelet/ground/http';
 * import { logger } from '@carelet/ground/log';
 * import { metrics } from '@carelet/ground/metrics';
 * const log = logger('cloud', { level: 'silent' });
 * await using cloud = await listen({ name: 'cloud', handlers: [], port: 0, log, metrics: metrics('cloud') });
 * (await fetch(`${cloud.url}/readyz`)).status; // 200
 * ```
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { name, log, host = '127.0.0.1', port, nextFree = false, patience = {} } = options;
  const { headersMs = 10_000, requestMs = 60_000, silentMs = 120_000 } = patience;
  const closing = new AbortController();
  const ready = async () => (closing.signal.aborted ? ['it is closing'] : await (options.ready?.() ?? []));

  const answer = getRequestListener(app({ ...options, ready, closing: closing.signal }), {
    hostname: 'localhost',
    overrideGlobalObjects: false,
    errorHandler: (thrown) => {
      const malformed = thrown instanceof RequestError;
      event(log, 'http.malformed', traceOf(thrown), malformed ? 'info' : 'error');
      return refusal(malformed ? new CareletError('invalid', 'read request', { because: 'it is not well-formed' }) : thrown);
    },
  });
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: Math.min(5_000, headersMs, requestMs),
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  server.setTimeout(silentMs);

  const taken = await bind(server, { host, port, nextFree, name });
  const url = `http://${authority(host, taken)}`;
  event(log, 'listening', { address: url.slice('http://'.length), ...(taken !== port && port !== 0 && { asked: port }) });

  let closed: Promise<void> | undefined;
  const close = (graceMs = 5_000): Promise<void> => {
    closing.abort();
    closed ??= shut(server, graceMs).then(() => event(log, 'closed', {}));
    return closed;
  };
  return { url, port: taken, close, [Symbol.asyncDispose]: () => close() };
}

async function shut(server: Server, graceMs: number): Promise<void> {
  const hangUp = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection that is kept alive falls idle only after its last answer, so we look again.
  const letGo = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise<void>((done) => server.close(() => done()));
  clearTimeout(hangUp);
  clearInterval(letGo);
}
