import { expect, test } from 'vitest';
import { openCheckpoint } from './checkpoint.ts';
import { decodePromise, encodePromise, isOfNow, judgePromise, promise, promiseLimit, verifyPromise } from './promise.ts';
import { now, signerOf, town } from './town.testing.ts';

test('a promise comes back from its bytes and is by one log, over one leaf and one time', () => {
  const t = town('promise');
  const promised = promise(t.cloud.log, t.random(32), now);
  expect(decodePromise(encodePromise(promised))).toEqual(promised);
  expect(verifyPromise(promised, t.watch.log)).toBe(true);
  expect(verifyPromise({ ...promised, commitment: t.random(32) }, t.watch.log)).toBe(false);
  expect(verifyPromise({ ...promised, time: now + 1 }, t.watch.log)).toBe(false);
  expect(verifyPromise({ ...promised, origin: 'other.example/log' }, t.watch.log)).toBe(false);
  expect(verifyPromise(promised, signerOf(t.watch.log.name, t.random))).toBe(false);
});

test('a promise is of these minutes, as a checkpoint has to be', () => {
  const t = town('of now');
  const promised = promise(t.cloud.log, t.random(32), now);
  for (const shift of [0, 600, -300]) expect(isOfNow(promised, now + shift)).toBe(true);
  for (const shift of [601, -301]) expect(isOfNow(promised, now + shift)).toBe(false);
});

test('a promise is due for a minute; then the log has the leaf or the promise is broken', async () => {
  const t = town('kept');
  await t.cloud.act();
  const { promised } = await t.cloud.act();
  const shown = async (index: number) => ({
    head: openCheckpoint(t.cloud.checkpoint(), t.watch.log)!.checkpoint,
    index,
    path: await t.cloud.inclusion(index),
  });
  expect(judgePromise(promised, null, now)).toBe('due');
  expect(judgePromise(promised, null, now + promiseLimit)).toBe('due');
  expect(judgePromise(promised, null, now + promiseLimit + 1)).toBe('broken');
  expect(judgePromise(promised, await shown(1), now + promiseLimit + 1)).toBe('included');
  // Another leaf's proof keeps no promise, nor does a log of another name.
  expect(judgePromise(promised, await shown(0), now + promiseLimit + 1)).toBe('broken');
  const { head, ...at } = await shown(1);
  expect(judgePromise(promised, { ...at, head: { ...head, origin: 'other.example/log' } }, now + promiseLimit + 1)).toBe('broken');
});
