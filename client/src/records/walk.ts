/**
 * Walking down a key tree.
 *
 * @module
 */
import type { Part, Period } from '@carelet/care/model';
import { children, spanOf } from '@carelet/care/rules/records/calendar';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { childKey, nodeId } from '@carelet/crypto/records/tree';
import type { NodeGrant } from '@carelet/crypto/records/wrap';

/** A node whose key is known. */
export type Held = NodeGrant & { readonly nodeId: Bytes; readonly part: Part };

/**
 * Every node below the granted ones, with its key: the cloud knows which node hangs under which, and a child's
 * period is one of few, so trying them finds it.
 */
export function walkDown(grants: readonly Held[], nodes: readonly { nodeId: Bytes; parent: Bytes }[]): Map<string, Held> {
  const below = new Map<string, Bytes[]>();
  for (const { nodeId: id, parent } of nodes) {
    const siblings = below.get(hex(parent));
    if (siblings) siblings.push(id);
    else below.set(hex(parent), [id]);
  }
  const held = new Map<string, Held>();
  const queue = [...grants];
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (held.has(hex(node.nodeId))) continue;
    held.set(hex(node.nodeId), node);
    const wanted = new Set((below.get(hex(node.nodeId)) ?? []).map(hex));
    // A writer may have sealed nonsense for a period: then this node has no children, and no other suffers.
    if (wanted.size === 0 || spanOf(node.period) === undefined) continue;
    for (const period of children(node.period) as Period[]) {
      const id = nodeId(node.treeId, period);
      if (wanted.has(hex(id))) queue.push({ ...node, period, key: childKey(node.key, period), nodeId: id });
    }
  }
  return held;
}
