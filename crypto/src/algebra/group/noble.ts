/**
 * BLS12-381 on @noble/curves: slow, independent, and plain JavaScript.
 *
 * `mulSecret` and `fixed` do the same operations whatever the scalar; each operation is on JavaScript's integers,
 * whose time depends a little on their values. Where that matters, use mcl.
 *
 * @module
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { type Bytes, concat, equalPublic } from '../bytes.ts';
import type { Curve, GroupOf, Target } from '../group.ts';
import { comb, narrow, type Operations, wide } from './comb.ts';
import { type Cyclotomic, isOfOrder, powerInGT } from './cyclotomic.ts';
import { abscissa, checkTag, lengths, spelled, split } from './points.ts';
import { reduce, type Scalar } from './scalar.ts';

const { Fp, Fp2, Fp12 } = bls12_381.fields;
type Fp2Element = typeof Fp2.ONE;
type Fp12Element = typeof Fp12.ONE;
type P1 = typeof bls12_381.G1.Point.BASE;
type P2 = typeof bls12_381.G2.Point.BASE;

export type NobleGroup = GroupOf<P1, P2, Fp12Element>;

let group: NobleGroup | undefined;

/** The one noble group of this process. */
export function nobleGroup(): NobleGroup {
  group ??= {
    name: 'noble',
    g1: g1Curve(),
    g2: g2Curve(),
    gt: target(),
    pair(pairs) {
      const live = pairs.filter(([a, b]) => !a.is0() && !b.is0());
      return bls12_381.pairingBatch(live.map(([g1, g2]) => ({ g1, g2 })));
    },
    hashToG1(message, tag) {
      checkTag(tag);
      return bls12_381.G1.hashToCurve(message, { DST: tag }) as P1;
    },
  };
  return group;
}

const [compressedFlag, infinityFlag, signFlag] = [0x80, 0x40, 0x20];
const isLarger = (y: bigint): boolean => y > (Fp.ORDER - 1n) / 2n;

/** What the shared part needs of a noble point. */
interface NoblePoint<P> {
  add(other: P): P;
  negate(): P;
  equals(other: P): boolean;
  is0(): boolean;
  double(): P;
  multiplyUnsafe(k: bigint): P;
  isTorsionFree(): boolean;
}

/**
 * What differs between G1 and G2: `lift` gives a point with this x, or throws; `lower` gives the bytes of x and whether
 * y is the larger of the two roots.
 */
type Kind<P> = {
  readonly length: number;
  readonly generator: P;
  readonly zero: P;
  readonly lift: (x: Bytes) => P;
  readonly lower: (point: P) => { x: Bytes; larger: boolean };
};

function curve<P extends NoblePoint<P>>({ length, generator, zero, lift, lower }: Kind<P>): Curve<P> {
  // noble's own `toBytes` checks the order every time; decoding needs an encoding that does not mind.
  const encode = (a: P): Bytes => {
    const { x, larger } = a.is0() ? { x: new Uint8Array(length), larger: false } : lower(a);
    x[0]! |= compressedFlag | (a.is0() ? infinityFlag : 0) | (larger ? signFlag : 0);
    return x;
  };
  const neg = (a: P): P => a.negate();
  const add = (a: P, b: P): P => a.add(b);

  const decompress = (bytes: Bytes): P => {
    const lifted = bytes.length === length ? attempt(() => lift(abscissa(bytes))) : null;
    const point = lifted && spelled({ neg, encode }, lifted, bytes);
    if (!point || point.is0()) throw new TypeError('not a point of the curve');
    return point;
  };
  const ordered = (point: P): P => {
    if (!point.is0() && !point.isTorsionFree()) throw new TypeError('not a point of the group');
    return point;
  };

  const operations = byHand<P>({ mul: add, inv: neg, sqr: (a) => a.double() });
  const fixed = (a: P): ((k: Scalar) => P) => (a.is0() ? () => zero : comb(operations, a, narrow));
  let timesGenerator: ((k: Scalar) => P) | undefined;

  return {
    length,
    generator,
    zero,
    add,
    neg,
    equal: (a, b) => a.equals(b),
    isZero: (a) => a.is0(),
    mul: (a, k) => a.multiplyUnsafe(checked(k)),
    mulSecret: (a, k) => fixed(a)(k),
    mulGenerator(k) {
      timesGenerator ??= comb(operations, generator, wide);
      return timesGenerator(k);
    },
    fixed,
    sum(points, scalars) {
      const { plain, scaled } = split(points, scalars);
      return scaled.map(([a, k]) => a.multiplyUnsafe(checked(k))).reduce(add, plain.reduce(add, zero));
    },
    encode,
    decode: (bytes) => ordered(decompress(bytes)),
    decodeSum: (encoded) => ordered(encoded.map(decompress).reduce(add, zero)),
  };
}

