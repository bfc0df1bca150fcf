/**
 * BLS12-381 on mcl-wasm.
 *
 * mcl's serialisation and map-to-curve modes are global state in its wasm module. They are set once, probed on every
 * load, and the serialisation mode is asked again before any byte is read or written. Its own order check on
 * decoding can be switched off globally too, so decoding here goes through the square root and an explicit check.
 *
 * @module
 */
import mcl from 'mcl-wasm';
import { type Bytes, equalPublic } from '../bytes.ts';
import type { Curve, GroupOf, Target } from '../group.ts';
import { comb, narrow, type Operations, wide } from './comb.ts';
import { type Cyclotomic, isOfOrder, powerInGT } from './cyclotomic.ts';
import { place, placed, type Raw, rawModule, type Steps, square, walk } from './mcl-raw.ts';
import { abscissa, checkTag, generators, hashProbe, lengths, spelled, split } from './points.ts';
import { encodeScalar, type Scalar } from './scalar.ts';

type McFieldElement = mcl.Fp | mcl.Fp2;
export type MclGroup = GroupOf<mcl.G1, mcl.G2, mcl.GT>;

const sizes = { g1: 144, g2: 288, gt: 576 } as const;

let loading: Promise<{ group: MclGroup; raw: Raw }> | undefined;

/** The one mcl group of this process, its modes asserted. */
export async function mclGroup(): Promise<MclGroup> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const { group, raw } = await loading;
  assertModes(group, raw);
  return group;
}

async function load(): Promise<{ group: MclGroup; raw: Raw }> {
  await mcl.init(mcl.BLS12_381);
  mcl.setETHserialization(true);
  mcl.setMapToMode(mcl.IRTF);
  const raw = rawModule();
  const hash = raw._mclBnG1_hashAndMapToWithDst ? rawHash(raw) : (await import('./mcl-hash.ts')).typedHashToG1;
  const group: MclGroup = {
    name: 'mcl',
    g1: g1Curve(raw),
    g2: g2Curve(raw),
    gt: target(raw),
    pair: (pairs) => pairingProduct(raw, pairs),
    hashToG1(message, tag) {
      checkTag(tag);
      return hash(message, tag);
    },
  };
  return { group, raw };
}

/** Generators and a vector of RFC 9380, hashed and mapped, come out as they must, or loading fails. */
function assertModes(group: MclGroup, raw: Raw): void {
  assertSerialisation(raw);
  const [a, b] = hashProbe.fields.map((u) => mcl.deserializeHexStrToFp(u).mapToG1());
  const sound =
    equalPublic(group.g1.encode(group.hashToG1(new Uint8Array(), hashProbe.tag)), hashProbe.point) &&
    equalPublic(group.g1.encode(mcl.add(a!, b!)), hashProbe.point) &&
    equalPublic(group.g1.encode(group.g1.generator), generators.g1) &&
    equalPublic(group.g2.encode(group.g2.generator), generators.g2);
  if (!sound) throw new Error('mcl-wasm is not in the mode it was loaded in');
}

function assertSerialisation(raw: Raw): void {
  if (raw._mclBn_getETHserialization() !== 1) throw new Error('mcl-wasm is not in the mode it was loaded in');
}

function fr(k: Scalar): mcl.Fr {
  const element = new mcl.Fr();
  element.deserialize(encodeScalar(k));
  return element;
}

/** What differs between G1 and G2. */
interface Kind<P extends mcl.G1 | mcl.G2> {
  readonly length: number;
  readonly steps: Steps;
  readonly generator: Bytes;
  readonly make: () => P;
  readonly mul: (a: P, k: mcl.Fr) => P;
  /** A point with this x and one of its y, or `null` where there is none. */
  readonly lift: (x: Bytes) => P | null;
}

