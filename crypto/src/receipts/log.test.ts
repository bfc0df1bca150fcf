import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, hex, unhex, utf8 } from '../algebra/bytes.ts';
import { merkleLeaf, merkleNode, merklePath, merkleRoot } from '../algebra/merkle.ts';
import {
  append,
  emptyRange,
  proveConsistency,
  proveInclusion,
  rangeAt,
  rootAt,
  rootOf,
  rootOfBeginning,
  verifyConsistency,
  verifyInclusion,
} from './log.ts';
import { logInMemory } from './memory.ts';

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => merkleLeaf(utf8(`leaf ${i}`)));

/** A log that holds these leaves. */
async function logOf(leaves: readonly Bytes[]) {
  const store = logInMemory();
  const { range, nodes } = append(emptyRange, leaves);
  await store.put(nodes);
  return { store, range, root: rootOf(range) };
}

// The tree of certificate-transparency's tests, and proofs in it, as github.com/transparency-dev/merkle prints them
// (testonly/constants.go, proof/verify_test.go; leaves are counted from 0 here).
describe('the reference tree of RFC 6962', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const leaves = inputs.map((digits) => merkleLeaf(unhex(digits)));
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test('has the published root at every size', async () => {
    const { store } = await logOf(leaves);
    for (const [size, root] of roots.entries()) expect(hex(await rootAt(store, size))).toBe(root);
  });

  const [a, b, c, d, e, f] = [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  ];

  test.each([
    [0, 8, [a, b, c]],
    [5, 8, [d, e, roots[4]]],
    [2, 3, [roots[2]]],
    [1, 5, [roots[1], b, d]],
  ])('leaf %i of %i has the published path', async (index, size, path) => {
    const { store } = await logOf(leaves);
    const proof = await proveInclusion(store, index, size);
    expect(proof.map(hex)).toEqual(path);
    expect(verifyInclusion(leaves[index]!, index, size, proof, unhex(roots[size]!))).toBe(true);
  });

  test.each([
    [1, 8, [a, b, c]],
    [6, 8, [f, e, roots[4]]],
    [2, 5, [b, d]],
    [6, 7, [f, 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f', roots[4]]],
  ])('from %i to %i leaves leads the published path', async (first, size, path) => {
    const { store } = await logOf(leaves);
    const proof = await proveConsistency(store, first, size);
    expect(proof.map(hex)).toEqual(path);
    expect(verifyConsistency(first, unhex(roots[first]!), size, unhex(roots[size]!), proof)).toBe(true);
  });
});

test('whichever way the batches fall, the log is the same, and an appender that starts again goes on with it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 12 }), async (batches) => {
      const leaves = leavesOf(batches.reduce((sum, n) => sum + n, 0));
      const store = logInMemory();
      let range = emptyRange;
      for (const count of batches) {
        const { range: grown, nodes } = append(range, leaves.slice(range.size, range.size + count));
        await store.put(nodes);
        expect(await rangeAt(store, grown.size)).toEqual(grown);
        range = grown;
      }
      expect(rootOf(range)).toEqual(merkleRoot(leaves));
    }),
    { numRuns: 50 },
  );
});

test('every leaf is proven at every size up to 33, as the tree written down whole would, and nowhere else', async () => {
  const leaves = leavesOf(33);
  const { store } = await logOf(leaves);
  for (let size = 1; size <= 33; size++) {
    const root = merkleRoot(leaves.slice(0, size));
    for (let i = 0; i < size; i++) {
      const path = await proveInclusion(store, i, size);
      expect(path).toEqual(merklePath(leaves.slice(0, size), i));
      expect(verifyInclusion(leaves[i]!, i, size, path, root)).toBe(true);
      expect(verifyInclusion(leaves[i]!, (i + 1) % size, size, path, root)).toBe(size === 1);
      expect(verifyInclusion(leaves[i]!, i, size, [...path, root], root)).toBe(false);
      if (size > 1) expect(verifyInclusion(leaves[i]!, i, size, path.slice(1), root)).toBe(false);
    }
  }
});

