import { describe, expect, it } from 'vitest';
import { command, common, UsageError } from './command.ts';
import type { Io } from './io.ts';
import { prettyJson } from './pretty.ts';
import { nearest } from './suggest.ts';
import { agreed, count, paint, plainText, progress, table, width } from './terminal.ts';

function world(over: Partial<Io> = {}, terminal = false) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    cwd: '/',
    env: {},
    stdout: { write: (text) => out.push(text), isTTY: terminal, columns: 30 },
    stderr: { write: (text) => err.push(text), isTTY: terminal },
    ask: null,
    clock: () => 0,
    signal: new AbortController().signal,
    ...over,
  };
  return { io, out: () => out.join(''), err: () => err.join('') };
}

describe('progress', () => {
  it('is one line on a terminal that changes and then goes', async () => {
    const { io, err } = world({}, true);
    {
      await using line = progress(io, 'records locked');
      line.first('reading 1 file');
      line.at(142, 860);
      line.at(142, 860);
      line.at(860, 860);
    }
    expect(err()).toBe(
      `\rreading 1 file\u001B[K\r${'━'.repeat(3)}${'╌'.repeat(17)} 142 of 860 records locked\u001B[K` +
        `\r${'━'.repeat(20)} 860 of 860 records locked\u001B[K\r\u001B[K`,
    );
  });

  it('is a plain line now and then without a terminal', async () => {
    let time = 0;
    const { io, err } = world({ clock: () => time });
    await using line = progress(io, 'records locked');
    line.first('reading 1 file');
    for (time = 0; time <= 12_000; time += 1_000) line.at(time / 1_000, 12_000);
    expect(err()).toBe('5 of 12,000 records locked\n10 of 12,000 records locked\n');
  });

  it('counts what nobody knows the end of', async () => {
    const { io, err } = world({}, true);
    await using line = progress(io, 'parts of records opened');
    line.at(1240);
    expect(err()).toBe('\r1,240 parts of records opened\u001B[K');
  });
});

describe('text for a terminal', () => {
  it('has colours on a terminal only, and none where NO_COLOR is set', () => {
    expect(paint({ write: () => {}, isTTY: true }, {}).dim('x')).toBe('\u001B[2mx\u001B[22m');
    expect(paint({ write: () => {}, isTTY: true }, { NO_COLOR: '1' }).dim('x')).toBe('x');
    expect(paint({ write: () => {}, isTTY: true }, { TERM: 'dumb' }).dim('x')).toBe('x');
    expect(paint({ write: () => {} }, {}).dim('x')).toBe('x');
  });

  it('never passes on what would steer the terminal or turn the reading direction', () => {
    expect(plainText('Ada\u001B[2J\nMarlow\u202E!\u2028x')).toBe('Ada [2J Marlow! x');
    expect(plainText('a'.repeat(300))).toHaveLength(200);
    expect(plainText('ليلى المنصوري')).toBe('ليلى المنصوري');
  });

  it('counts columns, not code points', () => {
    expect(width('Zoë'.normalize('NFD'))).toBe(3);
    expect(width('心電図')).toBe(6);
  });

  it('stands in columns, leaves out the empty ones and cuts lines to the terminal', () => {
    const { io, out } = world({}, true);
    table(
      io,
      ['kind', 'withheld', 'what'],
      [
        ['vital-signs', '', 'Blood pressure 148/91 mmHg'],
        ['notes', '', 'Zoë'],
      ],
    );
    expect(out().split('\n').slice(1)).toEqual(['  vital-signs  Blood pressure…', '  notes        Zoë', '']);
    const plain = world();
    table(plain.io, ['kind', 'what'], [['vital-signs', 'Blood pressure 148/91 mmHg']], '');
    expect(plain.out()).toBe('KIND         WHAT\nvital-signs  Blood pressure 148/91 mmHg\n');
  });

  it('says one record and two records', () => {
    expect([count(1, 'record'), count(2, 'record'), count(1240, 'batch', 'batches')]).toEqual(['1 record', '2 records', '1,240 batches']);
  });

  it('keeps the digits of numbers in JSON for people', () => {
    expect(prettyJson({ a: [], b: {}, c: [1, 'x'] })).toBe('{\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    "x"\n  ]\n}');
  });
});

describe('a yes', () => {
  it('is only what says yes', async () => {
    const answers = ['y', 'YES', '', 'no', 'yellow'];
    const { io } = world({ ask: async () => answers.shift()! });
    const said = [];
    while (answers.length > 0) said.push(await agreed(io, 'Really?'));
    expect(said).toEqual([true, true, false, false, false]);
  });

  it('is refused where nobody can be asked', async () => {
    await expect(agreed(world().io, 'Really?')).rejects.toThrow(UsageError);
  });
});

describe('arguments', () => {
  const seen: unknown[] = [];
  const verb = command({
    name: 'try',
    group: 'records',
    summary: 'tries',
    takes: [{ name: 'file', says: 'a file', many: true }],
    options: { ...common.as('somebody'), ...common.json, ...common.town },
    async run({ options, given }) {
      seen.push({ options, given });
      return 0;
    },
  });

  it('become typed values, in any order', async () => {
    expect(await verb.run(['a.json', '--as=ada', '--json', '--', '--b.json'], world().io)).toBe(0);
    expect(seen.pop()).toEqual({ options: { as: 'ada', json: true, town: undefined }, given: ['a.json', '--b.json'] });
  });

  it.each([
    [['--as', 'ada'], '<file> is missing'],
    [['x'], '--as <name> is missing'],
    [['x', '--as', '--json'], '--as needs a value'],
    [['x', '--as', ''], '--as needs a value'],
    [['x', '--as', 'ada', '--as', 'ben'], '--as is given twice'],
    [['x', '--as', 'ada', '--json=1'], '--json stands alone'],
    [['x', '--as', 'ada', '--twon', 'y'], 'there is no option --twon. Did you mean --town?'],
    [['x', '--as', 'ada', '-j'], 'there is no option -j'],
    [['x', '--as', 'ada', '--__proto__', 'y'], 'there is no option --__proto__'],
  ])('%j is told apart: %s', async (argv, words) => {
    await expect(verb.run(argv, world().io)).rejects.toThrow(words);
  });
});

describe('a suggestion', () => {
  const known = ['import', 'records', 'link', 'people', 'laboratory', 'plans'];
  it.each([
    ['improt', 'import'],
    ['record', 'records'],
    ['lnik', 'link'],
    ['peeple', 'people'],
    ['labs', 'laboratory'],
    ['IMPORT', 'import'],
    ['xyzzy', undefined],
    ['', undefined],
  ])('for "%s" is %s', (word, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});
