/**
 * An export of a small town, signed by its northern witness.
 *
 * @module
 */
import type { Export } from './export.ts';
import { now, row, town } from './town.testing.ts';
import { witness } from './witness.ts';

/** Two nodes with rows, one that never was, and four receipts. */
export async function cosignedExport(seed: string) {
  const t = town(seed);
  const [a, b, never] = [t.random(16), t.random(16), t.random(16)];
  await t.cloud.post(a, [row(t.random), row(t.random)]);
  await t.cloud.post(b, [row(t.random)]);
  await t.cloud.act({ kind: 'transformation', nodes: [a] });
  await t.cloud.act({ kind: 'taking-back' });
  const unwitnessed = t.cloud.checkpoint();
  const signed = witness(t.north, t.watch.log, null, unwitnessed, [], now);
  if (signed.kind !== 'signed') throw new Error(signed.kind);
  const exported: Export = await t.cloud.export(t.manifest, signed.note, [a, b, never]);
  return { t, exported, unwitnessed };
}
