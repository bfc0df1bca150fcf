import fc from 'fast-check';
import mcl from 'mcl-wasm';
import { describe, expect, test } from 'vitest';
import { hex, unhex, utf8 } from '../bytes.ts';
import {
  type BackendName,
  decodeScalar,
  encodeScalar,
  type Group,
  hashToScalar,
  inverse,
  loadGroup,
  order,
  randomScalar,
  reduce,
} from '../group.ts';
import { sha512 } from '../hash.ts';
import { seededRandom } from '../random.ts';
import { rawModule } from './mcl-raw.ts';
import { hashProbe } from './points.ts';

const tag = 'CARELET-TEST-V1_BLS12381G1_XMD:SHA-256_SSWU_RO_';

describe.each<BackendName>(['mcl', 'noble'])('on %s', (name) => {
  const random = seededRandom(`group ${name}`);
  const group = loadGroup(name);

  test('the pairing is bilinear, and one product is the product of pairings', async () => {
    const { g1, g2, gt, pair } = await group;
    const [a, b, c] = [randomScalar(random), randomScalar(random), randomScalar(random)];
    const base = pair([[g1.generator, g2.generator]]);
    const [p, q] = [g1.mul(g1.generator, a), g2.mul(g2.generator, b)];
    expect(gt.equal(pair([[p, q]]), gt.exp(base, reduce(a * b)))).toBe(true);
    const product = pair([
      [p, q],
      [g1.neg(g1.mulSecret(g1.generator, c)), g2.generator],
    ]);
    expect(gt.equal(product, gt.mul(pair([[p, q]]), gt.inv(gt.exp(base, c))))).toBe(true);
    expect(
      gt.equal(
        pair([
          [g1.zero, q],
          [p, q],
          [p, g2.zero],
        ]),
        pair([[p, q]]),
      ),
    ).toBe(true);
    expect(gt.equal(pair([]), gt.one)).toBe(true);
    expect(gt.equal(pair([[g1.zero, q]]), gt.one)).toBe(true);
    expect(gt.equal(gt.mul(product, gt.inv(product)), gt.one)).toBe(true);
  });

  test('every way to multiply gives the same, at the edges too', async () => {
    const { g1, g2, gt, pair } = await group;
    const base = gt.exp(pair([[g1.generator, g2.generator]]), 5n);
    const power = gt.fixed(base);
    const p = g1.mul(g1.generator, 77n);
    const q = g2.mul(g2.generator, 77n);
    const timesP = g1.fixed(p);
    for (const k of [0n, 1n, 2n, 3n, order - 1n, 1n << 254n, randomScalar(random)]) {
      expect(g1.equal(g1.mul(p, k), g1.mulSecret(p, k))).toBe(true);
      expect(g2.equal(g2.mul(q, k), g2.mulSecret(q, k))).toBe(true);
      expect(g1.equal(g1.mul(p, k), timesP(k))).toBe(true);
      expect(g1.equal(g1.mul(g1.generator, k), g1.mulGenerator(k))).toBe(true);
      expect(g2.equal(g2.mul(g2.generator, k), g2.mulGenerator(k))).toBe(true);
      expect(g1.equal(g1.mul(p, k), g1.mul(g1.generator, reduce(77n * k)))).toBe(true);
      expect(g2.equal(g2.sum([q, q], [k, 1n]), g2.mul(g2.generator, reduce(77n * k + 77n)))).toBe(true);
      expect(gt.equal(power(k), gt.exp(base, k))).toBe(true);
      expect(gt.equal(gt.expSecret(base, k), gt.exp(base, k))).toBe(true);
    }
    expect(g1.isZero(g1.mulSecret(p, 0n)) && g1.isZero(g1.add(p, g1.neg(p))) && g1.isZero(g1.sum([]))).toBe(true);
    expect(g1.isZero(g1.mulSecret(g1.zero, 5n)) && g2.isZero(g2.mul(g2.zero, 5n))).toBe(true);
    for (const bad of [-1n, order]) {
      expect(() => g1.mul(p, bad)).toThrow(TypeError);
      expect(() => g1.mulSecret(p, bad)).toThrow(TypeError);
      expect(() => g1.sum([p], [bad])).toThrow(TypeError);
      expect(() => gt.exp(base, bad)).toThrow(TypeError);
      expect(() => power(bad)).toThrow(TypeError);
      expect(() => g2.mulGenerator(bad)).toThrow(TypeError);
    }
  });

  test('a sum with scalars is the sum of the multiples', async () => {
    const { g1 } = await group;
    for (const scalars of [[1n, 1n, 1n], [1n, 0n, 9n], [3n, order - 1n, randomScalar(random)], []]) {
      const points = scalars.map((_, i) => g1.mul(g1.generator, BigInt(i + 2)));
      const expected = scalars.reduce((whole, k, i) => reduce(whole + k * BigInt(i + 2)), 0n);
      expect(g1.equal(g1.sum(points, scalars), g1.mul(g1.generator, expected))).toBe(true);
      expect(
        g1.equal(
          g1.sum(points),
          g1.sum(
            points,
            points.map(() => 1n),
          ),
        ),
      ).toBe(true);
    }
    expect(() => g1.sum([g1.generator], [])).toThrow('as many scalars as points');
  });

  test('what is encoded decodes to itself', async () => {
    const { g1, g2, gt, pair } = await group;
    for (let i = 0; i < (name === 'mcl' ? 20 : 2); i++) {
      const k = randomScalar(random);
      const [p, q] = [g1.mul(g1.generator, k), g2.mul(g2.generator, k)];
      expect(g1.equal(g1.decode(g1.encode(p)), p)).toBe(true);
      expect(g2.equal(g2.decode(g2.encode(q)), q)).toBe(true);
      expect([g1.encode(p).length, g2.encode(q).length]).toEqual([g1.length, g2.length]);
      expect(g2.equal(g2.decodeSum([g2.encode(q), g2.encode(g2.generator)]), g2.add(q, g2.generator))).toBe(true);
      const t = pair([[p, g2.generator]]);
      expect(gt.equal(gt.decode(gt.encode(t)), t)).toBe(true);
      expect(gt.encode(t).length).toBe(gt.length);
    }
  });

  test('the hash to G1 wants a tag and takes a long one', async () => {
    const { g1, hashToG1 } = await group;
    expect(() => hashToG1(utf8('x'), '')).toThrow('tag');
    expect(hex(g1.encode(hashToG1(new Uint8Array(), hashProbe.tag)))).toBe(hex(hashProbe.point));
    expect(g1.equal(hashToG1(utf8('x'), tag), hashToG1(utf8('x'), `${tag}2`))).toBe(false);
    expect(g1.decode(g1.encode(hashToG1(utf8('x'), tag.repeat(7))))).toBeDefined();
  });
});

