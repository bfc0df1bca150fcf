import { expect, test } from 'vitest';
import * as device from './device.ts';
import { answer, begin, clock, town } from './town.testing.ts';

const flip = (bytes: Uint8Array, at: number) => {
  const changed = bytes.slice();
  changed[at]! ^= 1 << (at % 8);
  return changed;
};

test('a flipped bit in any byte of an announcement or an init ends in silence', () => {
  const t = town('flips');
  const { announcement } = t.epoch;
  for (let at = 0; at < announcement.length; at++) {
    expect(device.begin(t.ada, t.staticKey, flip(announcement, at), clock(t), t.random)).toBeNull();
  }
  const { init } = begin(t);
  for (let at = 0; at < init.length; at++) expect(answer(t, flip(init, at))).toBeNull();
  expect(answer(t, init)).not.toBeNull();
});
