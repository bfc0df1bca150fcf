import { mathematicsInThreads } from '@carelet/client/threads';
import { expect, test } from 'vitest';
import { labels } from './labels.ts';
import { scratch } from './scratch.ts';

test('labels, padding and pseudonyms tell neither specialty nor disease; in words they would', { timeout: 600_000 }, async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  const { promised, controls } = await labels({ folder: folder.path, mathematics, durable: false });
  expect(promised.filter(({ held }) => !held)).toEqual([]);
  expect(controls.filter(({ caught }) => !caught)).toEqual([]);
});