test('both backends give the same bytes for points, hashes, pairings and powers', async () => {
  const [m, n] = await Promise.all([loadGroup('mcl'), loadGroup('noble')]);
  const random = seededRandom('cross');
  const all = (group: Group, k: bigint, text: string): string[] => {
    const { g1, g2, gt, pair, hashToG1 } = group;
    const h = hashToG1(utf8(text), tag);
    const t = pair([
      [g1.mulSecret(h, k), g2.generator],
      [h, g2.mulSecret(g2.generator, k)],
    ]);
    return [
      g1.encode(h),
      g1.encode(g1.mul(h, k)),
      g2.encode(g2.mul(g2.generator, k)),
      gt.encode(t),
      gt.encode(gt.exp(t, k)),
      gt.encode(gt.inv(t)),
      g1.encode(hashToG1(utf8(text), tag.repeat(7))),
    ].map(hex);
  };
  for (const text of ['', 'abc', 'l:0000', 'ü'.repeat(300)]) {
    const k = randomScalar(random);
    expect(all(m, k, text)).toEqual(all(n, k, text));
  }
  // Bytes of the one are read by the other.
  const t = m.gt.exp(m.pair([[m.g1.generator, m.g2.generator]]), 42n);
  expect(hex(n.gt.encode(n.gt.decode(m.gt.encode(t))))).toBe(hex(m.gt.encode(t)));
  expect(m.gt.equal(m.gt.decode(n.gt.encode(n.gt.decode(m.gt.encode(t)))), t)).toBe(true);
});

