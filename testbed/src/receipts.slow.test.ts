import { mathematicsInThreads } from '@carelet/client/threads';
import { expect, test } from 'vitest';
import { attackReceipts } from './receipts.ts';
import { scratch } from './scratch.ts';

test('every lie of a cloud is noticed, and an honest one raises no alarm', { timeout: 180_000 }, async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  const { honest, attacks } = await attackReceipts({ folder: folder.path, mathematics, durable: false });
  expect(honest).toEqual([]);
  expect(attacks.filter(({ told }) => told === null)).toEqual([]);
  expect(attacks).toHaveLength(10);
  // Each for its own reason.
  expect(new Set(attacks.map(({ told }) => told)).size).toBeGreaterThanOrEqual(6);
});
