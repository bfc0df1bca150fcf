import { expect, test } from 'vitest';
import { together } from './together.ts';

/** Work that ends when it is told to; what was done at once, letter by letter: the letter is the key. */
function workshop(most: number, sideBySide = 1) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const take = together<string, string>(
    { most, sideBySide },
    (item) => item[0],
    async (items) => {
      begun.push(items.join(' '));
      await new Promise<void>((done) => ends.push(done));
      return items.map((item) =>
        item.includes('!') ? { status: 'rejected', reason: new Error(item) } : { status: 'fulfilled', value: item.toUpperCase() },
      );
    },
  );
  const finish = async () => {
    ends.shift()!();
    await new Promise((done) => setImmediate(done));
  };
  return { begun, take, finish };
}

test('alone it is done at once; what comes meanwhile is done next, together, so many at most', async () => {
  const { begun, take, finish } = workshop(3);
  const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map(take));
  expect(begun).toEqual(['a']);
  await finish();
  expect(begun).toEqual(['a', 'b c d']);
  await finish();
  await finish();
  expect(begun).toEqual(['a', 'b c d', 'e']);
  expect(await all).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('what has the same key goes one after the other, also where there is room side by side', async () => {
  const { begun, take, finish } = workshop(9, 2);
  const all = Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map(take));
  expect(begun).toEqual(['a1', 'b1']);
  await finish();
  expect(begun).toEqual(['a1', 'b1', 'a2']);
  await finish();
  await finish();
  expect(begun).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  for (let i = 0; i < 2; i++) await finish();
  expect(await all).toEqual(['A1', 'A2', 'B1', 'A3', 'B2']);
});

test('what fails fails for itself, and work that breaks fails for all it was done with', async () => {
  const { take, finish } = workshop(9);
  const first = take('a');
  const rest = Promise.allSettled(['b', 'c!'].map(take));
  await finish();
  await finish();
  expect(await first).toBe('A');
  expect((await rest).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);

  let broken = true;
  const fragile = together<string, string>({ most: 9, sideBySide: 1 }, String, async (items) => {
    if (broken) throw new Error('broken');
    return items.map((value) => ({ status: 'fulfilled', value }));
  });
  await expect(fragile('a')).rejects.toThrow('broken');
  broken = false;
  expect(await fragile('b')).toBe('b');
});
