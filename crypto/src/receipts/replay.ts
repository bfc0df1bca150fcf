/**
 * What a patient's client does at each sync: it goes through her postings' receipts again and compares what her nodes must
 * hold by now with what the map says. A cloud that rolled back rows and map together is found out here.
 *
 * @module
 */
import { type Bytes, equalPublic, hex, unhex } from '../algebra/bytes.ts';
import type { Receipt } from './leaf.ts';
import { holds, type MapProof, nodeState, type RowState } from './map.ts';

/** Rows by the hex of their node's id, every version that was ever posted. */
export type Held = ReadonlyMap<string, readonly RowState[]>;

export type PostedRow = RowState & { readonly nodeId: Bytes };

/** The root that a posting's receipt names: over all of its rows, whichever nodes they hang on. */
export const postedRoot = (rows: readonly RowState[]): Bytes => nodeState(rows).root;

/** Adds a posting to what is held; `null` when these are not the rows and the nodes its receipt names. */
export function replay(held: Held, receipt: Receipt, rows: readonly PostedRow[]): Held | null {
  const named = new Set(receipt.nodes.map(hex));
  const touched = new Set(rows.map(({ nodeId }) => hex(nodeId)));
  const isSame = named.size === touched.size && [...touched].every((name) => named.has(name));
  if (receipt.kind !== 'posting' || !isSame || !equalPublic(receipt.rows, postedRoot(rows))) return null;
  const next = new Map(held);
  for (const { nodeId, ...row } of rows) next.set(hex(nodeId), [...(next.get(hex(nodeId)) ?? []), row]);
  return next;
}

/** Ids of the nodes of which a map says something else than what is held, or proves nothing. */
export function contradicted(held: Held, map: Bytes, proofs: ReadonlyMap<string, MapProof>): Bytes[] {
  const wrong = [...held].filter(([name, rows]) => {
    const proof = proofs.get(name);
    return !proof || !holds(map, unhex(name), rows, proof);
  });
  return wrong.map(([name]) => unhex(name));
}
