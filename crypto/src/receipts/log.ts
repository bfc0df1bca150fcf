/**
 * The log: a list that only grows, under a root that tells if it did anything else (RFC 6962 §2.1, RFC 9162 §2.1).
 *
 * Whoever appends keeps no tree, only the roots of its full halves (a *compact range*): twenty hashes for a million
 * leaves. Every full subtree's root is stored once under its place and never changes, so a proof for any size, the
 * newest or an old one, is one look into the store.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import { merkleNode, merkleRoot } from '../algebra/merkle.ts';

/** A full subtree: `index` counts those of its level from the left; level 0 are the leaves. */
export type Place = { readonly level: number; readonly index: number };

export type PlacedHash = Place & { readonly hash: Bytes };

/** Where the roots of full subtrees lie: a table in PostgreSQL, or memory. What is put is never put again with another hash. */
export type LogStore = {
  /** Hashes in the order asked for; `null` where there is none. */
  get(places: readonly Place[]): Promise<readonly (Bytes | null)[]>;
  put(nodes: readonly PlacedHash[]): Promise<void>;
};

/** What an appender must remember: how many leaves, and the roots of the full subtrees they make, largest first. */
export type CompactRange = { readonly size: number; readonly roots: readonly Bytes[] };

export const emptyRange: CompactRange = { size: 0, roots: [] };

/**
 * Appends leaf hashes.
 *
 * @returns the range afterwards, and the nodes that became full and must be stored before anybody is told
 *
 * @example
 * ```ts
 * import { hex, utf8 } from '@carelet/crypto/algebra/bytes';
 * import { merkleLeaf, merkleRoot } from '@carelet/crypto/algebra/merkle';
 * import { append, emptyRange, rootOf } from '@carelet/crypto/receipts/log';
 * const leaves = ['a', 'b', 'c'].map((name) => merkleLeaf(utf8(name)));
 * const { range } = append(emptyRange, leaves);
 * hex(rootOf(range)) === hex(merkleRoot(leaves)); // true
 * ```
 */
export function append({ size, roots }: CompactRange, leaves: readonly Bytes[]): { range: CompactRange; nodes: PlacedHash[] } {
  const stack = [...roots];
  const nodes: PlacedHash[] = [];
  let at = size;
  for (const leaf of leaves) {
    let hash = leaf;
    let index = at;
    nodes.push({ level: 0, index, hash });
    // As in adding one to a binary number: a carry for each full subtree of the same size to the left.
    for (let level = 1; index % 2 === 1; level++) {
      hash = merkleNode(stack.pop()!, hash);
      index = (index - 1) / 2;
      nodes.push({ level, index, hash });
    }
    stack.push(hash);
    at++;
  }
  return { range: { size: at, roots: stack }, nodes };
}

/** The root over everything appended so far. */
export const rootOf = ({ roots }: CompactRange): Bytes => (roots.length === 0 ? merkleRoot([]) : folded(roots));

/** The range at a size, from the store: for an appender that starts again. */
export async function rangeAt(store: LogStore, size: number): Promise<CompactRange> {
  return { size, roots: await fetched(store, fullIn({ from: 0, to: size })) };
}

/** The root as it was at a size. */
export const rootAt = async (store: LogStore, size: number): Promise<Bytes> => rootOf(await rangeAt(store, size));

/**
 * The hashes beside the way from leaf `index` to the root at `size`, lowest first.
 *
 * @throws {RangeError} when there is no such leaf at that size
 */
export async function proveInclusion(store: LogStore, index: number, size: number): Promise<Bytes[]> {
  if (!isCount(size) || !isCount(index) || index >= size) throw new RangeError('no such leaf');
  const beside: Stretch[] = [];
  for (let at: Stretch = { from: 0, to: size }; at.to - at.from > 1; ) {
    const middle = at.from + split(at.to - at.from);
    const [into, other] =
      index < middle
        ? [
            { ...at, to: middle },
            { ...at, from: middle },
          ]
        : [
            { ...at, from: middle },
            { ...at, to: middle },
          ];
    beside.push(other);
    at = into;
  }
  return rootsOf(store, beside.reverse());
}

/**
 * Shows that the first `first` of `size` leaves are what they were (RFC 9162 §2.1.4.1).
 *
 * @throws {RangeError} unless 0 ≤ first ≤ size
 */
export async function proveConsistency(store: LogStore, first: number, size: number): Promise<Bytes[]> {
  if (!isCount(first) || !isCount(size) || first > size) throw new RangeError('no such sizes');
  if (first === 0 || first === size) return [];
  const parts: Stretch[] = [];
  let at: Stretch = { from: 0, to: size };
  while (at.to !== first) {
    const middle = at.from + split(at.to - at.from);
    const [into, other] =
      first <= middle
        ? [
            { ...at, to: middle },
            { ...at, from: middle },
          ]
        : [
            { ...at, from: middle },
            { ...at, to: middle },
          ];
    parts.push(other);
    at = into;
  }
  // The old tree itself is known to whoever checks.
  if (at.from > 0) parts.push(at);
  return rootsOf(store, parts.reverse());
}