function curve<P extends mcl.G1 | mcl.G2>(raw: Raw, kind: Kind<P>): Curve<P> {
  const zero = kind.make();
  const encode = (a: P): Bytes => {
    assertSerialisation(raw);
    return a.serialize();
  };
  const neg = (a: P): P => mcl.neg<mcl.G1 | mcl.G2>(a) as P;
  const add = (a: P, b: P): P => mcl.add<mcl.G1 | mcl.G2>(a, b) as P;

  const decompress = (bytes: Bytes): P => {
    assertSerialisation(raw);
    const lifted = bytes.length === kind.length ? kind.lift(abscissa(bytes)) : null;
    const point = lifted && spelled({ neg, encode }, lifted, bytes);
    if (!point || point.isZero()) throw new TypeError('not a point of the curve');
    return point;
  };
  const ordered = (point: P): P => {
    if (!point.isValidOrder()) throw new TypeError('not a point of the group');
    return point;
  };

  const generator = ordered(decompress(kind.generator));
  const operations: Operations<P> = {
    mul: add,
    inv: neg,
    square: (a, times) => square(raw, kind.steps, kind.make(), a, times),
    settle: (table) => mcl.normalizeVec<mcl.G1 | mcl.G2>(table),
    walk: (columns) => walk(raw, kind.steps, kind.make(), columns),
  };
  const fixed = (a: P): ((k: Scalar) => P) => (a.isZero() ? () => zero : comb(operations, a, narrow));
  let timesGenerator: ((k: Scalar) => P) | undefined;
  return {
    length: kind.length,
    generator,
    zero,
    add,
    neg,
    equal: (a, b) => (a as mcl.G1).isEqual(b as mcl.G1),
    isZero: (a) => a.isZero(),
    mul: (a, k) => kind.mul(a, fr(k)),
    mulSecret: (a, k) => fixed(a)(k),
    mulGenerator(k) {
      timesGenerator ??= comb(operations, generator, wide);
      return timesGenerator(k);
    },
    fixed,
    sum(points, scalars) {
      const { plain, scaled } = split(points, scalars);
      const start =
        scaled.length === 0
          ? zero
          : (mcl.mulVec<mcl.G1 | mcl.G2>(
              scaled.map(([a]) => a),
              scaled.map(([, k]) => fr(k)),
            ) as P);
      return plain.reduce(add, start);
    },
    encode,
    decode: (bytes) => ordered(decompress(bytes)),
    decodeSum: (encoded) => ordered(encoded.map(decompress).reduce(add, zero)),
  };
}

function g1Curve(raw: Raw): Curve<mcl.G1> {
  const b = new mcl.Fp();
  b.setInt(4);
  const one = new mcl.Fp();
  one.setInt(1);
  return curve(raw, {
    length: lengths.g1,
    steps: { size: sizes.g1, mul: raw._mclBnG1_add, square: raw._mclBnG1_dbl },
    generator: generators.g1,
    make: () => new mcl.G1(),
    mul: mcl.mul,
    lift(bytes) {
      const x = read(new mcl.Fp(), bytes);
      const [found, y] = x ? mcl.squareRoot(mcl.add(mcl.mul(mcl.sqr(x), x), b)) : [false, null];
      if (!x || !found || !y) return null;
      const point = new mcl.G1();
      point.setX(x);
      point.setY(y);
      point.setZ(one);
      return point;
    },
  });
}

function g2Curve(raw: Raw): Curve<mcl.G2> {
  const b = new mcl.Fp2();
  b.setInt(4, 4);
  const one = new mcl.Fp2();
  one.setInt(1, 0);
  return curve(raw, {
    length: lengths.g2,
    steps: { size: sizes.g2, mul: raw._mclBnG2_add, square: raw._mclBnG2_dbl },
    generator: generators.g2,
    make: () => new mcl.G2(),
    mul: mcl.mul,
    lift(bytes) {
      const x = read(new mcl.Fp2(), bytes);
      const [found, y] = x ? mcl.squareRoot(mcl.add(mcl.mul(mcl.sqr(x), x), b)) : [false, null];
      if (!x || !found || !y) return null;
      const point = new mcl.G2();
      point.setX(x);
      point.setY(y);
      point.setZ(one);
      return point;
    },
  });
}

/** A field element from its bytes, or `null` when a coefficient is not below p. */
function read<F extends McFieldElement | mcl.GT>(element: F, bytes: Bytes): F | null {
  try {
    element.deserialize(bytes);
    return element;
  } catch {
    return null;
  }
}

