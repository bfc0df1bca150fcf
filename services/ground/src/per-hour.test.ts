import { expect, test } from 'vitest';
import { perHour } from './per-hour.ts';

test('so many in an hour, of everybody by himself, and again in the next; a clock that goes back counts anew', () => {
  let now = 100_000;
  const some = perHour(() => now, 10);
  const [ada, ben] = [new Uint8Array(16), new Uint8Array(16).fill(1)];
  const take = (who: Uint8Array, count?: number) => {
    try {
      some.take(who, (because) => new Error(because), count);
      return 'ok';
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  expect([take(ada, 9), take(ada), take(ada), take(ben, 10)]).toEqual([
    'ok',
    'ok',
    '10 in an hour are the most; go on in 60 minutes',
    'ok',
  ]);
  now += 3599;
  expect(take(ada)).toBe('10 in an hour are the most; go on in 1 minute');
  // What was refused was not counted.
  now += 1;
  expect([take(ada, 11), take(ada, 10)]).toEqual(['10 in an hour are the most; go on in 60 minutes', 'ok']);
  now -= 7200;
  expect(take(ada)).toBe('ok');
});
