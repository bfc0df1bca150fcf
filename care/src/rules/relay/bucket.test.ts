import { expect, test } from 'vitest';
import { type Bucket, callEmergency, fullBucket } from './bucket.ts';

/** How many of the calls at these milliseconds are granted. */
function granted(times: readonly number[], from: Bucket = fullBucket(0)): number {
  let bucket = from;
  let count = 0;
  for (const now of times) {
    const called = callEmergency(bucket, now);
    bucket = called.bucket;
    if (called.granted) count++;
  }
  return count;
}

test('three emergencies go at once, the fourth is one too many', () => {
  expect(granted([0, 0, 0, 0])).toBe(3);
});

test('twenty seconds later there is one more, and in an hour of calling three a minute', () => {
  expect(granted([0, 0, 0, 19_999])).toBe(3);
  expect(granted([0, 0, 0, 20_000])).toBe(4);
  expect(granted(Array.from({ length: 3600 }, (_, second) => second * 1000))).toBe(3 + 3 * 60 - 1);
});

test('a quiet day saves up no more than three', () => {
  expect(granted([86_400_000, 86_400_000, 86_400_000, 86_400_000])).toBe(3);
});

test('a clock that is put back fills nothing', () => {
  expect(callEmergency({ left: 0, at: 100_000 }, 40_000)).toEqual({ bucket: { left: 0, at: 40_000 }, granted: false });
});
