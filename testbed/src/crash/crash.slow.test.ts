import { expect, test } from 'vitest';
import { crashMatrix } from './matrix.testing.ts';

test('two hundred blows, each part hit many times', async () => {
  const { strips, ...fell } = await crashMatrix({ seed: '200 rounds', rounds: 200 });
  expect(strips).toBeGreaterThan(500);
  for (const times of Object.values(fell)) expect(times).toBeGreaterThan(10);
}, 900_000);
