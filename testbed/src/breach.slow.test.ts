import { mathematicsInThreads } from '@carelet/client/threads';
import { hex } from '@carelet/crypto/algebra/bytes';
import { expect, test } from 'vitest';
import { meddle } from './breach/dump.ts';
import { breach } from './breach.ts';
import { glassRow } from './glass.ts';
import { scratch } from './scratch.ts';

test('a stolen cloud with five hundred planted words is searched, and holds none of them', { timeout: 240_000 }, async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  const { words, keys, found } = await breach({ folder: folder.path, mathematics, words: 500 });
  expect(words).toBeGreaterThanOrEqual(500);
  expect(keys).toBeGreaterThanOrEqual(50);
  expect(found).toEqual([]);
});

test('with sealing off every planted word is found, and so is a key that somebody left in the cloud', { timeout: 240_000 }, async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  let hidden = '';
  const { words, found, places } = await breach({
    folder: folder.path,
    mathematics,
    words: 60,
    durable: false,
    sealRow: glassRow,
    hide: async ({ databaseUrl }, secrets) => {
      const key = secrets.find(({ kind, name }) => kind === 'key' && name.startsWith('share of '))!;
      hidden = key.name;
      await meddle(databaseUrl, 'create table cloud.note (words text)');
      await meddle(databaseUrl, 'insert into cloud.note values ($1)', [`do not forget: ${hex(key.bytes)}`]);
    },
  });
  expect(found.filter(({ kind }) => kind === 'word')).toHaveLength(words);
  expect(found.filter(({ kind }) => kind === 'key').map(({ name }) => name)).toEqual([hidden]);
  // Not only where we look most easily.
  for (const place of ['a dump of every table', 'its files: database, journal, all else', 'memory of its PostgreSQL']) {
    expect(places.find((one) => one.place === place)?.hits, place).toBeGreaterThanOrEqual(words);
  }
});
