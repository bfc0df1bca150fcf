/**
 * A log that cannot say the wrong thing.
 *
 * There is no `log.info(anything)`. An event has a name and fields from the short list below, each a number, a
 * boolean or a *word*: letters, digits and a few signs, no spaces, at most 40 of them. A sentence, a body, a
 * query string or a key in hex does not fit through, so nobody has to remember to redact it. Errors are logged
 * by what they are and where they were thrown, never by what they say.
 *
 * @module
 */
import { basename } from 'node:path';
import { type Logger, pino } from 'pino';

/** Everything an event can tell. A new field is a decision, so it is made here. */
const fields = {
  address: 'word',
  asked: 'number',
  at: 'word',
  attempt: 'number',
  bytes: 'number',
  bytesIn: 'number',
  bytesOut: 'number',
  code: 'word',
  count: 'number',
  error: 'word',
  job: 'word',
  kind: 'word',
  method: 'word',
  migration: 'word',
  ms: 'number',
  ok: 'boolean',
  op: 'word',
  port: 'number',
  queue: 'word',
  request: 'word',
  rows: 'number',
  signal: 'word',
  state: 'word',
  status: 'number',
  version: 'word',
} as const;

type Scalars = { word: string; number: number; boolean: boolean };

export type Fields = { readonly [Name in keyof typeof fields]?: Scalars[(typeof fields)[Name]] | undefined };

/** Something lines can be written to. */
export type LogStream = { write(line: string): void };

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** A service's log. Only `event` writes to it. */
export type Log = { readonly name: string; readonly level: Level | 'silent' };

const pens = new WeakMap<Log, Logger>();

/**
 * A log for one service: JSON lines with `time`, `level`, `service` and the event.
 *
 * @param options.level nothing below it is written; `info` unless told
 * @param options.destination a stream, or where none is named the standard output
 * @example
 * ```ts
 * import { event, logger } from '@carelet/ground/log';
 * const log = logger('cloud');
 * event(log, 'posting.kept', { rows: 12, bytes: 48_000 });
 * ```
 */
export function logger(name: string, options: { readonly level?: Level | 'silent'; readonly destination?: LogStream } = {}): Log {
  const { level = 'info', destination } = options;
  const settings = {
    level,
    base: { service: name },
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log: Log = { name, level };
  pens.set(log, destination === undefined ? pino(settings) : pino(settings, destination));
  return log;
}

/**
 * Writes one event.
 *
 * @param name dotted words, as in `posting.kept`; another name is written as `?`
 * @param tells fields from the list; a value that does not fit its field is written as `?`, an unknown field not at all
 */
export function event(log: Log, name: string, tells: Fields = {}, level: Level = 'info'): void {
  const told: Record<string, string | number | boolean> = {};
  for (const [field, value] of Object.entries(tells)) {
    if (!Object.hasOwn(fields, field) || value === undefined) continue;
    told[field] = fits(fields[field as keyof typeof fields], value) ? value : '?';
  }
  pens.get(log)?.[level](told, /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/.test(name) && name.length <= 40 ? name : '?');
}

/** What may be told of something thrown: its class, its code, and the line of ours it came from. */
export function traceOf(thrown: unknown): Fields {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const { code } = thrown as { code?: unknown };
  return { error: thrown.name, ...(typeof code === 'string' && { code }), ...(thrown.stack !== undefined && { at: place(thrown.stack) }) };
}

function fits(kind: keyof Scalars, value: string | number | boolean): boolean {
  if (kind === 'word') return typeof value === 'string' && /^[\w.:/@[\]-]{1,40}$/.test(value);
  return kind === 'number' ? Number.isFinite(value) : typeof value === 'boolean';
}

/** `records.ts:120:7`: the first frame that is ours. A stack begins with the message, which may look like anything. */
function place(stack: string): string | undefined {
  const frames = stack.split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
  const frame = frames.find((line) => !/node:|node_modules/.test(line)) ?? frames[0];
  const spot = /([^\s()]+:\d+:\d+)\)?$/.exec(frame ?? '')?.[1];
  return spot === undefined ? undefined : basename(spot).slice(-40);
}
