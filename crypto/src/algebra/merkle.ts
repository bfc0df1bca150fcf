/**
 * Merkle trees as RFC 6962 hashes them: leaves under 0x00, inner nodes under 0x01, so that a leaf never
 * passes for a node. A root over many things lets one signature vouch for each of them.
 *
 * @module
 */
import { type Bytes, concat, equalPublic } from './bytes.ts';
import { sha256 } from './hash.ts';

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export const merkleLeaf = (data: Bytes): Bytes => sha256(concat(leafPrefix, data));
const merkleNode = (left: Bytes, right: Bytes): Bytes => sha256(concat(nodePrefix, left, right));

/** The largest power of two smaller than `n` (n ≥ 2). */
const split = (n: number): number => 2 ** (31 - Math.clz32(n - 1));

/**
 * The root over leaf hashes; of no leaves, the hash of nothing.
 *
 * @example
 * ```ts
 * import { merkleLeaf, merklePath, merkleRoot, onMerklePath } from '@carelet/crypto/algebra/merkle';
 * const leaves = [1, 2, 3].map((n) => merkleLeaf(Uint8Array.of(n)));
 * onMerklePath(leaves[2]!, 2, 3, merklePath(leaves, 2), merkleRoot(leaves)); // true
 * ```
 */
export function merkleRoot(leaves: readonly Bytes[]): Bytes {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return merkleNode(merkleRoot(leaves.slice(0, k)), merkleRoot(leaves.slice(k)));
}

/** The hashes beside the way from leaf `index` to the root, lowest first. */
export function merklePath(leaves: readonly Bytes[], index: number): Bytes[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...merklePath(leaves.slice(0, k), index), merkleRoot(leaves.slice(k))]
    : [...merklePath(leaves.slice(k), index - k), merkleRoot(leaves.slice(0, k))];
}

/** Whether `leaf` is number `index` of `count` leaves under `root`. */
export function onMerklePath(leaf: Bytes, index: number, count: number, path: readonly Bytes[], root: Bytes): boolean {
  const climbed = rootFrom(leaf, index, count, path);
  return climbed !== null && equalPublic(climbed, root);
}

/** The root that a leaf and its path lead to; `null` when the path does not fit index and count. */
export function rootFrom(leaf: Bytes, index: number, count: number, path: readonly Bytes[]): Bytes | null {
  let root: Bytes | null = null;
  for (const { hash } of ascend(leaf, index, count, path)) root = hash;
  return root;
}

/** A node on the way from a leaf to the root: the leaves it stands over name it within its tree. */
export type MerkleStep = { readonly place: string; readonly hash: Bytes };

/**
 * The way from a leaf to the root, the leaf first, hashed as it is walked; nothing when the path does not fit index
 * and count. Whoever comes to a node that he knows to be under the root may stop there: leaves of one batch share
 * most of their ways.
 */
export function* ascend(leaf: Bytes, index: number, count: number, path: readonly Bytes[]): Generator<MerkleStep> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count || count > 2 ** 31) return;
  const spans: { from: number; to: number; left: boolean }[] = [];
  for (let from = 0, to = count; to - from > 1; ) {
    const middle = from + split(to - from);
    const left = index < middle;
    spans.push({ from, to, left });
    if (left) to = middle;
    else from = middle;
  }
  if (spans.length !== path.length) return;
  let hash = leaf;
  yield { place: `${index}`, hash };
  for (const sibling of path) {
    const { from, to, left } = spans.pop()!;
    hash = left ? merkleNode(hash, sibling) : merkleNode(sibling, hash);
    yield { place: `${from}-${to}`, hash };
  }
}

/** Every leaf's path at once, in O(n log n): for a batch whose leaves all carry their own. */
export function merklePaths(leaves: readonly Bytes[]): Bytes[][] {
  const paths: Bytes[][] = leaves.map(() => []);
  if (leaves.length > 1) walk(0, leaves.length);
  return paths;

  function walk(from: number, to: number): Bytes {
    if (to - from === 1) return leaves[from]!;
    const middle = from + split(to - from);
    const left = walk(from, middle);
    const right = walk(middle, to);
    for (let i = from; i < middle; i++) paths[i]!.push(right);
    for (let i = middle; i < to; i++) paths[i]!.push(left);
    return merkleNode(left, right);
  }
}
