import { expect, test } from 'vitest';
import type { Bytes } from '../algebra/bytes.ts';
import { merkleRoot } from '../algebra/merkle.ts';
import { freshness, judgeCheckpoint, signCheckpoint } from './checkpoint.ts';
import { commitment, leafHash } from './leaf.ts';
import { cloud, now, signerOf, town } from './town.testing.ts';
import { compareHeads, decodeFork, encodeFork, type Fork, verifyFork, witness } from './witness.ts';

/** A town whose cloud did `count` things, and its northern witness who saw that. */
async function watched(seed: string, count: number) {
  const t = town(seed);
  for (let i = 0; i < count; i++) await t.cloud.act();
  const first = witness(t.north, t.watch.log, null, t.cloud.checkpoint(), [], now);
  if (first.kind !== 'signed') throw new Error(first.kind);
  const ask = (kept: Bytes, offered: Bytes, path: readonly Bytes[], at = now) => witness(t.north, t.watch.log, kept, offered, path, at);
  return { ...t, kept: first.note, ask };
}

test('a witness signs what goes on, and a reader believes it', async () => {
  const t = await watched('goes on', 5);
  for (let i = 0; i < 4; i++) await t.cloud.act();
  const next = t.ask(t.kept, t.cloud.checkpoint(now + 60), await t.cloud.consistency(5), now + 60);
  expect(next.kind).toBe('signed');
  if (next.kind !== 'signed') return;
  expect(judgeCheckpoint(next.note, t.watch, now + 60).kind).toBe('witnessed');
  // Nothing new is signed anew, so that readers see that the log is alive.
  expect(t.ask(next.note, t.cloud.checkpoint(now + 120), [], now + 120).kind).toBe('signed');
});

test('an older log, an earlier time and the far future are refused', async () => {
  const t = await watched('older', 3);
  const old = t.cloud.checkpoint();
  await t.cloud.act();
  const next = t.ask(t.kept, t.cloud.checkpoint(now + 1), await t.cloud.consistency(3), now + 1);
  if (next.kind !== 'signed') throw new Error(next.kind);
  expect(t.ask(next.note, old, [])).toEqual({ kind: 'refused', because: 'older' });
  await t.cloud.act();
  expect(t.ask(next.note, t.cloud.checkpoint(now - 1), await t.cloud.consistency(4))).toEqual({ kind: 'refused', because: 'older' });
  const path = await t.cloud.consistency(4);
  expect(t.ask(next.note, t.cloud.checkpoint(now + freshness.ahead + 1), path)).toEqual({ kind: 'refused', because: 'future' });
  expect(t.ask(next.note, t.cloud.checkpoint(now + freshness.ahead), path).kind).toBe('signed');
});

test('a log without a proof that it goes on is not signed, and what no log signed is none', async () => {
  const t = await watched('no proof', 3);
  await t.cloud.act();
  expect(t.ask(t.kept, t.cloud.checkpoint(), [])).toEqual({ kind: 'refused', because: 'does not go on' });
  const stranger = signCheckpoint(signerOf(t.watch.log.name, t.random), { size: 9, root: t.random(32), map: t.random(32), time: now });
  expect(t.ask(t.kept, stranger, [])).toEqual({ kind: 'refused', because: 'not a checkpoint' });
  expect(() => t.ask(stranger, t.cloud.checkpoint(), [])).toThrow(TypeError);
});

test('two logs of one size are a fork that anybody can check from its bytes', async () => {
  const t = await watched('fork', 4);
  const other = cloud(t.cloud.log, t.random);
  for (let i = 0; i < 4; i++) await other.act();
  const seen = t.ask(t.kept, other.checkpoint(), []);
  expect(seen.kind).toBe('forked');
  if (seen.kind !== 'forked') return;
  const read = decodeFork(encodeFork(seen.fork))!;
  expect(read).toEqual(seen.fork);
  expect(verifyFork(read, t.watch.log)).toBe(true);
  expect(verifyFork(read, signerOf(t.watch.log.name, t.random))).toBe(false);
  expect(compareHeads(t.kept, other.checkpoint(), t.watch.log)).toEqual(seen.fork);
});

test('one log with two maps is a fork as well', async () => {
  const t = await watched('two maps', 1);
  const two = [t.random(32), t.random(32)].map((map) =>
    signCheckpoint(t.cloud.log, { size: 2, root: t.random(32).fill(7), map, time: now }),
  );
  expect(compareHeads(two[0]!, two[1]!, t.watch.log)?.kind).toBe('heads');
  expect(compareHeads(two[0]!, two[0]!, t.watch.log)).toBeNull();
});

test.each([4, 5, 6])('a longer log that began otherwise than with the %i leaves it had is a fork', async (count) => {
  const t = await watched(`beginning ${count}`, count);
  const other = cloud(t.cloud.log, t.random);
  for (let i = 0; i < 9; i++) await other.act();
  const leaves = other.receipts.map((receipt) => leafHash(commitment(receipt)));
  const path = await other.consistency(count);
  const seen = t.ask(t.kept, other.checkpoint(), count === 4 ? [merkleRoot(leaves.slice(0, 4)), ...path] : path);
  expect(seen.kind).toBe('forked');
  if (seen.kind !== 'forked') return;
  expect(seen.fork.kind).toBe('beginning');
  expect(verifyFork(decodeFork(encodeFork(seen.fork))!, t.watch.log)).toBe(true);
});

test('a leaf that was there and is another now is a fork', async () => {
  const t = await watched('leaf', 4);
  const path = await t.cloud.inclusion(2);
  const leaf = leafHash(commitment(t.cloud.receipts[2]!));
  const other = cloud(t.cloud.log, t.random);
  for (let i = 0; i < 6; i++) await other.act();
  const inB = { leaf: leafHash(commitment(other.receipts[2]!)), path: await other.inclusion(2) };
  const fork: Fork = { kind: 'leaf', a: t.kept, b: other.checkpoint(), index: 2, inA: { leaf, path }, inB };
  expect(decodeFork(encodeFork(fork))).toEqual(fork);
  expect(verifyFork(fork, t.watch.log)).toBe(true);
  expect(verifyFork({ ...fork, index: 3 }, t.watch.log)).toBe(false);
  expect(verifyFork({ ...fork, inB: { ...inB, leaf } }, t.watch.log)).toBe(false);
});

test('nothing that an honest cloud signed makes a fork', async () => {
  const t = await watched('honest', 0);
  const notes: Bytes[] = [];
  for (let size = 0; size <= 8; size++) {
    notes.push(t.cloud.checkpoint(now + size));
    await t.cloud.act();
  }
  for (const a of notes) for (const b of notes) expect(compareHeads(a, b, t.watch.log)).toBeNull();
  // Least of all the proofs of its own consistency.
  const leaves = t.cloud.receipts.map((receipt) => leafHash(commitment(receipt)));
  const last = t.cloud.checkpoint(now + 9);
  for (const [first, a] of notes.entries()) {
    const path = await t.cloud.consistency(first);
    for (const way of [path, [merkleRoot(leaves.slice(0, first)), ...path]])
      expect(verifyFork({ kind: 'beginning', a, b: last, path: way }, t.watch.log)).toBe(false);
  }
});
