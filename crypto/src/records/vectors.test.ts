/**
 * `vectors/records.json` in plain JSON, for implementations in any language. `npm run vectors` records it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { hex, unhex, utf8 } from '../algebra/bytes.ts';
import { hashOf, kdf } from '../algebra/hash.ts';
import { labelOf, sensitiveLabel } from '../cards/label.ts';
import { openRow } from './reader.ts';
import { recordId, rowIdOf } from './row.ts';
import { descend, nodeId, recordKeys } from './tree.ts';
import { sealRow } from './writer.ts';

const path = resolve(import.meta.dirname, '../../../vectors/records.json');
const bytes = (first: number, length: number) => Uint8Array.from({ length }, (_, i) => (first + i) & 0xff);

/** Everything computed anew from inputs that count up from a first byte. */
function computed() {
  const root = bytes(0x00, 32);
  const treeId = bytes(0x20, 16);
  const ridKey = bytes(0x30, 32);
  const way = ['202', '2026', '2026-11', '2026-11-20'];
  const key = descend(root, way);
  const rid = recordId(ridKey, 'Observation', 'o-1');
  const rowId = rowIdOf(ridKey, 'MI', rid);
  const { key: rowKey, kc } = recordKeys(key, rowId, 1);
  const at = { part: 'MI', rowId, version: 1, nodeId: nodeId(treeId, '2026-11-20') };
  const row = sealRow(key, at, utf8('72 beats a minute'), () => bytes(0x50, 12));
  const orgKey = bytes(0x60, 32);
  return {
    source: 'computed by crypto/src/records/vectors.test.ts from inputs that count up; see docs/schemes/records.md',
    tree: { root: hex(root), treeId: hex(treeId) },
    nodes: ['always', ...way].map((period, i) => ({
      period,
      nodeId: hex(nodeId(treeId, period)),
      key: hex(descend(root, way.slice(0, i))),
    })),
    record: { ridKey: hex(ridKey), type: 'Observation', id: 'o-1', rid: hex(rid), rowId: hex(rowId), key: hex(rowKey), kc: hex(kc) },
    row: { nonce: hex(bytes(0x50, 12)), content: '72 beats a minute', mark: hex(row.mark), ct: hex(row.ct) },
    labels: {
      orgKey: hex(orgKey),
      plain: { name: 'kind', value: 'laboratory', label: labelOf(orgKey, 'kind', 'laboratory') },
      sensitive: { pat: hex(bytes(0x80, 16)), value: 'HIV', label: sensitiveLabel(orgKey, bytes(0x80, 16), 'HIV') },
    },
    derivation: {
      key: hex(root),
      label: 'carelet/v1/records/node',
      parts: ['2026'],
      kdf: hex(kdf(root, 'carelet/v1/records/node', ['2026'])),
      hash: hex(hashOf('carelet/v1/records/nodeid', treeId, '2026')),
    },
  };
}

if (process.env.CARELET_RECORD) writeFileSync(path, `${JSON.stringify(computed(), null, 2)}\n`);
const recorded = JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof computed>;

test('node ids, keys, rows and labels are what was recorded', () => {
  expect(computed()).toEqual(recorded);
});

test('the recorded row opens', () => {
  const { rowId, kc } = recorded.record;
  const day = recorded.nodes.at(-1)!;
  const { mark, ct } = recorded.row;
  const row = { rowId: unhex(rowId), version: 1, nodeId: unhex(day.nodeId), kc: unhex(kc), mark: unhex(mark), ct: unhex(ct) };
  expect(openRow(unhex(day.key), 'MI', row)).toEqual({ kind: 'opened', content: utf8(recorded.row.content) });
});
