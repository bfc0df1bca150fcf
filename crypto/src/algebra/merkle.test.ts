import { expect, test } from 'vitest';
import { hex, utf8 } from './bytes.ts';
import { ascend, merkleLeaf, merkleNode, merklePath, merklePaths, merkleRoot, onMerklePath } from './merkle.ts';

// RFC 6962's reference tree, as its test vectors in certificate-transparency give the roots.
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((digits) =>
  Uint8Array.from(Buffer.from(digits, 'hex')),
);
const leaves = inputs.map(merkleLeaf);

test('roots are those of RFC 6962', () => {
  expect(hex(merkleRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(hex(merkleRoot(leaves.slice(0, 1)))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  expect(hex(merkleRoot(leaves.slice(0, 3)))).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77');
  expect(hex(merkleRoot(leaves))).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
});

test('every leaf is on its path in trees of every size up to 40, and nowhere else', () => {
  for (let count = 1; count <= 40; count++) {
    const some = Array.from({ length: count }, (_, i) => merkleLeaf(utf8(`leaf ${i}`)));
    const root = merkleRoot(some);
    const all = merklePaths(some);
    for (let i = 0; i < count; i++) {
      expect(all[i]).toEqual(merklePath(some, i));
      expect(onMerklePath(some[i]!, i, count, all[i]!, root)).toBe(true);
      expect(onMerklePath(some[i]!, (i + 1) % count, count, all[i]!, root)).toBe(count === 1);
      expect(onMerklePath(merkleLeaf(utf8('other')), i, count, all[i]!, root)).toBe(false);
      if (count > 1) expect(onMerklePath(some[i]!, i, count, all[i]!.slice(1), root)).toBe(false);
    }
  }
});

test.each([
  [-1, 3],
  [3, 3],
  [0, 0],
  [0.5, 3],
  [0, 2 ** 40],
])('index %s of %s is refused', (index, count) => {
  expect(onMerklePath(leaves[0]!, index, count, [], leaves[0]!)).toBe(false);
});

test('ways to the root meet in the same nodes, and every leaf has one', () => {
  const some = Array.from({ length: 13 }, (_, i) => merkleLeaf(utf8(`leaf ${i}`)));
  const nodes = new Map<number, string>();
  for (const [i, leaf] of some.entries()) {
    const way = [...ascend(leaf, i, some.length, merklePath(some, i))];
    expect(way[0]).toEqual({ place: i, hash: leaf });
    expect(way.at(-1)!.hash).toEqual(merkleRoot(some));
    for (const { place, hash } of way) {
      expect(nodes.get(place) ?? hex(hash)).toBe(hex(hash));
      nodes.set(place, hex(hash));
    }
  }
  expect(nodes.size).toBe(2 * some.length - 1);
  expect([...ascend(some[0]!, 0, some.length, [])]).toEqual([]);
});

test('a node over something shorter than a hash is of its own bytes, and of none of the node before', () => {
  const [left, right] = [leaves[0]!, leaves[1]!];
  const node = merkleNode(left, right);
  expect(merkleNode(left, right.slice(0, 31))).not.toEqual(node);
  expect(merkleNode(left.slice(0, 31), right)).not.toEqual(node);
  expect(merkleNode(left, right)).toEqual(node);
});
