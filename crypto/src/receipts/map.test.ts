import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, compare, equal, hex } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { seededRandom } from '../algebra/random.ts';
import {
  decodeMapProof,
  emptyMap,
  encodeMapProof,
  holds,
  type MapProof,
  type MapStore,
  mapValue,
  type NodeState,
  nodeState,
  proveNodes,
  type RowState,
  update,
  verifyNode,
} from './map.ts';
import { mapInMemory } from './memory.ts';

const random = seededRandom('map');
const stateOf = (count: number): NodeState => ({ count, root: hashOf('carelet/v1/receipts/test', count) });
const id = (n: number): Bytes => hashOf('carelet/v1/receipts/test', 'node', n).slice(0, 16);

/** Sets and stores. */
async function set(store: MapStore, root: Bytes, changes: { nodeId: Bytes; state: NodeState }[]) {
  const updated = await update(store, root, changes);
  await store.put(updated.nodes);
  return updated.root;
}

const prove = async (store: MapStore, root: Bytes, nodeId: Bytes) => (await proveNodes(store, root, [nodeId]))[0]!;

test('a map says what was put into it last, in whatever batches, and that the rest is absent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.tuple(fc.nat(40), fc.nat(9)), { maxLength: 15 }), { maxLength: 6 }), async (batches) => {
      const store = mapInMemory();
      const meant = new Map<number, number>();
      let root = emptyMap;
      for (const batch of batches) {
        for (const [n, count] of batch) meant.set(n, count);
        root = await set(
          store,
          root,
          batch.map(([n, count]) => ({ nodeId: id(n), state: stateOf(count) })),
        );
      }
      // One root for one content, however it came about.
      const at = mapInMemory();
      expect(
        await set(
          at,
          emptyMap,
          [...meant].map(([n, count]) => ({ nodeId: id(n), state: stateOf(count) })),
        ),
      ).toEqual(root);
      const asked = Array.from({ length: 41 }, (_, n) => n);
      const proofs = await proveNodes(store, root, asked.map(id));
      for (const n of asked) {
        const count = meant.get(n);
        const said = count === undefined ? { kind: 'absent' } : { kind: 'present', value: mapValue(stateOf(count)) };
        expect(verifyNode(root, id(n), proofs[n]!)).toEqual(said);
        expect(decodeMapProof(encodeMapProof(proofs[n]!))).toEqual(proofs[n]);
      }
    }),
    { numRuns: 40 },
  );
});

test('an old root is proven against as long as its nodes are kept', async () => {
  const store = mapInMemory();
  const first = await set(
    store,
    emptyMap,
    [1, 2, 3].map((n) => ({ nodeId: id(n), state: stateOf(n) })),
  );
  const second = await set(store, first, [{ nodeId: id(2), state: stateOf(7) }]);
  expect(verifyNode(first, id(2), await prove(store, first, id(2)))).toEqual({ kind: 'present', value: mapValue(stateOf(2)) });
  expect(verifyNode(second, id(2), await prove(store, second, id(2)))).toEqual({ kind: 'present', value: mapValue(stateOf(7)) });
  expect(verifyNode(second, id(2), await prove(store, first, id(2)))).toBeNull();
});

test('a proof is of one node under one root, and of nothing once a bit of it is another', async () => {
  const store = mapInMemory();
  const root = await set(
    store,
    emptyMap,
    Array.from({ length: 50 }, (_, n) => ({ nodeId: id(n), state: stateOf(n) })),
  );
  const proof = await prove(store, root, id(3));
  expect(verifyNode(root, id(3), proof)?.kind).toBe('present');
  expect(verifyNode(root, id(4), proof)).toBeNull();
  const flipped = (bytes: Bytes) => bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
  const wrong: MapProof[] = [
    { ...proof, leaf: { ...proof.leaf!, value: flipped(proof.leaf!.value) } },
    { ...proof, leaf: { ...proof.leaf!, key: flipped(proof.leaf!.key) } },
    { ...proof, leaf: null },
    { ...proof, beside: proof.beside.slice(1) },
    { ...proof, beside: proof.beside.slice(0, -1) },
    { ...proof, beside: [...proof.beside, null] },
    ...proof.beside.map((_, i) => ({ ...proof, beside: proof.beside.with(i, proof.beside[i] ? flipped(proof.beside[i]) : random(32)) })),
    ...proof.beside.flatMap((hash, i) => (hash ? [{ ...proof, beside: proof.beside.with(i, null) }] : [])),
  ];
  for (const other of wrong) expect(verifyNode(root, id(3), other)).toBeNull();
});

test('that a node is there cannot be turned into a proof that it is not', async () => {
  const store = mapInMemory();
  const root = await set(
    store,
    emptyMap,
    Array.from({ length: 50 }, (_, n) => ({ nodeId: id(n), state: stateOf(n) })),
  );
  const proofs = await proveNodes(
    store,
    root,
    Array.from({ length: 300 }, (_, n) => id(n)),
  );
  // Neither its own way ended early, nor the end of anybody else's.
  const own = proofs[3]!;
  for (let length = 0; length <= own.beside.length; length++) {
    const beside = own.beside.slice(0, length);
    for (const leaf of [null, ...proofs.map((proof) => proof.leaf)])
      expect(verifyNode(root, id(3), { beside, leaf })?.kind).not.toBe('absent');
  }
  for (const proof of proofs) expect(verifyNode(root, id(3), proof)?.kind).not.toBe('absent');
});

