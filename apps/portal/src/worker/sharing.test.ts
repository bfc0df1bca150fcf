import { expect, test } from 'vitest';
import { summed } from './sharing.ts';

test('keys of several charts are counted together, and nothing is counted back', () => {
  const told: [number, number][] = [];
  const tell = summed((done, of) => told.push([done, of]));
  for (const [done, of] of [
    [64, 100],
    [100, 100],
    [10, 10],
    [64, 80],
    [80, 80],
  ] as const)
    tell(done, of);
  expect(told).toEqual([
    [64, 100],
    [100, 100],
    [110, 110],
    [174, 190],
    [190, 190],
  ]);
});
