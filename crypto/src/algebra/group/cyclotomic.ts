/**
 * GT from the inside: what raising to p, which costs next to nothing, is good for.
 *
 * [Note: Who belongs to GT] Elements of order r are told from all others without an exponentiation by r (Scott, ePrint
 * 2021/1130, §5). Those with f^{p⁴}·f = f^{p²} have an order that divides Φ₁₂(p) = p⁴ − p² + 1; those of them with f^p = f^u,
 * for the curve's parameter u, have one that divides gcd(Φ₁₂(p), p − u), and that is r (`cyclotomic.test.ts` computes it).
 *
 * [Note: Secret powers by four quarters] In GT raising to u is raising to p. So k is written in digits of 64 bits to the base
 * |u|, and a^k is a product of powers of a, a^p, a^{p²} and a^{p³} by exponents a quarter as long, all four at once: 63 squarings
 * and 63 multiplications by one of sixteen elements, whatever k.
 *
 * @module
 */
import type { Operations } from './comb.ts';
import { order, type Scalar } from './scalar.ts';

/** |u|; u is negative, so that raising to |u| is raising to p and inverting. */
export const parameter = 0xd201000000010000n;

/** Arithmetic in the field that GT lies in. */
export interface Cyclotomic<T> extends Pick<Operations<T>, 'mul' | 'square' | 'walk'> {
  readonly one: T;
  equal(a: T, b: T): boolean;
  /** a^{p^times}. */
  frobenius(a: T, times: 1 | 2 | 3 | 4): T;
  /** The inverse of an element of the cyclotomic subgroup. */
  inv(a: T): T;
}

/** Whether an element of the field has an order that divides r. */
export function isOfOrder<T>(field: Cyclotomic<T>, a: T): boolean {
  const { mul, equal, frobenius, one } = field;
  if (!equal(mul(frobenius(a, 4), a), frobenius(a, 2))) return false;
  return equal(mul(frobenius(a, 1), toParameter(field, a)), one);
}

/** a^{|u|}: few bits of it are set. */
function toParameter<T>({ mul, square }: Cyclotomic<T>, a: T): T {
  const bits = parameter.toString(2);
  let power = a;
  let pending = 0;
  for (const bit of bits.slice(1)) {
    pending++;
    if (bit === '0') continue;
    power = mul(square(power, pending), a);
    pending = 0;
  }
  return square(power, pending);
}

/** aᵏ for a in GT and k in [0, r), by a sequence of operations that does not depend on k. */
export function powerInGT<T>({ mul, inv, one, frobenius, walk }: Cyclotomic<T>, a: T, k: Scalar): T {
  if (k < 0n || k >= order) throw new TypeError('scalar out of range');
  const quarters = [a, inv(frobenius(a, 1)), frobenius(a, 2), inv(frobenius(a, 3))];
  let table = [one];
  for (const quarter of quarters) table = [...table, ...table.map((entry) => mul(entry, quarter))];
  const digits = quarters.map((_, i) => (k / parameter ** BigInt(i)) % parameter).map(bitsOf);
  const columns = Array.from({ length: 64 }, (_, at) => {
    let chosen = 0;
    for (const [i, bits] of digits.entries()) chosen |= bits[at]! << i;
    return [table[chosen]!];
  });
  return walk(columns);
}

/** 64 bits, the highest first. */
const bitsOf = (digit: bigint): Uint8Array => {
  const [high, low] = [Number(digit >> 32n), Number(digit & 0xffffffffn)];
  return Uint8Array.from({ length: 64 }, (_, at) => ((at < 32 ? high >>> (31 - at) : low >>> (63 - at)) & 1) as number);
};