test('every size up to 33 begins with every smaller one, and with no other', async () => {
  const leaves = leavesOf(33);
  const { store } = await logOf(leaves);
  const roots = Array.from({ length: 34 }, (_, size) => merkleRoot(leaves.slice(0, size)));
  for (let size = 0; size <= 33; size++) {
    for (let first = 0; first <= size; first++) {
      const path = await proveConsistency(store, first, size);
      const check = (old: Bytes, now: Bytes, way = path) => verifyConsistency(first, old, size, now, way);
      expect(check(roots[first]!, roots[size]!)).toBe(true);
      expect(check(merkleLeaf(roots[first]!), roots[size]!)).toBe(false);
      if (first > 0) expect(check(roots[first]!, merkleLeaf(roots[size]!))).toBe(false);
      expect(check(roots[first]!, roots[size]!, [...path, roots[1]!])).toBe(false);
      if (first === 0 || first === size) continue;
      expect(check(roots[first]!, roots[size]!, path.slice(1))).toBe(false);
      expect(check(roots[first]!, roots[size]!, path.slice(0, -1))).toBe(false);
      expect(verifyConsistency(size, roots[size]!, first, roots[first]!, path)).toBe(false);
    }
  }
});

test('the root of a beginning comes out of a path, whatever somebody signed', async () => {
  const leaves = leavesOf(21);
  const { store, root } = await logOf(leaves);
  for (let first = 1; first < 21; first++) {
    const old = merkleRoot(leaves.slice(0, first));
    const path = await proveConsistency(store, first, 21);
    const whole = Number.isInteger(Math.log2(first)) ? [old, ...path] : path;
    expect(rootOfBeginning(first, 21, root, whole)).toEqual(old);
    expect(rootOfBeginning(first, 21, merkleLeaf(root), whole)).toBeNull();
    expect(rootOfBeginning(first, 21, root, whole.slice(1))).toBeNull();
  }
});

test('no path out of a tree gives a beginning that the tree does not have', async () => {
  const leaves = leavesOf(12);
  const { store } = await logOf(leaves);
  const roots = Array.from({ length: 13 }, (_, size) => merkleRoot(leaves.slice(0, size)));
  const paths: Bytes[][] = [];
  for (let size = 1; size <= 12; size++) {
    for (let first = 1; first < size; first++) {
      const path = await proveConsistency(store, first, size);
      paths.push(path, ...[1, 2, 4, 8].map((full) => [roots[full]!, ...path]));
    }
    for (let i = 0; i < size; i++) paths.push([leaves[i]!, ...(await proveInclusion(store, i, size))]);
  }
  for (let size = 2; size <= 12; size++) {
    for (let first = 1; first < size; first++) {
      const found = paths.map((path) => rootOfBeginning(first, size, roots[size]!, path)).filter((root) => root !== null);
      expect(found.length).toBeGreaterThan(0);
      expect(new Set(found.map(hex))).toEqual(new Set([hex(roots[first]!)]));
    }
  }
});

test('what no log is asked is refused, and what is no proof proves nothing', async () => {
  const { store, root } = await logOf(leavesOf(5));
  await expect(proveInclusion(store, 5, 5)).rejects.toThrow(RangeError);
  await expect(proveInclusion(store, 0.5, 5)).rejects.toThrow(RangeError);
  await expect(proveInclusion(store, 0, 6)).rejects.toThrow('lacks node');
  await expect(proveConsistency(store, 4, 3)).rejects.toThrow(RangeError);
  for (const [index, size] of [
    [-1, 5],
    [5, 5],
    [0, 0],
    [0.5, 5],
    [0, 2 ** 60],
    [Number.NaN, 5],
  ] as const)
    expect(verifyInclusion(root, index, size, [], root)).toBe(false);
  expect(verifyInclusion(new Uint8Array(), 0, 1, [], new Uint8Array())).toBe(false);
});

test('a log larger than 2^32 leaves is walked as well', () => {
  // A tree whose every leaf is the same has one hash a level: 2^40 of them need forty.
  const level: Bytes[] = [merkleLeaf(utf8('same'))];
  for (let i = 1; i <= 40; i++) level.push(merkleNode(level[i - 1]!, level[i - 1]!));
  const [size, root] = [2 ** 40, level[40]!];
  expect(verifyInclusion(level[0]!, 2 ** 39 + 12_345, size, level.slice(0, 40), root)).toBe(true);
  expect(verifyConsistency(2 ** 39, level[39]!, size, root, [level[39]!])).toBe(true);
  expect(verifyConsistency(2 ** 39, level[38]!, size, root, [level[39]!])).toBe(false);
});
