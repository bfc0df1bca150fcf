import { mathematicsInThreads } from '@carelet/client/threads';
import { expect, test } from 'vitest';
import { scratch } from './scratch.ts';
import { stageFor } from './tour/stage.ts';
import { printed, type TourStep, tour } from './tour.ts';

test('a heartbeat goes all the way, and every step of it holds', { timeout: 240_000 }, async () => {
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  await using stage = await stageFor({ folder: folder.path, mathematics, durable: false });
  folder.also(stage.town.postgres.folder);
  const steps: TourStep[] = [];
  for await (const step of tour(stage)) steps.push(step);

  expect(steps.filter(({ holds }) => !holds)).toEqual([]);
  expect(steps.map(({ title }) => title)).toEqual([
    'taken',
    'packed',
    'sealed',
    'a session',
    'the hop',
    'forwarded',
    'three shelves',
    'a thief looks',
    'Dr Chen',
    'Dr Diaz',
    'a byte flips',
  ]);
  expect(steps[7]!.says[0]).toMatch(/^0 of 1\d\d planted words found in the cloud/);
  expect(steps[9]!.says[1]).toContain('his key names none, none is turned');
  expect(steps[10]!.says[0]).toContain('refused as tampered');
  for (const line of steps.flatMap((step, i) => printed(step, i + 1).split('\n'))) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('a step that does not hold says so', () => {
  expect(printed({ title: 'Dr Diaz', says: ['reads along'], holds: false }, 10)).toBe(
    ' 10  Dr Diaz       reads along\n                   THIS DID NOT HOLD',
  );
});
