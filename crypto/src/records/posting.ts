/**
 * A posting: one signed batch of rows for one patient and one part.
 *
 * The signature covers a Merkle root over the batch's nodes, each node a root over its rows. So a reader who
 * may see some nodes of a batch checks one path per node, never one per row, and notices a row that was taken
 * away; a patient who sees all nodes needs no path at all.
 *
 * @module
 */
import { verifyEach } from '../algebra/batch.ts';
import { type Bytes, cbor, compare, hex } from '../algebra/bytes.ts';
import { hashOf, sha256 } from '../algebra/hash.ts';
import { merkleLeaf, merklePath, merkleRoot, onMerklePath } from '../algebra/merkle.ts';
import { sign, verify } from '../algebra/sign.ts';
import type { Row } from './row.ts';

/** A node and the node above it; `parent` is empty for a root. The cloud keeps this shape, never a period. */
export type NodeLink = { readonly nodeId: Bytes; readonly parent: Bytes };

/** What a posting is about. */
export type PostingHead = {
  /** Card id of the organisation that posts. */
  readonly writer: Bytes;
  readonly pat: Bytes;
  readonly part: string;
};

/** What is kept of a posting to prove its rows by. */
export type PostingSeal = PostingHead & {
  readonly postingId: Bytes;
  readonly root: Bytes;
  /** How many nodes the root is over. */
  readonly nodeCount: number;
  /** Hash of the node links posted along. */
  readonly links: Bytes;
  readonly signature: Bytes;
};

/** A row reduced to what the root is over. */
export type RowLeaf = { readonly rowId: Bytes; readonly version: number; readonly leaf: Bytes };

export const rowLeaf = (row: Row): RowLeaf => rowLeafOver(row, sha256(row.ct));

/** The leaf of a row the hash of whose `ct` is known already. */
export function rowLeafOver({ rowId, version, kc, mark }: Omit<Row, 'ct'>, ctHash: Bytes): RowLeaf {
  return { rowId, version, leaf: merkleLeaf(cbor([rowId, version, kc, mark, ctHash])) };
}

/** One node's part in a posting. */
export type NodeLeaf = { readonly nodeId: Bytes; readonly count: number; readonly leaf: Bytes };

/** The node's leaf from its rows' leaves, whatever their order. */
export function nodeLeaf(nodeId: Bytes, rows: readonly RowLeaf[]): NodeLeaf {
  const sorted = [...rows].sort((a, b) => compare(a.rowId, b.rowId) || a.version - b.version);
  return { nodeId, count: rows.length, leaf: merkleLeaf(cbor([nodeId, rows.length, merkleRoot(sorted.map(({ leaf }) => leaf))])) };
}

/** The leaves of a whole posting, by nodeId. */
export function nodeLeaves(rows: readonly Row[]): NodeLeaf[] {
  const byNode = new Map<string, { nodeId: Bytes; rows: RowLeaf[] }>();
  for (const row of rows) {
    const name = hex(row.nodeId);
    const node = byNode.get(name) ?? { nodeId: row.nodeId, rows: [] };
    node.rows.push(rowLeaf(row));
    byNode.set(name, node);
  }
  return [...byNode.values()].sort((a, b) => compare(a.nodeId, b.nodeId)).map((node) => nodeLeaf(node.nodeId, node.rows));
}

/** Signs a batch as the organisation that posts it. */
export function signPosting(secret: Bytes, head: PostingHead, rows: readonly Row[], links: readonly NodeLink[]): PostingSeal {
  const leaves = nodeLeaves(rows);
  const root = merkleRoot(leaves.map(({ leaf }) => leaf));
  const sealed = { ...head, root, nodeCount: leaves.length, links: linksHash(links) };
  return { ...sealed, postingId: postingId(sealed), signature: sign(secret, 'carelet/v1/records/posting', signedParts(sealed)) };
}

/** Whether the organisation with this key signed this seal. */
export function verifyPosting(verificationKey: Bytes, seal: PostingSeal): boolean {
  return (
    compare(seal.postingId, postingId(seal)) === 0 &&
    verify(verificationKey, 'carelet/v1/records/posting', signedParts(seal), seal.signature)
  );
}

/** `verifyPosting` for each of many. */
export async function verifyPostings(verificationKey: Bytes, seals: readonly PostingSeal[]): Promise<boolean[]> {
  const signed = await verifyEach(
    seals.map((seal) => ({
      key: verificationKey,
      label: 'carelet/v1/records/posting',
      parts: signedParts(seal),
      signature: seal.signature,
    })),
  );
  return seals.map((seal, i) => signed[i]! && compare(seal.postingId, postingId(seal)) === 0);
}

/** Whether rows and links are exactly those the seal is over: for the cloud, which sees the whole batch. */
export function coversBatch(seal: PostingSeal, rows: readonly Row[], links: readonly NodeLink[]): boolean {
  const leaves = nodeLeaves(rows);
  return (
    leaves.length === seal.nodeCount &&
    compare(merkleRoot(leaves.map(({ leaf }) => leaf)), seal.root) === 0 &&
    compare(linksHash(links), seal.links) === 0
  );
}

/** Where a node stands in its posting: for a reader who does not see the other nodes. */
export type NodeProof = { readonly index: number; readonly path: readonly Bytes[] };

export function proveNode(leaves: readonly NodeLeaf[], nodeId: Bytes): NodeProof | null {
  const index = leaves.findIndex((leaf) => compare(leaf.nodeId, nodeId) === 0);
  return index < 0
    ? null
    : {
        index,
        path: merklePath(
          leaves.map(({ leaf }) => leaf),
          index,
        ),
      };
}

/** Whether the rows a reader got of a node are all that the posting holds of it. */
export function coversNode(seal: PostingSeal, nodeId: Bytes, rows: readonly RowLeaf[], proof: NodeProof): boolean {
  return onMerklePath(nodeLeaf(nodeId, rows).leaf, proof.index, seal.nodeCount, proof.path, seal.root);
}

function linksHash(links: readonly NodeLink[]): Bytes {
  const sorted = [...links].sort((a, b) => compare(a.nodeId, b.nodeId));
  return hashOf('carelet/v1/records/links', ...sorted.map(({ nodeId, parent }) => [nodeId, parent]));
}

type Signed = PostingHead & { root: Bytes; nodeCount: number; links: Bytes };

const signedParts = ({ writer, pat, part, root, nodeCount, links }: Signed) => [writer, pat, part, root, nodeCount, links];

const postingId = (sealed: Signed): Bytes => hashOf('carelet/v1/records/postingid', ...signedParts(sealed)).slice(0, 16);
