import { expect, test } from 'vitest';
import { loadGroup } from './group.ts';
import { remembered } from './remembered.ts';

test('what was not used longest is forgotten, and backends do not share', async () => {
  const [mcl, noble] = [await loadGroup('mcl'), await loadGroup('noble')];
  const made: string[] = [];
  const memory = remembered<string>(2);
  const ask = (group: typeof mcl, name: string): string =>
    memory(group, name, () => {
      made.push(`${group.name} ${name}`);
      return name;
    });
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(ask(mcl, name)).toBe(name);
  ask(noble, 'a');
  expect(made).toEqual(['mcl a', 'mcl b', 'mcl c', 'mcl b', 'noble a']);
});