test("a tree built askew, with somebody's leaf in another's way, proves nothing of either", () => {
  const [left, right] = [id(0), id(1), id(2), id(3), id(4), id(5), id(6), id(7)]
    .map((nodeId) => ({ nodeId, key: hashOf('carelet/v1/receipts/map-key', nodeId) }))
    .sort((a, b) => compare(a.key, b.key))
    .filter((_, i, all) => i === 0 || i === all.length - 1) as [{ nodeId: Bytes; key: Bytes }, { nodeId: Bytes; key: Bytes }];
  expect([left.key[0]! < 128, right.key[0]! < 128]).toEqual([true, false]);
  const leaf = { key: right.key, value: random(32) };
  const askew = hashOf('carelet/v1/receipts/map-inner', hashOf('carelet/v1/receipts/map-leaf', leaf.key, leaf.value), emptyMap);
  for (const { nodeId } of [left, right]) expect(verifyNode(askew, nodeId, { beside: [null], leaf })).toBeNull();
});

test('leaf, inner node and emptiness are hashed under labels of their own', async () => {
  const store = mapInMemory();
  const seen: string[] = [];
  const watching: MapStore = {
    get: (hashes) => store.get(hashes),
    async put(nodes) {
      seen.push(...nodes.map(({ bytes }) => new TextDecoder().decode(bytes.subarray(3, 30))));
      await store.put(nodes);
    },
  };
  const root = await set(
    watching,
    emptyMap,
    [1, 2].map((n) => ({ nodeId: id(n), state: stateOf(n) })),
  );
  expect(new Set(seen.map((bytes) => bytes.replace(/[^a-z0-9/-].*$/s, '')))).toEqual(
    new Set(['carelet/v1/receipts/map-leaf', 'carelet/v1/receipts/map-inne'].map((label) => label.slice(0, 27))),
  );
  // An inner node's two hashes read as a leaf's key and value do not give the inner node's hash.
  const inner = (await store.get([root]))[0]!;
  const [left, right] = [inner.subarray(-66, -34), inner.subarray(-32)];
  expect(verifyNode(root, id(1), { beside: [], leaf: { key: left, value: right } })).toBeNull();
});

test("a writer who chooses his ids makes nobody's proof long", async () => {
  const store = mapInMemory();
  const near = Array.from({ length: 64 }, (_, n) => id(0).with(15, n));
  const root = await set(
    store,
    emptyMap,
    near.map((nodeId) => ({ nodeId, state: stateOf(1) })),
  );
  const lengths = (await proveNodes(store, root, near)).map(({ beside }) => beside.length);
  expect(Math.max(...lengths)).toBeLessThan(24);
});

test('a store that lost or changed a node is not believed', async () => {
  const store = mapInMemory();
  const root = await set(
    store,
    emptyMap,
    [1, 2, 3].map((n) => ({ nodeId: id(n), state: stateOf(n) })),
  );
  const without = { ...store, get: async (hashes: readonly Bytes[]) => hashes.map(() => null) };
  await expect(proveNodes(without, root, [id(1)])).rejects.toThrow(`lacks node ${hex(root)}`);
  const other = { ...store, get: async (hashes: readonly Bytes[]) => (await store.get(hashes)).map((bytes) => bytes!.with(40, 1)) };
  await expect(update(other, root, [{ nodeId: id(1), state: stateOf(9) }])).rejects.toThrow('other bytes');
});

test('of every row the latest version counts, whatever their order', () => {
  const [a, b] = [random(16), random(16)];
  const row = (rowId: Bytes, version: number): RowState => ({ rowId, version, ctHash: hashOf('carelet/v1/receipts/test', rowId, version) });
  const state = nodeState([row(a, 2), row(b, 1)]);
  expect(state.count).toBe(2);
  expect(nodeState([row(b, 1), row(a, 1), row(a, 2)])).toEqual(state);
  expect(equal(nodeState([row(a, 1), row(b, 1)]).root, state.root)).toBe(false);
});

test('ten thousand rows of a month need one proof', async () => {
  const store = mapInMemory();
  const rows: RowState[] = Array.from({ length: 10_000 }, () => ({ rowId: random(16), version: 1, ctHash: random(32) }));
  const month = id(1);
  const root = await set(store, emptyMap, [
    { nodeId: month, state: nodeState(rows) },
    { nodeId: id(2), state: stateOf(1) },
  ]);
  const proof = await prove(store, root, month);
  expect(holds(root, month, rows, proof)).toBe(true);
  expect(holds(root, month, rows.slice(1), proof)).toBe(false);
  expect(holds(root, month, [...rows, { rowId: random(16), version: 1, ctHash: random(32) }], proof)).toBe(false);
  expect(holds(root, id(2), rows, proof)).toBe(false);
});