test('the typed fallback hashes like the raw export', async () => {
  const { g1, hashToG1 } = await loadGroup('mcl');
  const { typedHashToG1 } = await import('./mcl-hash.ts');
  for (const text of ['', 'abc', 'l:0000', 'x'.repeat(500)]) {
    for (const with_ of [tag, tag.repeat(7)]) {
      expect(hex(g1.encode(hashToG1(utf8(text), with_)))).toBe(hex(typedHashToG1(utf8(text), with_).serialize()));
    }
  }
});

test('a mode changed behind our back is noticed on the next load and before any byte is touched', async () => {
  const { g1, gt, pair, g2 } = await loadGroup('mcl');
  const encoded = g1.encode(g1.generator);
  const t = pair([[g1.generator, g2.generator]]);
  try {
    mcl.setETHserialization(false);
    await expect(loadGroup('mcl')).rejects.toThrow('mode');
    expect(() => g1.encode(g1.generator)).toThrow('mode');
    expect(() => g1.decode(encoded)).toThrow('mode');
    expect(() => gt.encode(t)).toThrow('mode');
    mcl.setETHserialization(true);
    mcl.setMapToMode(0);
    await expect(loadGroup('mcl')).rejects.toThrow('mode');
  } finally {
    mcl.setETHserialization(true);
    mcl.setMapToMode(mcl.IRTF);
  }
  expect((await loadGroup('mcl')).g1.encode(g1.generator)).toEqual(encoded);
  expect(rawModule()._mclBn_getETHserialization()).toBe(1);
});

describe('scalars', () => {
  test('32 bytes and an integer below r are the same thing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: order - 1n }), (k) => {
        expect(decodeScalar(encodeScalar(k))).toBe(k);
        expect(encodeScalar(k)).toHaveLength(32);
      }),
    );
    expect(() => encodeScalar(order)).toThrow(TypeError);
    expect(() => encodeScalar(-1n)).toThrow(TypeError);
    expect(() => decodeScalar(unhex(order.toString(16)))).toThrow(TypeError);
    expect(decodeScalar(unhex((order - 1n).toString(16)))).toBe(order - 1n);
    expect(() => decodeScalar(new Uint8Array(32).fill(255))).toThrow(TypeError);
    expect(() => decodeScalar(new Uint8Array(31))).toThrow(TypeError);
    expect(() => decodeScalar(new Uint8Array(33))).toThrow(TypeError);
  });

  test('k · 1/k = 1, and zero has no inverse', () => {
    fc.assert(fc.property(fc.bigInt({ min: 1n, max: order - 1n }), (k) => reduce(k * inverse(k)) === 1n));
    expect(inverse(reduce(-3n))).toBe(reduce(-inverse(3n)));
    expect(() => inverse(0n)).toThrow(TypeError);
    expect(() => inverse(order)).toThrow(TypeError);
  });

  test('a random scalar is never zero', () => {
    const given = [new Uint8Array(64), new Uint8Array(64).fill(1)];
    expect(randomScalar(() => given.shift()!)).toBe(reduce(BigInt(`0x${'01'.repeat(64)}`)));
  });

  test('the hash to scalars frames tag and parts', () => {
    expect(() => hashToScalar('', utf8('a'))).toThrow(TypeError);
    const seen = new Set([
      hashToScalar('A', utf8('b'), utf8('c')),
      hashToScalar('A', utf8('bc'), utf8('')),
      hashToScalar('A', utf8('bc')),
      hashToScalar('Ab', utf8('c')),
      hashToScalar('A', utf8(''), utf8('bc')),
    ]);
    expect(seen.size).toBe(5);
    expect(hashToScalar('A', utf8('bc'))).toBe(reduce(BigInt(`0x${hex(sha512(unhex('000000014100000002' + '6263')))}`)));
  });
});
