/**
 * A verb of the command line: what it takes, what it says about itself, what it does.
 *
 * The description is data, so that the help, the reading of arguments and the suggestion after a typing error
 * all come from it, and a new verb is one file and one line in the table.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import type { Io } from './io.ts';
import { suggestion } from './suggest.ts';

/** Somebody asked in a way we do not understand: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Option = {
  /** A text follows, or the option stands alone. */
  readonly type: 'text' | 'flag';
  /** What the text is called in the help, as in `<name>`. */
  readonly value?: string;
  readonly says: string;
  readonly required?: true;
};
export type Options = Readonly<Record<string, Option>>;

/** What the options of a call are worth. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends { type: 'flag' } ? boolean : O[Name] extends { required: true } ? string : string | undefined;
};

/** Something that is named without an option: `<file>`. */
export type Argument = { readonly name: string; readonly says: string; readonly many?: true };

export type Call<O extends Options> = { readonly options: Values<O>; readonly given: readonly string[]; readonly io: Io };

/** Parts of the help, in order. */
export const groups = [
  'the town',
  'records',
  'sharing',
  'wearables',
  'keyrings',
  'doctors and their keys',
  'organisations and administrators',
] as const;

export type Description<O extends Options> = {
  /** The words one types: `records list`. */
  readonly name: string;
  readonly group: (typeof groups)[number];
  /** One line, for the list of all commands. */
  readonly summary: string;
  readonly takes?: readonly Argument[];
  readonly options: O;
  /** Paragraphs for its own help. */
  readonly more?: string;
  /** Lines one can type, for its own help. */
  readonly examples?: readonly string[];
};

export type Command = Description<Options> & {
  /** Reads the arguments after the name and runs; gives the exit code. */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>;
};

/** A verb whose `run` gets its options by type; giving nothing means success. */
export function command<const O extends Options>(
  description: Description<O> & { readonly run: (call: Call<O>) => Promise<number | undefined> },
): Command {
  return {
    ...description,
    run: async (argv, io) => (await description.run({ ...read(description, argv), io })) ?? 0,
  };
}

function read<O extends Options>({ name, options, takes = [] }: Description<O>, argv: readonly string[]): Omit<Call<O>, 'io'> {
  const known = Object.fromEntries(
    Object.entries(options).map(([option, { type }]) => [option, { type: type === 'flag' ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options: known, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, string | boolean | undefined> = {};
  const given: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') given.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) && token.rawName.startsWith('--') ? options[token.name] : undefined;
    if (!option) {
      throw new UsageError(`${name}: there is no option ${token.rawName}.${suggestion(token.name, Object.keys(options), '--')}`);
    }
    if (Object.hasOwn(values, token.name)) throw new UsageError(`${name}: ${token.rawName} is given twice.`);
    if (option.type === 'flag') {
      if (token.value !== undefined) throw new UsageError(`${name}: ${token.rawName} stands alone, without a value.`);
      values[token.name] = true;
    } else {
      const { value } = token;
      if (value === undefined || value === '' || (value.startsWith('--') && !token.inlineValue)) {
        throw new UsageError(`${name}: ${token.rawName} needs a value: ${token.rawName} <${option.value ?? 'text'}>.`);
      }
      values[token.name] = value;
    }
  }
  for (const [option, { type, required, value }] of Object.entries(options)) {
    if (type === 'flag') values[option] ??= false;
    else if (required && values[option] === undefined) throw new UsageError(`${name}: --${option} <${value ?? 'text'}> is missing.`);
  }
  const last = takes.at(-1);
  if (given.length < takes.length) throw new UsageError(`${name}: <${takes[given.length]!.name}> is missing.`);
  if (given.length > takes.length && !last?.many) throw new UsageError(`${name}: "${given[takes.length]}" is one word too many.`);
  // A word that a shell made of nothing is none: an empty path would be the folder one stands in.
  const empty = given.findIndex((word) => word.trim() === '');
  if (empty >= 0) throw new UsageError(`${name}: <${(takes[empty] ?? last!).name}> is empty.`);
  return { options: values as Values<O>, given };
}

/** Options many verbs share. */
export const common = {
  as: (who: string) => ({ as: { type: 'text', value: 'name', says: `the keyring of ${who}`, required: true } }) as const,
  town: { town: { type: 'text', value: 'url', says: "another town: the address of its page (usual: this folder's town)" } },
  keyrings: { keyrings: { type: 'text', value: 'folder', says: 'where the keyrings lie (usual: .carelet/keyrings)' } },
  json: { json: { type: 'flag', says: 'one line of JSON for each result, for other programs' } },
  yes: { yes: { type: 'flag', says: 'do not ask, do it' } },
} as const;

/** Words between commas: `a, b,c`. */
export const listed = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** Words between commas, each one of a known list. */
export function oneOf<const Word extends string>(option: string, text: string, known: readonly Word[]): Word[] {
  const words = listed(text);
  if (words.length === 0) throw new UsageError(`--${option} names nothing; there are ${known.join(', ')}.`);
  return words.map((word) => {
    const found = known.find((one) => one.toLowerCase() === word.toLowerCase());
    if (found === undefined) throw new UsageError(`--${option}: "${word}" is none of ${known.join(', ')}.${suggestion(word, known)}`);
    return found;
  });
}
