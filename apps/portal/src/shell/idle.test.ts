import { expect, test } from 'vitest';
import { idleClock } from './idle.ts';

const minute = 60_000;

function counting() {
  let now = 1_795_000_000_000;
  const pass = (ms: number) => {
    now += ms;
  };
  return { clock: idleClock(15 * minute, () => now), pass };
}

test('a hand on the page begins the time anew, until the warning; then only a word does', () => {
  const { clock, pass } = counting();
  pass(13 * minute);
  clock.touched();
  expect(clock.left()).toBe(15 * minute);
  pass(14 * minute);
  expect(clock.isNear()).toBe(true);
  clock.touched();
  expect(clock.left()).toBe(minute);
  clock.stay();
  expect(clock.left()).toBe(15 * minute);
});

test('a machine that wakes to a moving mouse is locked all the same, whatever its timers have not told', () => {
  const { clock, pass } = counting();
  pass(8 * 60 * minute);
  clock.touched();
  clock.stay();
  expect(clock.left()).toBeLessThanOrEqual(0);
});
