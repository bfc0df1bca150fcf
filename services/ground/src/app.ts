/**
 * A service's doors as one fetch handler: the roles it serves, and what operators ask of any service.
 *
 * `/healthz` says that the loop turns, `/readyz` whether it is any use and if not why, in plain words,
 * `/openapi.json` what can be asked, `/metrics` what was. Everything else is a page, or missing.
 *
 * [Note: What a request leaves behind]
 * One line: operation, status, kind, milliseconds, sizes, and a random id that the caller is told too. Not the
 * path, which may be anybody's invention; not the caller, because who asks when is health data. Of a stream the line
 * is written when it has ended.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { CareletError } from '@carelet/care/model';
import {
  encodeBody,
  type Handler,
  httpPath,
  openapi,
  outcomeOf,
  problemType,
  type StreamEnd,
  statusOf,
  toProblem,
} from '@carelet/care/wire';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { event, type Fields, type Log, traceOf } from './log.ts';
import type { Metrics } from './metrics.ts';

export type AppOptions = {
  /** The service's name, as in `cloud`. */
  readonly name: string;
  /** What `serve` made, one per contract. */
  readonly handlers: readonly Handler[];
  readonly log: Log;
  readonly metrics: Metrics;
  /** What stands in the way of being useful, in plain words; nothing when ready. */
  readonly ready?: () => Promise<readonly string[]> | readonly string[];
  /** The portal's origins, exactly: `https://portal.example`. No other page may ask from a browser. */
  readonly cors?: readonly string[];
  /** What is neither operation nor health: the town's page, the portal. Gives `null` for what it does not know. */
  readonly pages?: (request: Request) => Promise<Response | null> | Response | null;
  /** The version in the OpenAPI document. */
  readonly version?: string;
  /** Aborts when the service closes, so that its streams end. */
  readonly closing?: AbortSignal;
};

/** What a route knows of itself, for the log. */
type Told = { op: string; kind?: string; bytesIn?: number; bytesOut?: number; cause?: unknown; ended?: Promise<StreamEnd> };
type Env = { Variables: { told: Told } };

/** How long `/readyz` waits for an answer about readiness. */
const patienceMs = 2_000;

const security = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * The handler behind `listen`; a test can ask it without a port.
 *
 * @example
 * ```ts
 * import { app } from '@carelet/ground/app';
 * import { logger } from '@carelet/ground/log';
 * import { metrics } from '@carelet/ground/metrics';
 * const cloud = app({ name: 'cloud', handlers: [], log: logger('cloud', { level: 'silent' }), metrics: metrics('cloud') });
 * (await cloud(new Request('http://cloud/healthz'))).status; // 200
 * ```
 */
export function app(options: AppOptions): (request: Request) => Promise<Response> {
  const { name, handlers, log, metrics, ready = () => [], pages = () => null, version = '0', closing } = options;
  const hono = new Hono<Env>();

  hono.use(async (c, next) => {
    const started = performance.now();
    const request = randomBytes(8).toString('hex');
    c.set('told', { op: 'page' });
    await next();
    for (const [header, value] of Object.entries(security)) if (!c.res.headers.has(header)) c.res.headers.set(header, value);
    c.res.headers.set('request-id', request);
    const { status } = c.res;
    const tell = ({ op, kind, bytesIn, bytesOut, cause }: Told) => {
      const ms = performance.now() - started;
      metrics.http(op, status, ms / 1000);
      const fields: Fields = { op, status, kind, ms: Math.round(ms * 10) / 10, bytesIn, bytesOut, request };
      event(log, 'http', { ...fields, ...(cause !== undefined && traceOf(cause)) }, levelOf(op, kind, status));
    };
    const { ended, ...told } = c.get('told');
    if (ended) void ended.then((end) => tell({ ...told, ...end }));
    else tell(told);
  });

  hono.use(
    '/v1/*',
    cors({
      origin: [...(options.cors ?? [])],
      allowMethods: ['POST'],
      allowHeaders: ['authorization', 'content-type'],
      exposeHeaders: ['date', 'request-id'],
      maxAge: 600,
    }),
  );

  for (const handler of handlers) {
    for (const op of Object.keys(handler.contract.operations)) {
      hono.all(`/${httpPath(op)}`, async (c) => {
        const response = await handler(c.req.raw, closing && { closing });
        const outcome = outcomeOf(response);
        if (outcome !== undefined) c.set('told', { ...outcome, op: outcome.op ?? 'none' });
        return response;
      });
    }
  }

  hono.get('/healthz', (c) => {
    c.set('told', { op: 'health' });
    return c.json({ service: name, ok: true });
  });

  hono.get('/readyz', async (c) => {
    c.set('told', { op: 'health' });
    const because = await obstacles(ready);
    return c.json({ service: name, ready: because.length === 0, because }, because.length === 0 ? 200 : 503);
  });

  const contracts = handlers.map(({ contract }) => contract);
  hono.get('/openapi.json', (c) => {
    c.set('told', { op: 'openapi' });
    return c.body(JSON.stringify(openapi(contracts, { title: `Carelet ${name}`, version })), 200, { 'content-type': 'application/json' });
  });

  hono.get('/metrics', async (c) => {
    c.set('told', { op: 'metrics' });
    return c.body(await metrics.text(), 200, { 'content-type': metrics.contentType });
  });

  hono.all('*', async (c) => {
    const isOperation = c.req.path === '/v1' || c.req.path.startsWith('/v1/');
    const page = isOperation ? null : await pages(c.req.raw);
    if (page !== null) return page;
    c.set('told', { op: 'none', kind: 'missing' });
    return refusal(
      new CareletError('missing', isOperation ? 'find operation' : 'find page', { because: 'there is nothing at this address' }),
    );
  });

  hono.onError((thrown, c) => {
    c.set('told', { op: c.get('told')?.op ?? 'none', kind: 'internal', cause: thrown });
    return refusal(thrown);
  });

  return async (request) => hono.fetch(request);
}

/** A thrown value as a response, for what never reached a role. */
export function refusal(thrown: unknown): Response {
  const problem = toProblem(thrown, 'answer request');
  const headers = { 'content-type': problemType, 'cache-control': 'no-store', date: new Date().toUTCString() };
  return new Response(encodeBody('json', problem), { status: statusOf[problem.kind], headers });
}

async function obstacles(ready: NonNullable<AppOptions['ready']>): Promise<readonly string[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<readonly string[]>((done) => {
    timer = setTimeout(() => done(['it takes too long to find out']), patienceMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(ready), late]);
  } catch {
    return ['it cannot be found out'];
  } finally {
    clearTimeout(timer);
  }
}

function levelOf(op: string, kind: string | undefined, status: number): 'debug' | 'info' | 'error' {
  if (status === 500 || kind === 'internal') return 'error';
  return op === 'health' || op === 'metrics' ? 'debug' : 'info';
}
