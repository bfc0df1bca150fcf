/**
 * Transcripts: what somebody types and what comes back, as text one can read aloud.
 *
 * ```
 * # A sentence that names the test
 * $ carelet people                     what is typed; NAME=value before it sets the environment
 * < lantern steps                      what is answered when the command asks
 * northgate  organisation              a line on the standard output
 * ! Unlocked northgate …               a line on the standard error
 * ? 1                                  the exit code, unless it is 0
 * = PAT pseudonym ([0-9a-f]+)          keeps what the pattern finds in the output; {PAT} puts it in later
 * -- ada.json --                       a file in the folder the commands run in
 * ```
 *
 * What differs from run to run (numbers of cards, fingerprints, ports, folders) is written `<card>` and so on.
 * `CARELET_TRANSCRIPTS=write` writes down what came instead of comparing: read the difference before you keep it.
 *
 * @module
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equalJson, isObject, type Json, own, parseJson } from '@carelet/care/model';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { main } from './carelet.ts';
import type { Io } from './io.ts';

export type World = {
  /** Where commands run. */
  readonly cwd: string;
  readonly clock: () => number;
  /** What `{NAME}` stands for. */
  readonly kept: Map<string, string>;
};

export type Transcript = {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly files: readonly { name: string; text: string }[];
  readonly source: string;
};
type Step = {
  readonly remarks: readonly string[];
  readonly typed: string;
  readonly answers: readonly string[];
  readonly keeps: readonly string[];
  readonly expected: readonly string[];
};

/** Reads a transcript. */
export function parseTranscript(source: string): Transcript {
  const [text = '', ...rest] = source.split(/^-- (.+) --\n/m);
  const files = rest.flatMap((name, i) => (i % 2 === 0 ? [{ name, text: rest[i + 1] ?? '' }] : []));
  const steps: { remarks: string[]; typed: string; answers: string[]; keeps: string[]; expected: string[] }[] = [];
  let remarks: string[] = [];
  for (const line of text.split('\n')) {
    const step = steps.at(-1);
    if (line.startsWith('$ ')) {
      steps.push({ remarks, typed: line.slice(2), answers: [], keeps: [], expected: [] });
      remarks = [];
    } else if (line.startsWith('#') || (line === '' && remarks.length > 0)) remarks.push(line);
    else if (step && line.startsWith('< ')) step.answers.push(line.slice(2));
    else if (step && line.startsWith('= ')) step.keeps.push(line.slice(2));
    else step?.expected.push(line);
  }
  for (const step of steps) while (step.expected.at(-1) === '') step.expected.pop();
  return { title: /^# (.*)$/m.exec(text)?.[1] ?? 'a transcript without a title', steps, files, source };
}

/** Runs a transcript; gives what it says and what came, as text to compare. */
export async function runTranscript(transcript: Transcript, world: World): Promise<{ expected: string; actual: string }> {
  for (const { name, text } of transcript.files) {
    const path = join(world.cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const actual: string[] = [];
  for (const step of transcript.steps) {
    const { lines, raw } = await type(step, world);
    for (const keep of step.keeps) keepIn(world, keep, raw);
    actual.push(printed(step, lines));
  }
  const expected = transcript.steps.map((step) => printed(step, step.expected));
  return { expected: expected.join('\n'), actual: actual.join('\n') };
}

/** Writes what came into the transcript's file. */
export function rewrite(path: string, { files }: Transcript, actual: string): void {
  writeFileSync(path, `${actual}${files.map(({ name, text }) => `\n-- ${name} --\n${text.replace(/\n*$/, '\n')}`).join('')}`);
}

function printed({ remarks, typed, answers, keeps }: Step, lines: readonly string[]): string {
  const around = remarks.join('\n');
  const block = [`$ ${typed}`, ...answers.map((answer) => `< ${answer}`), ...lines, ...keeps.map((keep) => `= ${keep}`)];
  return `${around === '' ? '' : `${around.trimEnd()}\n`}${block.join('\n')}\n`;
}

async function type({ typed, answers }: Step, world: World): Promise<{ lines: string[]; raw: string }> {
  const words = wordsOf(typed.replace(/\{(\w+)\}/g, (_, name: string) => world.kept.get(name) ?? `{${name}}`));
  const env: Record<string, string> = {};
  while (/^[A-Z_]+=/.test(words[0] ?? '')) {
    const [name, ...value] = words.shift()!.split('=');
    env[name!] = value.join('=');
  }
  const program = words.shift();
  if (program === 'same') return { lines: [same(world.cwd, words[0]!, words[1]!)], raw: '' };
  if (program !== 'carelet') throw new Error(`a transcript runs carelet, not ${program}`);

  const { code, pieces } = await run(words, { ...world, env, answers });
  const raw = pieces.map(({ text }) => text).join('');
  const lines = pieces.flatMap(({ to, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => (to + line).trimEnd()),
  );
  if (code !== 0) lines.push(`? ${code}`);
  return { lines: lines.map((line) => alike(line, world)), raw };
}

type Piece = { readonly to: '' | '! '; readonly text: string };

/** Runs one command line in this process, and gathers what it writes. */
export async function run(
  words: readonly string[],
  {
    cwd,
    clock,
    env = {},
    answers = [],
    signal = new AbortController().signal,
    heard = () => {},
  }: Pick<World, 'cwd' | 'clock'> & {
    readonly env?: Io['env'];
    readonly answers?: readonly string[];
    readonly signal?: AbortSignal;
    /** Told of each piece as it is written. */
    readonly heard?: (text: string) => void;
  },
): Promise<{ code: number; pieces: readonly Piece[]; text: string }> {
  const pieces: Piece[] = [];
  const sink = (to: Piece['to']) => ({
    write(text: string) {
      pieces.push({ to, text });
      heard(text);
    },
  });
  const left = [...answers];
  const ask: Io['ask'] = async (question) => {
    pieces.push({ to: '! ', text: `${question}\n` });
    const answer = left.shift();
    if (answer === undefined) throw new Error('there is no further answer');
    return answer;
  };
  const io: Io = { cwd, env, stdout: sink(''), stderr: sink('! '), ask: answers.length === 0 ? null : ask, clock, signal };
  const code = await main(words, io);
  return { code, pieces, text: pieces.map(({ text }) => text).join('') };
}

/** Words as a shell divides them; quotes keep blanks. */
const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/(?:"[^"]*"|[^\s"]+)+/g), ([word]) => word.replace(/"([^"]*)"/g, '$1'));

