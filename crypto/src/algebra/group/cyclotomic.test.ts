import { bls12_381 } from '@noble/curves/bls12-381.js';
import { describe, expect, test } from 'vitest';
import { type Bytes, concat, hex } from '../bytes.ts';
import { loadGroup, order, randomScalar } from '../group.ts';
import { seededRandom } from '../random.ts';
import { parameter } from './cyclotomic.ts';

const u = -parameter;
const p = ((u - 1n) ** 2n * order) / 3n + u;

test('the two equations together leave r and nothing else', () => {
  const phi = p ** 4n - p ** 2n + 1n;
  const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
  expect(p).toBe(bls12_381.fields.Fp.ORDER);
  expect(order).toBe(u ** 4n - u ** 2n + 1n);
  expect(phi % order).toBe(0n);
  expect(gcd(phi, p - u)).toBe(order);
});

describe.each(['mcl', 'noble'] as const)('on %s', (name) => {
  const random = seededRandom(`cyclotomic ${name}`);
  const { Fp12 } = bls12_381.fields;
  type Element = typeof Fp12.ONE;

  const field = (): Element => {
    const coefficients = Array.from({ length: 12 }, () => {
      const k = BigInt(`0x${hex(random(64))}`) % p;
      return Uint8Array.from(k.toString(16).padStart(96, '0').match(/../g)!, (two) => Number.parseInt(two, 16));
    });
    return Fp12.fromBytes(concat(...coefficients));
  };
  /** Into the subgroup of order Φ₁₂(p): the easy part of the final exponentiation. */
  const cyclotomic = (f: Element): Element => {
    const once = Fp12.mul(Fp12.conjugate(f), Fp12.inv(f));
    return Fp12.mul(Fp12.frobeniusMap(once, 2), once);
  };

  test('what is not of order r is refused, however near it comes', async () => {
    const { gt, g1, g2, pair } = await loadGroup(name);
    const good = Fp12.fromBytes(gt.encode(gt.exp(pair([[g1.generator, g2.generator]]), randomScalar(random))));
    const accepted = (element: Element): boolean => {
      try {
        gt.decode(Fp12.toBytes(element) as Bytes);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        return false;
      }
    };
    expect(accepted(good)).toBe(true);
    expect(accepted(Fp12.mul(good, good))).toBe(true);
    const others = {
      'anything of the field': field(),
      'cyclotomic, of another order': cyclotomic(field()),
      'an element of GT times one of small order': Fp12.neg(good),
      'an element of GT times a cyclotomic one': Fp12.mul(good, cyclotomic(field())),
      'a power that kills r': Fp12.pow(cyclotomic(field()), order),
      'the conjugate times something of Fp6': Fp12.mul(Fp12.conjugate(good), Fp12.frobeniusMap(field(), 6)),
      one: Fp12.ONE,
      'minus one': Fp12.neg(Fp12.ONE),
      zero: Fp12.ZERO,
    };
    for (const [what, element] of Object.entries(others)) expect(accepted(element), what).toBe(false);
    // Whatever is refused here is refused by an exponentiation by r, and the other way round.
    for (const element of [good, ...Object.values(others).slice(0, 6)]) {
      expect(accepted(element)).toBe(Fp12.eql(Fp12.pow(element, order), Fp12.ONE));
    }
  });
});
