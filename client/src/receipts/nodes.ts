/**
 * Whether what was read of nodes is what the cloud's log says they hold: all rows, each in its latest version.
 *
 * @module
 */
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Card } from '@carelet/crypto/cards/card';
import { decodeMapProof, mapValue, type NodeState, verifyNode } from '@carelet/crypto/receipts/map';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Breathe } from '../pace.ts';
import { ownerSaw } from './device.ts';
import type { Standing, Watching } from './watch.ts';

/** A node as it was read. */
export type ReadNode = { readonly nodeId: Bytes; readonly state: NodeState };

/** The nodes that hold something else than was read of them, by name in hex; or what is wrong with the log itself. */
export type Compared =
  | {
      readonly kind: 'compared';
      readonly standing: Standing;
      readonly other: ReadonlySet<string>;
      /** When the owner's own device signed the log, UTC seconds; `null` where it never did. */
      readonly ownerSaw: number | null;
    }
  | { readonly kind: 'fails'; readonly what: string };

/** Nodes in one question, and proofs checked between two breaths. */
const nodesAtOnce = 5000;
const proofsAtOnce = 32;

type Comparing = {
  readonly keyring: Keyring;
  readonly watch: Watching;
  readonly cloud: Cloud;
  readonly pat: Bytes;
  /** The card of the chart's owner, if it is believed. */
  readonly owner: Card | null;
  /** UTC seconds. */
  readonly now: () => number;
};

/** Asks the map about nodes; after their rows, so that it knows of every one of them. */
export async function compareNodes(
  { keyring, watch, cloud, pat, owner, now }: Comparing,
  nodes: readonly ReadNode[],
  breathe: Breathe,
): Promise<Compared> {
  const other = new Set<string>();
  let standing: Standing = { kind: 'unwatched' };
  let signed: number | null = null;
  for (let at = 0; at < nodes.length; at += nodesAtOnce) {
    const some = nodes.slice(at, at + nodesAtOnce);
    const judged = await watch.ask((seen) => cloud.receipts.nodes({ pat, nodes: some.map(({ nodeId }) => nodeId), seen }));
    if (!judged) return { kind: 'compared', standing, other, ownerSaw: signed };
    if (judged.kind === 'fails') return judged;
    const saw = ownerSaw(keyring, owner, judged.answer, now());
    if (saw.kind === 'fails') return saw;
    signed = saw.time;
    standing = judged.standing;
    for (const [i, node] of some.entries()) {
      if (i % proofsAtOnce === 0) await breathe();
      if (!isHeld(node, judged.checkpoint.map, judged.answer.proofs[i])) other.add(hex(node.nodeId));
    }
  }
  return { kind: 'compared', standing, other, ownerSaw: signed };
}

/** Whether a map says that a node holds this; of a node that never had a row it knows nothing. */
function isHeld({ nodeId, state }: ReadNode, map: Bytes, proofBytes: Bytes | undefined): boolean {
  const proof = proofBytes && decodeMapProof(proofBytes);
  const said = proof ? verifyNode(map, nodeId, proof) : null;
  if (said?.kind === 'present') return equalPublic(said.value, mapValue(state));
  return said?.kind === 'absent' && state.count === 0;
}
