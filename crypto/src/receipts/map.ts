/**
 * The map: what every node of the record holds *now*, under one root. A log shows what was written once; the map shows
 * the latest, so that an old version, a row left out or a node left out has nowhere to stand.
 *
 * It is a sparse Merkle tree: a key's bits lead down from the root, and where only one key is left below a branch, its
 * leaf stands there. So a proof is about log₂ n hashes long. Keys are SHA-256 of node ids and not the ids themselves: a
 * writer chooses his ids freely, and could else make two that agree in 127 bits and everybody's proofs as long.
 *
 * What is hashed is labelled `leaf`, `inner` or `empty`, so a hash has one meaning, and a leaf names its whole key, so it
 * stands for no other. Under one root a key therefore has one answer, whoever built the tree.
 *
 * Nodes are stored under their hashes and never change: every root that was ever signed can be proven against while its
 * nodes are kept. Keys come and do not go: a node that lost its rows holds none.
 *
 * @module
 */
import { type Bytes, cbor, compare, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { hashOf, sha256 } from '../algebra/hash.ts';
import { merkleLeaf, merkleRoot } from '../algebra/merkle.ts';

/** A node of the tree as the bytes that are hashed, under their hash. */
export type MapNode = { readonly hash: Bytes; readonly bytes: Bytes };

/** Where the tree's nodes lie: a table in PostgreSQL, or memory. */
export type MapStore = {
  /** The bytes under each hash, in the order asked for; `null` where there are none. */
  get(hashes: readonly Bytes[]): Promise<readonly (Bytes | null)[]>;
  put(nodes: readonly MapNode[]): Promise<void>;
};

const leafLabel = 'carelet/v1/receipts/map-leaf';
const innerLabel = 'carelet/v1/receipts/map-inner';

/** The root of a map in which nothing is. */
export const emptyMap: Bytes = hashOf('carelet/v1/receipts/map-empty');

/** One row as the map counts it: its latest version, and the hash of what the cloud keeps of it. */
export type RowState = { readonly rowId: Bytes; readonly version: number; readonly ctHash: Bytes };

/** How many rows a node holds, and the Merkle root over them. */
export type NodeState = { readonly count: number; readonly root: Bytes };

/** What a node holds: of each row the latest version, by row id. */
export function nodeState(rows: readonly RowState[]): NodeState {
  const sorted = [...rows].sort((a, b) => compare(a.rowId, b.rowId) || b.version - a.version);
  const latest = sorted.filter((row, i) => i === 0 || !equalPublic(sorted[i - 1]!.rowId, row.rowId));
  return {
    count: latest.length,
    root: merkleRoot(latest.map(({ rowId, version, ctHash }) => merkleLeaf(cbor([rowId, version, ctHash])))),
  };
}

/** What the map holds for a node. */
export const mapValue = ({ count, root }: NodeState): Bytes => hashOf('carelet/v1/receipts/map-value', count, root);

const keyOf = (nodeId: Bytes): Bytes => hashOf('carelet/v1/receipts/map-key', nodeId);

/**
 * Sets what some nodes hold.
 *
 * @returns the new root, and the nodes to be stored before anybody is told it
 * @throws {Error} when the store lacks a node of the tree, or holds other bytes under its hash
 */
export async function update(
  store: MapStore,
  root: Bytes,
  changes: readonly { readonly nodeId: Bytes; readonly state: NodeState }[],
): Promise<{ root: Bytes; nodes: MapNode[] }> {
  // Of a node that is named twice the last word counts.
  const byKey = new Map(changes.map(({ nodeId, state }) => [hex(nodeId), { key: keyOf(nodeId), value: mapValue(state) }]));
  const leaves = [...byKey.values()].sort((a, b) => compare(a.key, b.key));
  const known = await around(
    store,
    root,
    leaves.map(({ key }) => key),
  );
  const nodes: MapNode[] = [];
  return { root: rebuilt(root, leaves, 0), nodes };

  function rebuilt(at: Bytes, into: readonly Leaf[], depth: number): Bytes {
    if (into.length === 0) return at;
    const here = known.get(hex(at));
    if (!here) return built(into, depth);
    if (here.kind === 'leaf') {
      const others = into.some(({ key }) => equalPublic(key, here.key)) ? [] : [here];
      return built(
        [...into, ...others].sort((a, b) => compare(a.key, b.key)),
        depth,
      );
    }
    const turn = turnOf(into, depth);
    return inner(rebuilt(here.left, into.slice(0, turn), depth + 1), rebuilt(here.right, into.slice(turn), depth + 1));
  }

  function built(leaves: readonly Leaf[], depth: number): Bytes {
    if (leaves.length === 0) return emptyMap;
    if (leaves.length === 1) return kept([leafLabel, leaves[0]!.key, leaves[0]!.value]);
    const turn = turnOf(leaves, depth);
    return inner(built(leaves.slice(0, turn), depth + 1), built(leaves.slice(turn), depth + 1));
  }

  function inner(left: Bytes, right: Bytes): Bytes {
    return kept([innerLabel, left, right]);
  }

  function kept(content: [string, Bytes, Bytes]): Bytes {
    const bytes = cbor(content);
    const hash = sha256(bytes);
    nodes.push({ hash, bytes });
    return hash;
  }
}

/**
 * Why a map says what it says of a node: the hashes beside its way from the root, first the root's own, `null` where
 * nothing is; and the leaf the way ends at, which may be another's, or none.
 */
export type MapProof = { readonly beside: readonly (Bytes | null)[]; readonly leaf: Leaf | null };

/** A key's leaf. */
export type Leaf = { readonly key: Bytes; readonly value: Bytes };

/**
 * Proves what a map says of nodes, present or absent; all of them together cost as many looks into the store as one.
 *
 * @throws {Error} when the store lacks a node of the tree, or holds other bytes under its hash
 */
export async function proveNodes(store: MapStore, root: Bytes, nodeIds: readonly Bytes[]): Promise<MapProof[]> {
  const keys = nodeIds.map(keyOf);
  const known = await around(store, root, keys);
  return keys.map((key) => {
    const beside: (Bytes | null)[] = [];
    let here = known.get(hex(root));
    while (here?.kind === 'inner') {
      const [way, other] = bit(key, beside.length) ? [here.right, here.left] : [here.left, here.right];
      beside.push(equalPublic(other, emptyMap) ? null : other);
      here = known.get(hex(way));
    }
    return { beside, leaf: here ? { key: here.key, value: here.value } : null };
  });
}

/** What a map under a root says of a node: what it holds, that it is not there, or (`null`) the proof is none. */
export type Said = { readonly kind: 'present'; readonly value: Bytes } | { readonly kind: 'absent' };

export function verifyNode(root: Bytes, nodeId: Bytes, { beside, leaf }: MapProof): Said | null {
  const key = keyOf(nodeId);
  if (beside.length > 256) return null;
  // Another's leaf shows that ours is absent only where our way leads to it.
  if (leaf && !sharesWay(leaf.key, key, beside.length)) return null;
  let hash = leaf ? hashOf(leafLabel, leaf.key, leaf.value) : emptyMap;
  for (let depth = beside.length - 1; depth >= 0; depth--) {
    const other = beside[depth] ?? emptyMap;
    hash = bit(key, depth) ? hashOf(innerLabel, other, hash) : hashOf(innerLabel, hash, other);
  }
  if (!equalPublic(hash, root)) return null;
  return leaf && equalPublic(leaf.key, key) ? { kind: 'present', value: leaf.value } : { kind: 'absent' };
}

/** Whether a node holds exactly these rows, by the map under `root`. */
export function holds(root: Bytes, nodeId: Bytes, rows: readonly RowState[], proof: MapProof): boolean {
  const said = verifyNode(root, nodeId, proof);
  return said?.kind === 'present' && equalPublic(said.value, mapValue(nodeState(rows)));
}

export const encodeMapProof = ({ beside, leaf }: MapProof): Bytes => cbor([beside, leaf && [leaf.key, leaf.value]]);

/** Reads a proof's bytes strictly; `null` when they are none. */
export function decodeMapProof(bytes: Bytes): MapProof | null {
  try {
    const [beside, leaf, ...rest] = uncbor(bytes) as [(Bytes | null)[], [Bytes, Bytes] | null];
    const sound =
      rest.length === 0 &&
      Array.isArray(beside) &&
      beside.length <= 256 &&
      beside.every((hash) => hash === null || isHash(hash)) &&
      (leaf === null || (leaf.length === 2 && leaf.every(isHash)));
    return sound ? { beside, leaf: leaf && { key: leaf[0], value: leaf[1] } } : null;
  } catch {
    return null;
  }
}

type Opened = ({ readonly kind: 'leaf' } & Leaf) | { readonly kind: 'inner'; readonly left: Bytes; readonly right: Bytes };

/** The nodes on the ways of some keys, level by level: as many looks into the store as the longest way has steps. */
async function around(store: MapStore, root: Bytes, keys: readonly Bytes[]): Promise<Map<string, Opened>> {
  const known = new Map<string, Opened>();
  let front = [{ hash: root, keys }].filter(({ hash, keys }) => keys.length > 0 && !equalPublic(hash, emptyMap));
  for (let depth = 0; front.length > 0; depth++) {
    const found = await store.get(front.map(({ hash }) => hash));
    front = front.flatMap(({ hash, keys }, i) => {
      const node = opened(hash, found[i]);
      known.set(hex(hash), node);
      if (node.kind === 'leaf') return [];
      return [
        { hash: node.left, keys: keys.filter((key) => !bit(key, depth)) },
        { hash: node.right, keys: keys.filter((key) => bit(key, depth)) },
      ].filter(({ hash, keys }) => keys.length > 0 && !equalPublic(hash, emptyMap));
    });
  }
  return known;
}

function opened(hash: Bytes, bytes: Bytes | null | undefined): Opened {
  if (!bytes) throw new Error(`the map's store lacks node ${hex(hash)}`);
  if (!equalPublic(sha256(bytes), hash)) throw new Error(`the map's store holds other bytes under ${hex(hash)}`);
  const [label, first, second] = uncbor(bytes) as [string, Bytes, Bytes];
  return label === leafLabel ? { kind: 'leaf', key: first, value: second } : { kind: 'inner', left: first, right: second };
}

const bit = (key: Bytes, depth: number): boolean => ((key[depth >> 3]! >> (7 - (depth & 7))) & 1) === 1;

/** How many of sorted leaves go left at a depth. */
function turnOf(leaves: readonly Leaf[], depth: number): number {
  const turn = leaves.findIndex(({ key }) => bit(key, depth));
  return turn < 0 ? leaves.length : turn;
}

function sharesWay(a: Bytes, b: Bytes, depth: number): boolean {
  for (let i = 0; i < depth; i++) if (bit(a, i) !== bit(b, i)) return false;
  return true;
}

const isHash = (value: unknown): value is Bytes => value instanceof Uint8Array && value.length === 32;
