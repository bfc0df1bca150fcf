/**
 * The command line: finds the verb, runs it, and turns what went wrong into one plain sentence.
 *
 * @module
 */
import { asCareletError, CareletError } from '@carelet/care/model';
import { type Command, UsageError } from './command.ts';
import { commands } from './commands/index.ts';
import { helpForAll, helpForNoun, helpForOne } from './help.ts';
import type { Io } from './io.ts';
import { suggestion } from './suggest.ts';

/** Done; refused or failed, and said why; asked in a way we do not understand. */
const [done, failed, misunderstood] = [0, 1, 2];
const interrupted = 130;

/**
 * Runs one command line.
 *
 * @param argv the words after `carelet`
 * @returns the exit code; nothing is thrown
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (thrown) {
    return tell(thrown, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const asked = argv.includes('--help') || argv.includes('-h');
  const words = argv.filter((word) => word !== '--help' && word !== '-h');
  if (words[0] === '--version' || words[0] === 'version') {
    const { productVersion } = await import('@carelet/ground/service');
    io.stdout.write(`carelet ${await productVersion()}\n`);
    return done;
  }
  if (words.length === 0) return show(io, helpForAll(commands));
  if (words[0] === 'help') return help(words.slice(1), io);
  const command = find(words);
  if (asked) return command ? show(io, helpForOne(command)) : help(words, io);
  if (command) return runCommand(command, argv.slice(command.name.split(' ').length), io);
  throw unknown(words);
}

async function runCommand(command: Command, argv: readonly string[], io: Io): Promise<number> {
  try {
    return await command.run(argv, io);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    throw new UsageError(`${thrown.message} More: carelet help ${command.name}.`);
  }
}

function help(words: readonly string[], io: Io): number {
  if (words.length === 0) return show(io, helpForAll(commands));
  const command = find(words);
  if (command) return show(io, helpForOne(command));
  const nouns = under(words[0]!);
  if (words.length === 1 && nouns.length > 0) return show(io, helpForNoun(words[0]!, nouns));
  throw unknown(words);
}

function show(io: Io, text: string): number {
  io.stdout.write(text);
  return done;
}

/** The verb these words begin with; the longest name wins. */
const find = (words: readonly string[]): Command | undefined =>
  commands.find(({ name }) => name.split(' ').every((word, i) => word === words[i]));

/** The verbs of a noun, as `list`, `open` and `export` of `records`. */
const under = (noun: string): readonly Command[] => commands.filter(({ name }) => name.startsWith(`${noun} `));

function unknown([first, second]: readonly string[]): UsageError {
  const verbs = under(first!).map(({ name }) => name.split(' ')[1]!);
  if (verbs.length > 0) {
    const said = second === undefined || second.startsWith('-') ? `${first} what?` : `${first}: there is no "${second}".`;
    const meant = second === undefined ? '' : suggestion(second, verbs);
    return new UsageError(`${said}${meant} There ${verbs.length === 1 ? 'is' : 'are'} ${verbs.join(', ')}.`);
  }
  const nouns = [...new Set([...commands.map(({ name }) => name.split(' ')[0]!), 'help'])];
  return new UsageError(`There is no command "${first}".${suggestion(first!, nouns)} All of them: carelet help.`);
}

function tell(thrown: unknown, io: Io): number {
  if (io.env.CARELET_DEBUG) io.stderr.write(`${traced(thrown)}\n`);
  if (thrown instanceof UsageError) {
    io.stderr.write(`${thrown.message}\n`);
    return misunderstood;
  }
  if (io.signal.aborted && !(thrown instanceof CareletError)) {
    io.stderr.write('Stopped.\n');
    return interrupted;
  }
  const error = asCareletError(thrown, 'do that');
  io.stderr.write(`${error.message}\n`);
  if (error.kind === 'internal' && !io.env.CARELET_DEBUG) io.stderr.write('CARELET_DEBUG=1 shows where it came from.\n');
  return failed;
}

/** Where an error came from, and what came before it. */
function traced(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? (thrown.stack ?? thrown.message) : `${thrown.stack}\ncaused by ${traced(thrown.cause)}`;
}
