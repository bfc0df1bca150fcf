import { expect, test } from 'vitest';
import { type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { foundingHash, manifestHash, signManifest } from '../cards/manifest.ts';
import { cosignedExport } from './export.testing.ts';
import { decodeExport, encodeExport, type Report, verifyExport } from './export.ts';
import { commitment } from './leaf.ts';
import { town } from './town.testing.ts';

type Read = Extract<Report, { kind: 'read' }>;

function check(...[bytes, pin]: Parameters<typeof verifyExport>): Read {
  const report = verifyExport(bytes, pin);
  if (report.kind !== 'read') throw new Error(report.kind);
  return report;
}

test('an export holds with nothing but itself and the hash of the manifest', async () => {
  const { t, exported } = await cosignedExport('whole');
  const bytes = encodeExport(exported);
  expect(decodeExport(bytes)).toEqual(exported);
  const report = check(bytes, manifestHash(t.manifest));
  expect(report).toMatchObject({ holds: true, manifest: 'pinned', town: 'Test', hidden: [], witnesses: [{ name: t.north.name }] });
  expect(report.receipts.map(({ included }) => included)).toEqual([true, true, true, true]);
  expect(report.nodes.map(({ state, proven }) => [state?.count, proven])).toEqual([
    [2, true],
    [1, true],
    [undefined, true],
  ]);
  expect(check(bytes, foundingHash(t.manifest)).manifest).toBe('pinned');
});

test("without a hash nobody says whose keys those are, and with another they are not the town's", async () => {
  const { t, exported } = await cosignedExport('pin');
  const bytes = encodeExport(exported);
  expect(check(bytes)).toMatchObject({ holds: false, manifest: 'signed' });
  expect(check(bytes, t.random(32))).toMatchObject({ holds: false, manifest: 'another' });
  const alone = signManifest(t.manifest, t.issuers.slice(0, 1));
  expect(check(encodeExport({ ...exported, manifest: alone }), manifestHash(alone))).toMatchObject({ holds: false, manifest: 'unsigned' });
  // Ivy's own town signs whatever she likes, and is another town.
  const { exported: ivys } = await cosignedExport('ivy');
  expect(check(encodeExport(ivys), manifestHash(t.manifest))).toMatchObject({ holds: false, manifest: 'another' });
  const { receipts: _, ...unwatched } = t.manifest;
  const nobody = signManifest(unwatched, t.issuers);
  expect(check(encodeExport({ ...exported, manifest: nobody }), manifestHash(nobody))).toMatchObject({ holds: false, checkpoint: null });
});

test('a report tells which receipt, which node and which witness does not hold', async () => {
  const { t, exported, unwitnessed } = await cosignedExport('parts');
  const pin = manifestHash(t.manifest);
  const [first, ...others] = exported.receipts;
  const rewritten = { ...first!, receipt: { ...first!.receipt, time: first!.receipt.time + 1 } };
  expect(commitment(rewritten.receipt)).not.toEqual(commitment(first!.receipt));
  const report = check(encodeExport({ ...exported, receipts: [rewritten, ...others] }), pin);
  expect([report.holds, report.receipts.map(({ included }) => included)]).toEqual([false, [false, true, true, true]]);

  const [node, ...rest] = exported.nodes;
  const emptied = { ...node!, state: { ...node!.state!, count: 1 } };
  expect(check(encodeExport({ ...exported, nodes: [emptied, ...rest] }), pin)).toMatchObject({
    holds: false,
    nodes: [{ proven: false }, {}, {}],
  });
  expect(check(encodeExport({ ...exported, nodes: [{ ...node!, state: null }, ...rest] }), pin)).toMatchObject({
    holds: false,
    hidden: [node!.nodeId],
  });
  expect(check(encodeExport({ ...exported, nodes: rest }), pin)).toMatchObject({ holds: false, hidden: [node!.nodeId] });

  const alone = check(encodeExport({ ...exported, checkpoint: unwitnessed }), pin);
  expect(alone).toMatchObject({ holds: false, witnesses: [], receipts: [{ included: true }, {}, {}, {}] });
});

test('what is no export is unreadable', async () => {
  const { exported } = await cosignedExport('unreadable');
  const fields = uncbor(encodeExport(exported)) as Cbor[];
  for (const wrong of [
    [...fields, 0],
    fields.slice(0, -1),
    fields.with(0, 'carelet/v1/receipts/other'),
    fields.with(1, new Uint8Array(3)),
    fields.with(2, 'a note'),
    fields.with(3, new Uint8Array()),
    fields.with(4, new Uint8Array()),
    fields.with(3, [0]),
    fields.with(4, [[new Uint8Array(16), null, new Uint8Array()]]),
  ])
    expect(verifyExport(cbor(wrong))).toEqual({ kind: 'unreadable' });
  expect(town('unreadable').manifest).toEqual(exported.manifest);
});
