/**
 * Walking down a key tree.
 *
 * @module
 */
import type { Part, Period } from '@carelet/care/model';
import { children, spanOf } from '@carelet/care/rules/records/calendar';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { childKey, nodeId } from '@carelet/crypto/records/tree';
import type { NodeGrant } from '@carelet/crypto/records/wrap';

/** A node whose key is known. */
export type Held = NodeGrant & { readonly nodeId: Bytes; readonly part: Part };

/** Every node below the granted ones, with its key, by its name in hex. */
export const walkDown = (grants: readonly Held[], nodes: readonly { nodeId: Bytes; parent: Bytes }[]): Map<string, Held> =>
  new Map([...steps(grants, nodes)].map((node) => [hex(node.nodeId), node]));

/**
 * The walk, step by step: the cloud knows which node hangs under which, and a child's period is one of few, so trying
 * them finds it.
 *
 * @param before gives what an earlier walk found under a node's name: its period need not be looked for again
 */
export function* steps(
  grants: readonly Held[],
  nodes: readonly { nodeId: Bytes; parent: Bytes }[],
  before: (name: string) => Held | undefined = () => undefined,
): Generator<Held> {
  const below = new Map<string, string[]>();
  for (const { nodeId: id, parent } of nodes) {
    const siblings = below.get(hex(parent));
    if (siblings) siblings.push(hex(id));
    else below.set(hex(parent), [hex(id)]);
  }
  const seen = new Set<string>();
  const queue = [...grants];
  for (let node = queue.pop(); node; node = queue.pop()) {
    const name = hex(node.nodeId);
    if (seen.has(name)) continue;
    seen.add(name);
    yield node;
    const wanted = new Set(below.get(name));
    // A writer may have sealed nonsense for a period: then this node has no children, and no other suffers.
    if (wanted.size === 0 || spanOf(node.period) === undefined) continue;
    const periods = new Set<string>(children(node.period));
    for (const child of wanted) {
      const known = before(child);
      if (!known || !equalPublic(known.treeId, node.treeId) || !periods.has(known.period)) continue;
      queue.push(childOf(node, known.period, known.nodeId));
      wanted.delete(child);
    }
    if (wanted.size === 0) continue;
    for (const period of periods) {
      const id = nodeId(node.treeId, period);
      if (wanted.has(hex(id))) queue.push(childOf(node, period, id));
    }
  }
}

const childOf = (node: Held, period: Period, id: Bytes): Held => ({ ...node, period, key: childKey(node.key, period), nodeId: id });

/** Whether a node is opened by the same key, of the same tree of the same writer. */
export const sameNode = (one: Held, other: Held): boolean =>
  equalPublic(one.key, other.key) &&
  equalPublic(one.treeId, other.treeId) &&
  equalPublic(one.writer, other.writer) &&
  one.part === other.part &&
  one.period === other.period &&
  one.category.every((word, i) => word === other.category[i]);