function target(raw: Raw): Target<mcl.GT> {
  const one = new mcl.GT();
  one.setInt(1);
  const mul = (a: mcl.GT, b: mcl.GT): mcl.GT => mcl.mul(a, b);
  const encode = (a: mcl.GT): Bytes => {
    assertSerialisation(raw);
    return swapped(a.serialize());
  };
  const steps: Steps = { size: sizes.gt, mul: raw._mclBnGT_mul, square: raw._mclBnGT_sqr };
  const operations: Operations<mcl.GT> & Cyclotomic<mcl.GT> = {
    one,
    mul,
    inv: mcl.inv<mcl.GT>,
    equal: (a, b) => a.isEqual(b),
    square: (a, times) => square(raw, steps, new mcl.GT(), a, times),
    settle() {},
    walk: (columns) => walk(raw, steps, new mcl.GT(), columns),
    frobenius: frobeniusIn(raw),
  };
  return {
    length: lengths.gt,
    one,
    mul,
    inv: (a) => mcl.inv(a),
    equal: (a, b) => a.isEqual(b),
    exp: (a, k) => mcl.pow(a, fr(k)),
    expSecret: (a, k) => powerInGT(operations, a, k),
    fixed: (a) => comb(operations, a, wide),
    encode,
    decode(bytes) {
      assertSerialisation(raw);
      const element = bytes.length === lengths.gt ? read(new mcl.GT(), swapped(bytes)) : null;
      const sound =
        element && !element.isZero() && !element.isOne() && equalPublic(encode(element), bytes) && isOfOrder(operations, element);
      if (!sound) throw new TypeError('not an element of GT');
      return element;
    },
  };
}

/** p, as a number. */
const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;

/**
 * a^{pⁿ}: the coefficient of wʲ, an element of Fp2, is conjugated for an odd n and multiplied by ξ^{j(pⁿ − 1)/6}, ξ = 1 + i = w⁶.
 * Inside wasm the coefficients lie in the order w⁰, w², w⁴, w, w³, w⁵.
 */
function frobeniusIn(raw: Raw): Cyclotomic<mcl.GT>['frobenius'] {
  const xi = new mcl.Fp2();
  xi.setInt(1, 1);
  const factors = [1, 2, 3, 4].map((n) => {
    const root = powerInFp2(xi, (p ** BigInt(n) - 1n) / 6n);
    return [0n, 2n, 4n, 1n, 3n, 5n].map((j) => powerInFp2(root, j));
  });
  const half = sizes.gt / 12;
  return (a, times) =>
    placed(raw, new mcl.GT(), sizes.gt, (at) => {
      a.copyToMem(at);
      const factor = place(raw, 2 * half, ...factors[times - 1]!);
      for (let j = 0; j < 6; j++) {
        const coefficient = at + 2 * half * j;
        if (times % 2 === 1) raw._mclBnFp_neg(coefficient + half, coefficient + half);
        raw._mclBnFp2_mul(coefficient, coefficient, factor + 2 * half * j);
      }
    });
}

function powerInFp2(a: mcl.Fp2, k: bigint): mcl.Fp2 {
  const one = new mcl.Fp2();
  one.setInt(1, 0);
  return [...k.toString(2)].reduce((power, bit) => {
    const squared = mcl.sqr(power);
    return bit === '1' ? mcl.mul(squared, a) : squared;
  }, one);
}

/** mcl writes each element of Fp2 imaginary part first, the canonical form real part first: neighbours change places. */
function swapped(bytes: Bytes): Bytes {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 96) {
    out.set(bytes.subarray(at + 48, at + 96), at);
    out.set(bytes.subarray(at, at + 48), at + 48);
  }
  return out;
}

function pairingProduct(raw: Raw, pairs: readonly (readonly [mcl.G1, mcl.G2])[]): mcl.GT {
  const live = pairs.filter(([a, b]) => !a.isZero() && !b.isZero());
  const result = new mcl.GT();
  if (live.length === 0) {
    result.setInt(1);
    return result;
  }
  return placed(raw, result, sizes.gt, (at) => {
    const a = place(raw, sizes.g1, ...live.map(([point]) => mcl.normalize(point)));
    const b = place(raw, sizes.g2, ...live.map(([, point]) => mcl.normalize(point)));
    raw._mclBn_millerLoopVec(at, a, b, live.length);
    raw._mclBn_finalExp(at, at);
  });
}

function rawHash(raw: Raw): (message: Bytes, tag: string) => mcl.G1 {
  const encoder = new TextEncoder();
  return (message, tag) =>
    placed(raw, new mcl.G1(), sizes.g1, (at) => {
      const tagBytes = encoder.encode(tag);
      const failed = raw._mclBnG1_hashAndMapToWithDst!(
        at,
        raw.sallocBytes(message),
        message.length,
        raw.sallocBytes(tagBytes),
        tagBytes.length,
      );
      if (failed !== 0) throw new Error('mcl-wasm cannot hash to G1');
    });
}