/** Whether `leaf` is number `index` of the `size` leaves under `root`. */
export function verifyInclusion(leaf: Bytes, index: number, size: number, path: readonly Bytes[], root: Bytes): boolean {
  const climbed = climb(leaf, index, size, path);
  return climbed !== null && equalPublic(climbed, root);
}

/** Whether the tree of `size` leaves under `root` begins with the `first` leaves under `firstRoot`. */
export function verifyConsistency(first: number, firstRoot: Bytes, size: number, root: Bytes, path: readonly Bytes[]): boolean {
  if (!isCount(first) || !isCount(size) || first > size) return false;
  if (first === 0) return path.length === 0 && equalPublic(firstRoot, merkleRoot([]));
  if (first === size) return path.length === 0 && equalPublic(firstRoot, root);
  const seen = beginning(first, size, isPowerOfTwo(first) ? [firstRoot, ...path] : path);
  return seen !== null && equalPublic(seen.first, firstRoot) && equalPublic(seen.whole, root);
}

/**
 * The root that the first `first` leaves have within the tree under `root`; `null` when the path does not lead to it.
 * Where it is another than somebody signed, the log was rewritten: `path` is the proof of that (`witness.ts`).
 *
 * @param path as `proveConsistency` gives it, but with the old tree's own root in front where `first` is a power of two
 */
export function rootOfBeginning(first: number, size: number, root: Bytes, path: readonly Bytes[]): Bytes | null {
  if (!isCount(first) || !isCount(size) || first < 1 || first >= size) return null;
  const seen = beginning(first, size, path);
  return seen && equalPublic(seen.whole, root) ? seen.first : null;
}

/** Roots of the beginning and of the whole, from a consistency path that starts with a subtree of both (RFC 9162 §2.1.4.2). */
function beginning(first: number, size: number, path: readonly Bytes[]): { first: Bytes; whole: Bytes } | null {
  if (path.length === 0 || !areHashes(path)) return null;
  let at = first - 1;
  let last = size - 1;
  for (; at % 2 === 1; last = half(last)) at = half(at);
  let [old, whole] = [path[0]!, path[0]!];
  for (const hash of path.slice(1)) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      old = merkleNode(hash, old);
      whole = merkleNode(hash, whole);
      for (; at % 2 === 0 && at > 0; last = half(last)) at = half(at);
    } else whole = merkleNode(whole, hash);
    at = half(at);
    last = half(last);
  }
  return last === 0 ? { first: old, whole } : null;
}

/** The root that a leaf and its path lead to (RFC 9162 §2.1.3.2). */
function climb(leaf: Bytes, index: number, size: number, path: readonly Bytes[]): Bytes | null {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, ...path])) return null;
  let hash = leaf;
  let at = index;
  let last = size - 1;
  for (const beside of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = merkleNode(beside, hash);
      for (; at % 2 === 0 && at > 0; last = half(last)) at = half(at);
    } else hash = merkleNode(hash, beside);
    at = half(at);
    last = half(last);
  }
  return last === 0 ? hash : null;
}

/** Leaves from one number up to, and without, another. */
type Stretch = { readonly from: number; readonly to: number };

/** The full subtrees a stretch is made of, left to right. Stretches of a tree begin where a subtree at least as large may. */
function fullIn({ from, to }: Stretch): Place[] {
  const places: Place[] = [];
  for (let at = from; at < to; ) {
    const level = levelOf(to - at);
    places.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return places;
}

async function rootsOf(store: LogStore, stretches: readonly Stretch[]): Promise<Bytes[]> {
  const places = stretches.map(fullIn);
  const hashes = await fetched(store, places.flat());
  let at = 0;
  return places.map(({ length }) => {
    at += length;
    return folded(hashes.slice(at - length, at));
  });
}

async function fetched(store: LogStore, places: readonly Place[]): Promise<Bytes[]> {
  const hashes = await store.get(places);
  return places.map(({ level, index }, i) => {
    const hash = hashes[i];
    if (!hash) throw new Error(`the log's store lacks node ${index} of level ${level}`);
    return hash;
  });
}

/** The root over neighbouring full subtrees, each smaller than the one before. */
const folded = (roots: readonly Bytes[]): Bytes => roots.reduceRight((right, left) => merkleNode(left, right));

/** The largest power of two smaller than `n` (n ≥ 2). */
const split = (n: number): number => 2 ** levelOf(n - 1);

/** The largest exponent of a power of two that is at most `n`, whichever way the engine rounds a logarithm. */
function levelOf(n: number): number {
  const near = Math.round(Math.log2(n));
  return 2 ** near > n ? near - 1 : near;
}

const half = (n: number): number => Math.floor(n / 2);
const isPowerOfTwo = (n: number): boolean => 2 ** levelOf(n) === n;
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0 && n <= 2 ** 48;
const areHashes = (hashes: readonly Bytes[]): boolean => hashes.every((hash) => hash.length === 32);
