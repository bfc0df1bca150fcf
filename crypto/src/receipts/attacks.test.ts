/**
 * What a cloud might try that keeps the log, the map and its signing key, and where each attempt ends (receipts.md).
 */
import { expect, test } from 'vitest';
import { type Bytes, hex } from '../algebra/bytes.ts';
import { freshness, judgeCheckpoint, openCheckpoint } from './checkpoint.ts';
import { commitment, leafHash } from './leaf.ts';
import { verifyInclusion } from './log.ts';
import { holds, verifyNode } from './map.ts';
import { judgePromise, verifyPromise } from './promise.ts';
import { contradicted, type Held, postedRoot, replay } from './replay.ts';
import { cloud, now, row, town } from './town.testing.ts';
import { compareHeads, follow, verifyFork, witness } from './witness.ts';

/** A town with seven receipts that its northern witness signed. */
async function watched(seed: string) {
  const t = town(seed);
  for (let i = 0; i < 7; i++) await t.cloud.act();
  const first = witness(t.north, t.watch.log, null, t.cloud.checkpoint(), [], now);
  if (first.kind !== 'signed') throw new Error(first.kind);
  return { ...t, head: first.note };
}

/** A cloud of the same key with other things behind it. */
async function recomputed(t: Awaited<ReturnType<typeof watched>>, keep: number, more: number) {
  const other = cloud(t.cloud.log, t.random);
  for (const { salt: _, ...act } of t.cloud.receipts.slice(0, keep)) await other.act(act);
  for (let i = 0; i < more; i++) await other.act();
  return other;
}

const rootOf = (t: Awaited<ReturnType<typeof watched>>, note: Bytes) => openCheckpoint(note, t.watch.log)!.checkpoint;

test('recompute and truncate: the witness signs no shorter log, and no longer one that began otherwise', async () => {
  const t = await watched('truncate');
  const shorter = await recomputed(t, 5, 0);
  expect(witness(t.north, t.watch.log, t.head, shorter.checkpoint(now + 1), [], now + 1).kind).toBe('refused');
  expect(judgeCheckpoint(shorter.checkpoint(now + 1), t.watch, now + 1).kind).toBe('unwitnessed');
  const longer = await recomputed(t, 5, 9);
  expect(witness(t.north, t.watch.log, t.head, longer.checkpoint(now + 1), await longer.consistency(7), now + 1).kind).not.toBe('signed');
  // And once it is as long as it was, its own two signatures are the proof.
  const same = await recomputed(t, 5, 2);
  const fork = compareHeads(t.head, same.checkpoint(now + 1), t.watch.log);
  expect(fork && verifyFork(fork, t.watch.log)).toBe(true);
});

test('rewrite of one leaf: its receipt is no longer included, and the old proof beside the new makes a fork', async () => {
  const t = await watched('rewrite');
  const path = await t.cloud.inclusion(3);
  const receipt = t.cloud.receipts[3]!;
  const leaf = leafHash(commitment(receipt));
  const before = rootOf(t, t.head);
  expect(verifyInclusion(leaf, 3, before.size, path, before.root)).toBe(true);
  const other = await recomputed(t, 3, 6);
  const note = other.checkpoint(now + 1);
  const after = rootOf(t, note);
  const inB = { leaf: leafHash(commitment(other.receipts[3]!)), path: await other.inclusion(3) };
  expect(verifyInclusion(leaf, 3, after.size, inB.path, after.root)).toBe(false);
  expect(verifyFork({ kind: 'leaf', a: t.head, b: note, index: 3, inA: { leaf, path }, inB }, t.watch.log)).toBe(true);
});

test('a forked head shown to two clients: one of them is not witnessed, and both together prove it', async () => {
  const t = await watched('two clients');
  await t.cloud.act();
  const forAda = witness(t.north, t.watch.log, t.head, t.cloud.checkpoint(now + 1), await t.cloud.consistency(7), now + 1);
  if (forAda.kind !== 'signed') throw new Error(forAda.kind);
  const other = await recomputed(t, 0, 8);
  const forBen = other.checkpoint(now + 1);
  const asked = witness(t.north, t.watch.log, forAda.note, forBen, [], now + 1);
  expect(asked.kind).toBe('forked');
  expect(judgeCheckpoint(forAda.note, t.watch, now + 1).kind).toBe('witnessed');
  expect(judgeCheckpoint(forBen, t.watch, now + 1).kind).toBe('unwitnessed');
  const fork = compareHeads(forAda.note, forBen, t.watch.log);
  expect(fork && verifyFork(fork, t.watch.log)).toBe(true);
});

