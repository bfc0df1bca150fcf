import { mathematicsInThreads } from '@carelet/client/threads';
import { expect, test } from 'vitest';
import { breach } from './breach.ts';
import { scratch } from './scratch.ts';

test('a stolen cloud holds no planted word and no key', { timeout: 60_000 }, async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  const { words, keys, found, places } = await breach({ folder: folder.path, mathematics, words: 60, durable: false });
  expect(words).toBeGreaterThanOrEqual(60);
  expect(keys).toBeGreaterThanOrEqual(50);
  expect(found).toEqual([]);
  expect(places.map(({ place }) => place)).toEqual([
    'its files: database, journal, all else',
    'a dump of every table',
    'its log',
    'environment and command lines',
    'memory of the cloud',
    'memory of its PostgreSQL',
  ]);
  for (const { bytes, place, unread } of places) {
    expect(bytes, place).toBeGreaterThan(0);
    expect(unread, place).toEqual([]);
  }
});