function keepIn(world: World, keep: string, raw: string): void {
  const [name, ...pattern] = keep.split(' ');
  const found = new RegExp(pattern.join(' ')).exec(raw);
  if (!found) throw new Error(`nothing in the output fits = ${keep}`);
  world.kept.set(name!, found[1] ?? found[0]);
}

/** Takes out what differs from run to run. */
function alike(line: string, { cwd }: World): string {
  return line
    .replaceAll(cwd, '<folder>')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, '<address>')
    .replace(/\b(?:[0-9a-f]{4}-){7}[0-9a-f]{4}\b/g, '<code>')
    .replace(/\b(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}\b/g, '<carer code>')
    .replace(/\b(?:[0-9A-Z]{5}-){8,}[0-9A-Z]{1,5}\b/g, '<pairing>')
    .replace(/\b(?:[a-z]{3,8} ){7}[a-z]{3,8}\b/g, (text) =>
      text.split(' ').every((word) => wordlist.includes(word)) ? '<fingerprint>' : text,
    )
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replace(/\b[0-9a-f]{32}\b/g, '<number>')
    .replace(/(?<![\w-])(?=[a-f]*\d)[0-9a-f]{8}(?![\w-])/g, '<record>');
}

/** Whether the resources of two bundles are the same, whatever their order. */
function same(cwd: string, one: string, other: string): string {
  const resources = (file: string): Json[] => {
    const bundle = parseJson(readFileSync(join(cwd, file), 'utf8'));
    const entry = isObject(bundle) ? own(bundle, 'entry') : undefined;
    return Array.isArray(entry) ? entry.filter(isObject).map((item: Json) => (isObject(item) ? own(item, 'resource')! : item)) : [];
  };
  const [a, b] = [resources(one), resources(other)];
  const lost = a.filter((resource) => !b.some((candidate) => equalJson(resource, candidate)));
  return `${a.length} and ${b.length} resources, ${lost.length === 0 && a.length === b.length ? 'all equal' : `${lost.length} differ`}`;
}
