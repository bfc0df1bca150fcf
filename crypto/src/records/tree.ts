/**
 * Trees of keys: whoever holds a node opens everything below it and nothing beside or above it.
 *
 * A tree belongs to (writer, patient, part, category, generation). Its root stands for the period `always`;
 * below it hang decades, years, months and days, each key derived from its parent's (keys.md §2). This file
 * knows periods only as texts; the calendar is medicine's (`care/rules/records/calendar`).
 *
 * | letter | meaning |
 * |---|---|
 * | K_root | 32 random bytes, the key of the node `always` |
 * | K_node | the key of one period |
 * | nodeId | 16 public bytes that name a node and tell nothing of its period |
 * | key, kc | a row's AES key and the commitment to it that stands in the row |
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { hashOf, kdf, type Mac } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';

/** A key tree as its maker holds it: `id` 16 bytes, `root` 32 secret bytes. */
export type Tree = { readonly id: Bytes; readonly root: Bytes };

export function newTree(random: Random = systemRandom): Tree {
  return { id: random(16), root: random(32) };
}

/** The key of a period directly below a node. */
export function childKey(nodeKey: Bytes, period: string): Bytes {
  return kdf(nodeKey, 'carelet/v1/records/node', [period]);
}

/**
 * The key of a node further down.
 *
 * @param below the periods on the way, without the one whose key is given: from `always` to a day that is
 * `['202', '2026', '2026-11', '2026-11-20']`
 */
export function descend(nodeKey: Bytes, below: readonly string[]): Bytes {
  return below.reduce(childKey, nodeKey);
}

/** `nodeId = SHA-256(cbor(["carelet/v1/records/nodeid", treeId, period]))[0..16)` */
export function nodeId(treeId: Bytes, period: string): Bytes {
  return hashOf('carelet/v1/records/nodeid', treeId, period).slice(0, 16);
}

/** A row's two keys: `key ‖ kc = kdf(K_node, "carelet/v1/records/record", rowId, version; 64)`. */
export function recordKeys(nodeKey: Bytes | Mac, rowId: Bytes, version: number): { key: Bytes; kc: Bytes } {
  const both = kdf(nodeKey, 'carelet/v1/records/record', [rowId, version], 64);
  return { key: both.subarray(0, 32), kc: both.slice(32) };
}
