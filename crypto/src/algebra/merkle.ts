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

// Written over from node to node: making room for two hashes costs a third of hashing them.
const room = new Uint8Array(65);
room.set(nodePrefix);

export function merkleNode(left: Bytes, right: Bytes): Bytes {
  // A path may bring anything for a hash; then it leads nowhere, and by no bytes of an earlier node.
  if (left.length !== 32 || right.length !== 32) return sha256(concat(nodePrefix, left, right));
  room.set(left, 1);
  room.set(right, 33);
  return sha256(room);
}

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

/** A node on the way from a leaf to the root; its place names it within its tree. */
export type MerkleStep = { readonly place: number; readonly hash: Bytes };

/**
 * The way from a leaf to the root, the leaf first, hashed as it is walked (RFC 9162 §2.1.3.2); nothing when the path
 * does not fit index and count. Whoever comes to a node that he knows to be under the root may stop there: leaves of
 * one batch share most of their ways.
 */
export function* ascend(leaf: Bytes, index: number, count: number, path: readonly Bytes[]): Generator<MerkleStep> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count || count > 2 ** 31) return;
  if (path.length !== siblings(index, count - 1)) return;
  let hash = leaf;
  yield { place: index, hash };
  // At each level a node has a number; the last one of an odd level has nothing beside it and goes up as it is.
  for (let level = 1, at = index, last = count - 1, next = 0; last > 0; level++, at >>>= 1, last >>>= 1) {
    if (at === last && at % 2 === 0) continue;
    const sibling = path[next++]!;
    hash = at % 2 === 0 ? merkleNode(hash, sibling) : merkleNode(sibling, hash);
    yield { place: level * 2 ** 31 + (at >>> 1), hash };
  }
}

/** How many hashes stand beside the way of leaf `at`. */
function siblings(at: number, last: number): number {
  if (last === 0) return 0;
  return (at === last && at % 2 === 0 ? 0 : 1) + siblings(at >>> 1, last >>> 1);
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
