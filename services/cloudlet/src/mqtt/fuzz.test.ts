import { seededRandom } from '@carelet/crypto/algebra/random';
import { expect, test } from 'vitest';
import { admitted, empty, pingPacket, testBroker } from './broker.testing.ts';
import { fuzz, longestFuzzed } from './fuzz.testing.ts';

test('20,000 packets that went wrong neither end the broker nor stay in it, and are answered as a broker answers', async () => {
  await using broker = await testBroker({ limits: { longest: longestFuzzed } });
  const seen = await fuzz(broker, seededRandom('packets'), 20_000);
  expect(seen.odd).toEqual([]);
  // Some of everything, or this would test less than it says.
  expect([...seen.connacks.keys()].sort()).toEqual(expect.arrayContaining(['20020000', '20020001', '20020005']));
  expect(seen.stayed).toBeGreaterThan(50);
  expect(seen.hungUpOn).toBeGreaterThan(500);
  await empty(broker);
  using device = await admitted(broker.port);
  device.say(pingPacket);
  expect(await device.heard()).toBe('d000');
});