function g1Curve(): Curve<P1> {
  const { Point } = bls12_381.G1;
  return curve({
    length: lengths.g1,
    generator: Point.BASE,
    zero: Point.ZERO,
    lift(bytes) {
      const x = Fp.fromBytes(bytes);
      return Point.fromAffine({ x, y: Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 4n)) });
    },
    lower(point) {
      const { x, y } = point.toAffine();
      return { x: Fp.toBytes(x), larger: isLarger(y) };
    },
  });
}

function g2Curve(): Curve<P2> {
  const { Point } = bls12_381.G2;
  const b = Fp2.fromBigTuple([4n, 4n]);
  return curve({
    length: lengths.g2,
    generator: Point.BASE,
    zero: Point.ZERO,
    lift(bytes) {
      // The point's bytes carry the imaginary part first.
      const x: Fp2Element = Fp2.fromBigTuple([Fp.fromBytes(bytes.subarray(48)), Fp.fromBytes(bytes.subarray(0, 48))]);
      return Point.fromAffine({ x, y: Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b)) });
    },
    lower(point) {
      const { x, y } = point.toAffine();
      return { x: concat(Fp.toBytes(x.c1), Fp.toBytes(x.c0)), larger: isLarger(y.c1 === 0n ? y.c0 : y.c1) };
    },
  });
}

function target(): Target<Fp12Element> {
  const mul = (a: Fp12Element, b: Fp12Element): Fp12Element => Fp12.mul(a, b);
  // In GT the inverse is the conjugate, as every element has norm 1 over Fp6.
  const inv = (a: Fp12Element): Fp12Element => Fp12.conjugate(a);
  const operations = byHand({ mul, inv, sqr: (a: Fp12Element) => Fp12._cyclotomicSquare(a) });
  const field: Cyclotomic<Fp12Element> = {
    ...operations,
    one: Fp12.ONE,
    equal: (a, b) => Fp12.eql(a, b),
    frobenius: (a, times) => Fp12.frobeniusMap(a, times),
  };
  return {
    length: lengths.gt,
    one: Fp12.ONE,
    mul,
    inv,
    equal: (a, b) => Fp12.eql(a, b),
    exp: (a, k) => Fp12.pow(a, checked(k)),
    expSecret: (a, k) => powerInGT(field, a, k),
    fixed: (a) => comb(operations, a, wide),
    encode: (a) => Fp12.toBytes(a),
    decode(bytes) {
      const element = bytes.length === lengths.gt ? attempt(() => Fp12.fromBytes(bytes)) : null;
      const sound =
        element &&
        !Fp12.is0(element) &&
        !Fp12.eql(element, Fp12.ONE) &&
        equalPublic(Fp12.toBytes(element), bytes) &&
        isOfOrder(field, element);
      if (!sound) throw new TypeError('not an element of GT');
      return element;
    },
  };
}

/** The steps of a comb from three operations. */
function byHand<T>({ mul, inv, sqr }: { mul(a: T, b: T): T; inv(a: T): T; sqr(a: T): T }): Operations<T> {
  return {
    mul,
    inv,
    square(a, times) {
      let power = a;
      for (let i = 0; i < times; i++) power = sqr(power);
      return power;
    },
    settle() {},
    walk: (columns) => columns.map((elements) => elements.reduce(mul)).reduce((power, product) => mul(sqr(power), product)),
  };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function checked(k: Scalar): Scalar {
  if (k !== reduce(k)) throw new TypeError('scalar out of range');
  return k;
}
