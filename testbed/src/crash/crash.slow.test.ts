import { expect, test } from 'vitest';
import { mosquittoProgram } from '../mosquitto.testing.ts';
import { crashMatrix } from './matrix.testing.ts';

test('two hundred blows in two towns, each part hit many times', async () => {
  const [one, other] = await Promise.all(['one', 'other'].map((seed) => crashMatrix({ seed, rounds: 100 })));
  expect(one!.strips + other!.strips).toBeGreaterThan(400);
  const broker = mosquittoProgram === null ? [] : (['broker'] as const);
  for (const part of ['cloudlet', 'cloud', 'database', 'first', 'second', 'disk', 'clock', ...broker] as const) {
    expect(one![part] + other![part], part).toBeGreaterThan(5);
  }
}, 900_000);
