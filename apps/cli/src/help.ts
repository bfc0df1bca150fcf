/**
 * The help texts, made from what the verbs say of themselves.
 *
 * @module
 */
import { type Command, groups } from './command.ts';

const lineLength = 96;

/** All verbs, grouped. */
export function helpForAll(commands: readonly Command[]): string {
  const wide = Math.max(...commands.map(({ name }) => name.length));
  const sections = groups.flatMap((group) => {
    const here = commands.filter((command) => command.group === group);
    if (here.length === 0) return [];
    return ['', `${group[0]!.toUpperCase()}${group.slice(1)}`, ...here.map(({ name, summary }) => `  ${name.padEnd(wide)}  ${summary}`)];
  });
  return `carelet: health records that are locked where they are made, and opened only by who may

  carelet <command> [options]
${sections.join('\n')}

More about one of them: carelet help import, or carelet import --help.

The town is looked for in .carelet here and in the folders above; --town or CARELET_TOWN name another.
Keyrings lie in .carelet/keyrings, or where --keyrings or CARELET_KEYRINGS say. A passphrase is asked
for at the terminal, or comes from CARELET_PASSPHRASE. Exit codes: 0 done, 1 refused or failed (and
said why), 2 asked in a way we do not understand, 130 stopped by Ctrl-C. CARELET_DEBUG=1 shows where
an error came from.
`;
}

/** One verb. */
export function helpForOne({ name, summary, takes = [], options, more, examples = [] }: Command): string {
  const needed = Object.entries(options).filter(([, { required }]) => required);
  const usage = [
    `carelet ${name}`,
    ...takes.map((argument) => `<${argument.name}>${argument.many ? ' …' : ''}`),
    ...needed.map(([option, { value }]) => `--${option} <${value}>`),
    ...(needed.length < Object.keys(options).length ? ['[options]'] : []),
  ].join(' ');
  const words: [string, string][] = [
    ...takes.map((argument): [string, string] => [`<${argument.name}>`, argument.says]),
    ...Object.entries(options).map(([option, { type, value, says }]): [string, string] => [
      type === 'flag' ? `--${option}` : `--${option} <${value}>`,
      says,
    ]),
  ];
  const wide = Math.max(0, ...words.map(([left]) => left.length));
  const paragraphs = [
    `carelet ${name}: ${summary}`,
    `  ${usage}`,
    words.map(([left, says]) => hanging(`  ${left.padEnd(wide)}  `, says)).join('\n'),
    ...(more === undefined ? [] : more.split('\n\n').map((text) => (text.includes('\n  ') ? text : wrapped(text)))),
    ...(examples.length === 0 ? [] : [`For example:\n${examples.map((example) => `  ${example}`).join('\n')}`]),
  ];
  return `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`;
}

/** The verbs of a group of words, as in `records`. */
export function helpForNoun(noun: string, commands: readonly Command[]): string {
  const wide = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(wide)}  ${summary}`);
  return `carelet ${noun} …\n\n${lines.join('\n')}\n\nMore about one of them: carelet help ${commands[0]!.name}\n`;
}

function wrapped(text: string): string {
  return hanging('', text);
}

function hanging(start: string, text: string): string {
  const indent = ' '.repeat(start.length);
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line !== start && line !== indent && line.length + 1 + word.length > lineLength) {
      lines.push(line);
      line = indent;
    }
    line += line === start || line === indent ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