test('a replayed old head: stale after ten minutes for everybody, and at once for whoever saw a newer one', async () => {
  const t = await watched('replay');
  await t.cloud.act();
  const newer = t.cloud.checkpoint(now + 5);
  expect(judgeCheckpoint(t.head, t.watch, now + freshness.age).kind).toBe('witnessed');
  expect(judgeCheckpoint(t.head, t.watch, now + freshness.age + 1).kind).toBe('stale');
  expect(follow(t.watch.log, newer, t.head, [], now + 6)).toEqual({ kind: 'refused', because: 'older' });
});

test("a suppressed leaf: its promise is broken, under the cloud's own signature", async () => {
  const t = await watched('suppressed');
  const elsewhere = cloud(t.cloud.log, t.random);
  const { promised } = await elsewhere.act();
  expect(verifyPromise(promised, t.watch.log)).toBe(true);
  await t.cloud.act();
  const head = rootOf(t, t.cloud.checkpoint(now + 61));
  for (let index = 0; index < head.size; index++) {
    expect(judgePromise(promised, { head, index, path: await t.cloud.inclusion(index) }, now + 61)).toBe('broken');
  }
});

/** A node with three rows, the second of which was written again. */
async function written(seed: string) {
  const t = await watched(seed);
  const node = t.random(16);
  const first = [row(t.random), row(t.random), row(t.random)];
  const second = [row(t.random, first[1]!.rowId, 2)];
  await t.cloud.post(node, first);
  const early = { map: rootOf(t, t.cloud.checkpoint()).map, proof: await t.cloud.nodeProof(node) };
  await t.cloud.post(node, second);
  const map = rootOf(t, t.cloud.checkpoint()).map;
  return { ...t, node, first, second, early, map, now: [first[0]!, second[0]!, first[2]!], proof: await t.cloud.nodeProof(node) };
}

test('version 1 after version 2: the map under the checkpoint holds version 2', async () => {
  const t = await written('version');
  expect(holds(t.map, t.node, t.now, t.proof)).toBe(true);
  expect(holds(t.map, t.node, t.first, t.proof)).toBe(false);
  // The proof of then is true of the map of then, and of no other.
  expect(holds(t.early.map, t.node, t.first, t.early.proof)).toBe(true);
  expect(holds(t.map, t.node, t.first, t.early.proof)).toBe(false);
});

test('a dropped row, an added row and a row of other content do not fit the map', async () => {
  const t = await written('dropped');
  for (let i = 0; i < 3; i++) expect(holds(t.map, t.node, t.now.toSpliced(i, 1), t.proof)).toBe(false);
  expect(holds(t.map, t.node, [...t.now, row(t.random)], t.proof)).toBe(false);
  expect(holds(t.map, t.node, t.now.with(0, { ...t.now[0]!, ctHash: t.random(32) }), t.proof)).toBe(false);
});

test('a hidden node: nothing proves that it is absent', async () => {
  const t = await written('hidden');
  const proofs = [t.proof, t.early.proof, { ...t.proof, leaf: null }, { beside: [], leaf: null }, await t.cloud.nodeProof(t.random(16))];
  for (const proof of proofs) expect(verifyNode(t.map, t.node, proof)?.kind).not.toBe('absent');
});

test('rows and map rolled back together: her next sync finds it', async () => {
  const t = await written('rolled back');
  const posted = [t.first, t.second].map((rows) => rows.map((one) => ({ ...one, nodeId: t.node })));
  const receipts = t.cloud.receipts.slice(-2);
  const held = receipts.reduce<Held>((sum, receipt, i) => replay(sum, receipt, posted[i]!)!, new Map());
  expect(contradicted(held, t.map, new Map([[hex(t.node), t.proof]]))).toEqual([]);
  expect(contradicted(held, t.early.map, new Map([[hex(t.node), t.early.proof]]))).toEqual([t.node]);
  expect(contradicted(held, t.map, new Map())).toEqual([t.node]);
  // Nor can a posting's rows be others than its receipt names.
  expect(replay(new Map(), receipts[0]!, posted[0]!.slice(1))).toBeNull();
  expect(
    replay(
      new Map(),
      receipts[0]!,
      posted[0]!.map((one) => ({ ...one, nodeId: t.random(16) })),
    ),
  ).toBeNull();
  expect(replay(new Map(), t.cloud.receipts[0]!, [])).toBeNull();
  expect(postedRoot(t.first)).toEqual(receipts[0]!.rows);
});
