import { expect, test } from 'vitest';
import { crashMatrix } from './matrix.testing.ts';

test('killed at any moment, watch, cloudlet, cloud or database: what was acknowledged arrives, once, in its order', async () => {
  const { strips } = await crashMatrix({ seed: 'quick', rounds: 8 });
  expect(strips).toBeGreaterThan(5);
}, 120_000);
