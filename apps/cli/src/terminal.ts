/**
 * Writing for people: tables, progress, colours and a question with yes or no.
 *
 * Colours and lines that change in place are for terminals only; `NO_COLOR` switches the colours off. What
 * comes out of a record is somebody else's text: control characters and direction switches never reach the
 * terminal.
 *
 * @module
 */
import { UsageError } from './command.ts';
import type { Io, Sink } from './io.ts';

/** Whether a sink takes colours. */
const coloured = (sink: Sink, env: Io['env']): boolean => sink.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';

export type Paint = {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly warn: (text: string) => string;
};

/** Colours for a sink, or none. */
export function paint(sink: Sink, env: Io['env']): Paint {
  const style = (on: number, off: number) => (text: string) => (coloured(sink, env) ? `\u001B[${on}m${text}\u001B[${off}m` : text);
  return { dim: style(2, 22), bold: style(1, 22), warn: style(33, 39) };
}

/** One line of results. */
export const say = (io: Io, line = ''): void => void io.stdout.write(`${line}\n`);

/** One line beside the results, a little quieter. */
export const note = (io: Io, line: string): void => void io.stderr.write(`${paint(io.stderr, io.env).dim(line)}\n`);

/** A count and its word: `1 record`, `2 records`, `1,240 records`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** Text of a record, made safe and short enough to stand in a line. */
export function plainText(text: string, longest = 200): string {
  const safe = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/gu, '')
    .trim();
  const letters = [...safe];
  return letters.length <= longest ? safe : `${letters.slice(0, longest - 1).join('')}…`;
}

/** Columns a text takes in a terminal: marks none, ideographs two. */
export function width(text: string): number {
  let columns = 0;
  for (const letter of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(letter)) continue;
    columns += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u{1F300}-\u{1FAFF}]/u.test(letter) ? 2 : 1;
  }
  return columns;
}

/**
 * Rows in columns, the last one as wide as it is; a terminal's lines are cut to fit.
 *
 * @param head names of the columns; a column whose cells are all empty is left out
 */
export function table(io: Io, head: readonly string[], rows: readonly (readonly string[])[], indent = '  '): void {
  const used = head.flatMap((_, i) => (rows.some((row) => row[i] !== '') ? [i] : []));
  const widths = used.map((i) => Math.max(width(head[i]!), ...rows.map((row) => width(row[i]!))));
  const line = (cells: readonly string[]) =>
    indent + used.map((i, n) => (n === used.length - 1 ? cells[i]! : cells[i]! + ' '.repeat(widths[n]! - width(cells[i]!)))).join('  ');
  const longest = io.stdout.isTTY ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  const { dim } = paint(io.stdout, io.env);
  say(io, dim(cut(line(head.map((name) => name.toUpperCase())), longest)));
  for (const row of rows) say(io, cut(line(row), longest));
}

function cut(text: string, longest: number): string {
  if (width(text) <= longest) return text.trimEnd();
  let short = '';
  let columns = 0;
  for (const letter of text) {
    columns += width(letter);
    if (columns > longest - 1) break;
    short += letter;
  }
  return `${short}…`;
}

/** How far something is: one line that changes on a terminal, a line now and then elsewhere. */
export type Progress = AsyncDisposable & {
  /** What is done before anything can be counted; on a terminal only. */
  first(words: string): void;
  /** @param of left out while nobody knows */
  at(done: number, of?: number): void;
};

/** Without a terminal, one line in so many milliseconds. */
const nowAndThen = 5_000;

/**
 * @param words what was done, after the numbers: `142 of 860 records locked`
 */
export function progress(io: Io, words: string): Progress {
  const terminal = io.stderr.isTTY === true;
  let said = io.clock();
  let shown = '';
  const show = (line: string) => {
    if (line === shown) return;
    shown = line;
    io.stderr.write(`\r${line}\u001B[K`);
  };
  return {
    first(before) {
      if (terminal) show(before);
    },
    at(done, of) {
      const line =
        of === undefined ? `${done.toLocaleString('en')} ${words}` : `${done.toLocaleString('en')} of ${of.toLocaleString('en')} ${words}`;
      if (terminal) return show(of === undefined ? line : `${bar(done, of)} ${line}`);
      if (io.clock() - said < nowAndThen) return;
      said = io.clock();
      io.stderr.write(`${line}\n`);
    },
    async [Symbol.asyncDispose]() {
      if (shown !== '') io.stderr.write('\r\u001B[K');
    },
  };
}

function bar(done: number, of: number): string {
  const full = of === 0 ? 20 : Math.min(20, Math.floor((20 * done) / of));
  return '━'.repeat(full) + '╌'.repeat(20 - full);
}

/**
 * Yes or no, said by somebody; no is the usual answer.
 *
 * @throws {UsageError} where nobody can be asked
 */
export async function agreed(io: Io, question: string): Promise<boolean> {
  if (!io.ask) throw new UsageError('Nobody sits at a terminal to say yes; add --yes to do it unasked.');
  return /^y(es)?$/i.test((await io.ask(`${question} [y/N] `)).trim());
}
