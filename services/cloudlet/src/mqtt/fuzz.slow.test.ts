import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { expect, test } from 'vitest';
import { empty, testBroker } from './broker.testing.ts';
import { fuzz, longestFuzzed } from './fuzz.testing.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('a million packets that went wrong leave nothing behind in the broker', async () => {
  await using broker = await testBroker({ limits: { longest: longestFuzzed } });
  const random = seededRandom('a million packets');
  const heap = async (packets: number) => {
    const seen = await fuzz(broker, random, packets);
    expect(seen.odd).toEqual([]);
    await empty(broker);
    await sleep(100);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heap(100_000);
  const after = await heap(900_000);
  // Some 60,000 connections lie between the two: a hundred bytes kept of each would be 6 MB.
  expect(after - before).toBeLessThan(4 * 1024 * 1024);
});
