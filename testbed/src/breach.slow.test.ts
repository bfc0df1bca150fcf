import { mathematicsInThreads } from '@carelet/client/threads';
import { expect, test } from 'vitest';
import { breach } from './breach.ts';
import { scratch } from './scratch.ts';

test('a stolen cloud with five hundred planted words is searched within a minute, and holds none of them', async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  const { words, keys, found, seconds } = await breach({ folder: folder.path, mathematics, words: 500 });
  expect(words).toBeGreaterThanOrEqual(500);
  expect(keys).toBeGreaterThanOrEqual(50);
  expect(found).toEqual([]);
  expect(seconds).toBeLessThan(60);
});
