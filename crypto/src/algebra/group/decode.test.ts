// The validation matrix of kp-abe.md §1: what a decoder must refuse, on both backends.
import { bls12_381 } from '@noble/curves/bls12-381.js';
import mcl from 'mcl-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat, hex, unhex } from '../bytes.ts';
import { type BackendName, type Curve, type Group, loadGroup } from '../group.ts';
import { generators } from './points.ts';

const { Fp, Fp2, Fp12 } = bls12_381.fields;
const p = Fp.ORDER;
const r = bls12_381.fields.Fr.ORDER;
const G1Point = bls12_381.G1.Point;
const G2Point = bls12_381.G2.Point;

const be48 = (n: bigint): Bytes => unhex(n.toString(16).padStart(96, '0'));
const flagged = (x: Bytes, flags: number): Bytes => {
  const bytes = x.slice();
  bytes[0]! |= flags;
  return bytes;
};
const zeros = (length: number, first: number, last = 0): Bytes => {
  const bytes = new Uint8Array(length);
  bytes[0] = first;
  bytes[length - 1]! |= last;
  return bytes;
};

const sign = (y: bigint): number => (y > (p - 1n) / 2n ? 0xa0 : 0x80);

/** noble's own encoder refuses points outside the subgroup. */
function compressG1(point: InstanceType<typeof G1Point>): Bytes {
  const { x, y } = point.toAffine();
  return flagged(be48(x), sign(y));
}

function compressG2(point: InstanceType<typeof G2Point>): Bytes {
  const { x, y } = point.toAffine();
  return flagged(concat(be48(x.c1), be48(x.c0)), sign(y.c1));
}

/** Smallest x of each sort: without a point, and with one outside the subgroup. */
function findG1(): { off: Bytes; outside: InstanceType<typeof G1Point> } {
  let off: Bytes | undefined;
  for (let x = 1n; ; x++) {
    let y: bigint;
    try {
      y = Fp.sqrt(x * x * x + 4n);
    } catch {
      off ??= be48(x);
      continue;
    }
    const point = G1Point.fromAffine({ x, y });
    if (off && !point.isTorsionFree()) return { off, outside: point };
  }
}

function findG2(): { off: Bytes; outside: InstanceType<typeof G2Point> } {
  let off: Bytes | undefined;
  for (let n = 1n; ; n++) {
    const x = Fp2.fromBigTuple([n, 0n]);
    let y: typeof x;
    try {
      y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.fromBigTuple([4n, 4n])));
    } catch {
      off ??= concat(be48(0n), be48(n));
      continue;
    }
    const point = G2Point.fromAffine({ x, y });
    if (off && !point.isTorsionFree()) return { off, outside: point };
  }
}

/** A multiple of the generator whose x is small enough to be written as x + p too. */
function twiceSpelled(): Bytes {
  let point = G1Point.BASE;
  while (point.toAffine().x + p >= 1n << 381n) point = point.add(G1Point.BASE);
  const flags = point.toBytes(true)[0]! & 0xe0;
  return flagged(be48(point.toAffine().x + p), flags);
}

const g1 = findG1();
const g2 = findG2();

const bad: Record<'g1' | 'g2', Record<string, Bytes>> = {
  g1: {
    'no bytes': new Uint8Array(),
    'a missing byte': generators.g1.subarray(0, 47),
    'a trailing byte': concat(generators.g1, new Uint8Array(1)),
    'the uncompressed form': G1Point.BASE.toBytes(false),
    'no compression flag': flagged(unhex(G1Point.BASE.toAffine().x.toString(16).padStart(96, '0')), 0),
    'an x off the curve': flagged(g1.off, 0x80),
    'an x of p': flagged(be48(p), 0x80),
    'an x of p or more that would be a good point': twiceSpelled(),
    'a point outside the subgroup': compressG1(g1.outside),
    'its negative': compressG1(g1.outside.negate()),
    'the point (0, 2) of order 3': zeros(48, 0x80),
    infinity: zeros(48, 0xc0),
    'infinity with a sign': zeros(48, 0xe0),
    'infinity with junk at the end': zeros(48, 0xc0, 1),
    'infinity with junk at the start': zeros(48, 0xc1),
    'infinity flag on the generator': flagged(generators.g1, 0x40),
    'infinity without the compression flag': zeros(48, 0x40),
    zeros: new Uint8Array(48),
    ones: new Uint8Array(48).fill(255),
    'a point of G2': generators.g2,
  },
  g2: {
    'no bytes': new Uint8Array(),
    'a missing byte': generators.g2.subarray(0, 95),
    'a trailing byte': concat(generators.g2, new Uint8Array(1)),
    'the uncompressed form': G2Point.BASE.toBytes(false),
    'no compression flag': flagged(concat(be48(G2Point.BASE.toAffine().x.c1), be48(G2Point.BASE.toAffine().x.c0)), 0),
    'an x off the curve': flagged(g2.off, 0x80),
    'an imaginary part of p': concat(flagged(be48(p), 0x80), be48(1n)),
    'a real part of p': concat(flagged(be48(1n), 0x80), be48(p)),
    'a real part with flag bits': concat(generators.g2.subarray(0, 48), flagged(generators.g2.subarray(48), 0x80)),
    'a point outside the subgroup': compressG2(g2.outside),
    'its negative': compressG2(g2.outside.negate()),
    infinity: zeros(96, 0xc0),
    'infinity with a sign': zeros(96, 0xe0),
    'infinity with junk at the end': zeros(96, 0xc0, 1),
    'infinity flag on the generator': flagged(generators.g2, 0x40),
    zeros: new Uint8Array(96),
    ones: new Uint8Array(96).fill(255),
    'a point of G1': generators.g1,
  },
};

