/**
 * Bytes nobody meant, at everything that reads bytes here: each gives `null` and never throws, or gives something whose
 * bytes they are; and nothing of it is believed.
 *
 * @module
 */
import { expect } from 'vitest';
import { type Bytes, equalPublic, hex } from '../algebra/bytes.ts';
import { isOneOf, mutations } from '../algebra/mutations.testing.ts';
import { manifestHash } from '../cards/manifest.ts';
import { judgeCheckpoint, openCheckpoint } from './checkpoint.ts';
import { cosignedExport } from './export.testing.ts';
import { decodeExport, encodeExport, verifyExport } from './export.ts';
import { commitment, decodeReceipt, encodeReceipt } from './leaf.ts';
import { decodeMapProof, encodeMapProof, verifyNode } from './map.ts';
import { decodeNote, encodeNote } from './note.ts';
import { decodePromise, encodePromise, promise, verifyPromise } from './promise.ts';
import { now } from './town.testing.ts';
import { decodeFork, encodeFork, type Fork, verifyFork } from './witness.ts';

/** Mutates what one town's log and map gave out. */
export async function fuzzReceipts(count: number): Promise<void> {
  const { t, exported } = await cosignedExport('fuzz');
  const { exported: other } = await cosignedExport('fuzz others');
  const pin = manifestHash(t.manifest);
  const { map } = openCheckpoint(exported.checkpoint, t.watch.log)!.checkpoint;
  const commitments = exported.receipts.map(({ receipt }) => hex(commitment(receipt)));
  const path = exported.receipts[1]!.path;
  const leaf = t.random(32);
  const forks: Fork[] = [
    { kind: 'heads', a: exported.checkpoint, b: exported.checkpoint },
    { kind: 'beginning', a: exported.checkpoint, b: exported.checkpoint, path },
    { kind: 'leaf', a: exported.checkpoint, b: exported.checkpoint, index: 1, inA: { leaf, path }, inB: { leaf, path } },
  ];
  const notes = [exported.checkpoint, other.checkpoint];

  // A receipt that was changed has another leaf than any that was logged.
  run(
    'receipts',
    [...exported.receipts, ...other.receipts].map(({ receipt }) => encodeReceipt(receipt)),
    decodeReceipt,
    encodeReceipt,
    (read) => commitments.includes(hex(commitment(read))),
  );
  // A checkpoint may lose or gain a stranger's line; what it says stays what the log signed.
  run('checkpoints', notes, decodeNote, encodeNote, (_, bytes) => {
    const judged = judgeCheckpoint(bytes, t.watch, now);
    return judged.kind !== 'refused' && !equalPublic(judged.checkpoint.map, map);
  });
  run(
    'promises',
    exported.receipts.map(({ receipt }) => encodePromise(promise(t.cloud.log, commitment(receipt), now))),
    decodePromise,
    encodePromise,
    (read) => verifyPromise(read, t.watch.log),
  );
  // A proof that was changed proves of no node anything else than the map said before.
  const said = exported.nodes.map(({ nodeId, proof }) => verifyNode(map, nodeId, proof)!);
  run(
    'map proofs',
    exported.nodes.map(({ proof }) => encodeMapProof(proof)),
    decodeMapProof,
    encodeMapProof,
    (read) =>
      exported.nodes.some(({ nodeId }, i) => {
        const now = verifyNode(map, nodeId, read);
        return now !== null && JSON.stringify(now) !== JSON.stringify(said[i]);
      }),
  );
  run('forks', forks.map(encodeFork), decodeFork, encodeFork, (read) => verifyFork(read, t.watch.log));
  // An export that still holds says of the same log, at the same time, only what is in it.
  run('exports', [encodeExport(exported), encodeExport(other)], decodeExport, encodeExport, (_, bytes) => {
    const report = verifyExport(bytes, pin);
    if (report.kind !== 'read' || !report.holds) return false;
    return (
      report.receipts.some(({ receipt }) => !commitments.includes(hex(commitment(receipt)))) || !equalPublic(report.checkpoint!.map, map)
    );
  });

  function run<T>(
    seed: string,
    examples: Bytes[],
    decode: (bytes: Bytes) => T | null,
    encode: (read: T) => Bytes,
    believed: (read: T, bytes: Bytes) => boolean,
  ) {
    const next = mutations(`receipts/${seed}`, examples);
    let read = 0;
    for (let i = 0; i < count; i++) {
      const bytes = next();
      if (isOneOf(examples, bytes)) continue;
      const got = decode(bytes);
      if (got === null) continue;
      read++;
      expect(equalPublic(encode(got), bytes)).toBe(true);
      if (believed(got, bytes)) throw new Error(`${seed}: believed ${hex(bytes)}`);
    }
    // Some mutations are well-formed, else nothing was tried but the reading.
    expect(read, seed).toBeGreaterThan(0);
    for (const good of examples) expect(decode(good)).not.toBeNull();
  }
}
