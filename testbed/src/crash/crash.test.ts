import { expect, test } from 'vitest';
import { mosquittoProgram } from '../mosquitto.testing.ts';
import { crashMatrix } from './matrix.testing.ts';

test('killed at any moment, watch, broker, cloudlet, cloud or database: what was acknowledged arrives, once, in its order', async () => {
  const { strips, broker } = await crashMatrix({ seed: 'hasty', rounds: 8 });
  expect(strips).toBeGreaterThan(5);
  if (mosquittoProgram !== null) expect(broker).toBeGreaterThan(0);
}, 120_000);