const T = bls12_381.pairing(G1Point.BASE, G2Point.BASE);
const encodedT = Fp12.toBytes(T);
const arbitrary = Fp12.fromBigTwelve([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n]);
/** f ↦ f^((p⁶−1)(p²+1)): the easy part of the final exponentiation, into the cyclotomic subgroup but not into GT. */
const cyclotomic = (() => {
  const easy = Fp12.mul(Fp12.conjugate(arbitrary), Fp12.inv(arbitrary));
  return Fp12.mul(Fp12.frobeniusMap(easy, 2), easy);
})();
const plusP = (() => {
  const bytes = encodedT.slice();
  bytes.set(be48(BigInt(`0x${hex(bytes.subarray(0, 48))}`) + p), 0);
  return bytes;
})();
const neighboursSwapped = concat(...Array.from({ length: 12 }, (_, i) => encodedT.subarray(48 * (i ^ 1), 48 * (i ^ 1) + 48)));

const badTargets: Record<string, Bytes> = {
  'no bytes': new Uint8Array(),
  'a missing byte': encodedT.subarray(0, 575),
  'a trailing byte': concat(encodedT, new Uint8Array(1)),
  zero: new Uint8Array(576),
  one: Fp12.toBytes(Fp12.ONE),
  'an arbitrary element of the field': Fp12.toBytes(arbitrary),
  'a cyclotomic element of another order': Fp12.toBytes(cyclotomic),
  'minus one': Fp12.toBytes(Fp12.neg(Fp12.ONE)),
  '−T, of order 2r': Fp12.toBytes(Fp12.neg(T)),
  'a coefficient of p or more': plusP,
  'the order of coefficients mcl writes': neighboursSwapped,
  ones: new Uint8Array(576).fill(255),
};

test('the cyclotomic example has an order other than r', () => {
  expect(Fp12.eql(Fp12.pow(cyclotomic, r), Fp12.ONE)).toBe(false);
  expect(Fp12.eql(Fp12.pow(cyclotomic, p ** 4n - p ** 2n + 1n), Fp12.ONE)).toBe(true);
});

describe.each<BackendName>(['mcl', 'noble'])('%s refuses', (name) => {
  let group: Group;
  beforeAll(async () => {
    group = await loadGroup(name);
  });

  test.each(Object.entries(bad.g1))('in G1 %s', (_, bytes) => {
    expect(() => group.g1.decode(bytes)).toThrow(TypeError);
    expect(() => group.g1.decodeSum([bytes])).toThrow(TypeError);
  });

  test.each(Object.entries(bad.g2))('in G2 %s', (_, bytes) => {
    expect(() => group.g2.decode(bytes)).toThrow(TypeError);
    expect(() => group.g2.decodeSum([generators.g2, bytes])).toThrow(TypeError);
  });

  test.each(Object.entries(badTargets))('in GT %s', (_, bytes) => {
    expect(() => group.gt.decode(bytes)).toThrow(TypeError);
  });
});

describe.each<BackendName>(['mcl', 'noble'])('%s', (name) => {
  test('takes both signs of a point, as each other’s negative', async () => {
    const group = await loadGroup(name);
    const check = <P>(curve: Curve<P>): void => {
      const other = curve.encode(curve.generator);
      other[0]! ^= 0x20;
      expect(curve.equal(curve.decode(other), curve.neg(curve.generator))).toBe(true);
    };
    check(group.g1);
    check(group.g2);
  });

  test('takes a good element of GT', async () => {
    const { gt, pair, g1, g2 } = await loadGroup(name);
    expect(gt.equal(gt.decode(encodedT), pair([[g1.generator, g2.generator]]))).toBe(true);
  });

  test('checks the order of a sum once: parts outside the group that cancel leave a good sum', async () => {
    const { g1: curve } = await loadGroup(name);
    // r · N by doubling and adding: noble's faster ways presume the order.
    let torsion = G1Point.ZERO;
    for (const digit of r.toString(2)) {
      torsion = torsion.double();
      if (digit === '1') torsion = torsion.add(g1.outside);
    }
    expect(torsion.is0()).toBe(false);
    const [a, b] = [compressG1(G1Point.BASE.add(torsion)), compressG1(G1Point.BASE.subtract(torsion))];
    expect(() => curve.decode(a)).toThrow(TypeError);
    expect(() => curve.decodeSum([a, generators.g1])).toThrow(TypeError);
    expect(curve.equal(curve.decodeSum([a, b]), curve.mul(curve.generator, 2n))).toBe(true);
    expect(curve.isZero(curve.decodeSum([]))).toBe(true);
  });
});

test('mcl refuses points outside the subgroup even where its own check was switched off', async () => {
  const group = await loadGroup('mcl');
  try {
    mcl.verifyOrderG1(false);
    mcl.verifyOrderG2(false);
    const probe = new mcl.G1();
    probe.deserialize(compressG1(g1.outside));
    expect(() => group.g1.decode(compressG1(g1.outside))).toThrow(TypeError);
    expect(() => group.g2.decode(compressG2(g2.outside))).toThrow(TypeError);
  } finally {
    mcl.verifyOrderG1(true);
    mcl.verifyOrderG2(true);
  }
});
