import { describe, expect, it } from 'vitest';
import { compared, examplesIn } from './examples.mjs';

describe('the examples of the documentation', () => {
  it('are found in docstrings, each with its line', () => {
    const source = [
      '/**',
      ' * Adds.',
      ' *',
      ' * ```ts',
      ' * const a = 1;',
      ' *',
      ' * a; // 1',
      ' * ```',
      ' */',
      'const s = 1;',
      '/** ```ts no-run',
      ' */',
    ];
    expect(examplesIn(source.join('\n'), true)).toEqual([{ line: 4, runs: true, code: ['const a = 1;', '', 'a; // 1'] }]);
  });

  it('are found in pages, whose other fences are left alone', () => {
    const page = ['```sh', 'npm start', '```', '```ts no-run', 'serve();', '```', '```ts', 'open'];
    expect(examplesIn(page.join('\n'), false)).toEqual([{ line: 4, runs: false, code: ['serve();'] }]);
  });

  it.each([
    ["hex(a); // '0a'", `same(hex(a), '0a', "here");`],
    ['const sum = 1 + 1; // 2', `const sum = 1 + 1; same(sum, 2, "here");`],
    ['await open(a); // null', `same(await open(a), null, "here");`],
    ['f(x); // [1, 2]', `same(f(x), [1, 2], "here");`],
  ])('compare what a line gives with what it says: %s', (line, expected) => {
    expect(compared(line, 'here')).toBe(expected);
  });

  it.each([
    "hash(a); // '3f…'",
    'open(a); // opens the record',
    'f(x, // 1',
    "throw error; // 'x'",
    '// 1',
    'f(x);',
    "const { a } = f(); // 'x'",
  ])('leave other lines as they are: %s', (line) => expect(compared(line, 'here')).toBe(line));
});
