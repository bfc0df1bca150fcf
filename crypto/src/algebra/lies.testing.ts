/**
 * For tests only: elements that a lying server could send in place of an element T of GT.
 *
 * @module
 */
import { type Bytes, concat, hex, unhex } from './bytes.ts';
import { type Group, randomScalar } from './group.ts';
import type { Random } from './random.ts';

const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;

/** −T in Fp12: every coefficient negated. Its order is 2r, so it is no element of GT. */
export const negated = (t: Bytes): Bytes =>
  concat(
    ...Array.from({ length: 12 }, (_, i) => {
      const c = BigInt(`0x${hex(t.subarray(48 * i, 48 * (i + 1)))}`);
      return unhex((c === 0n ? 0n : p - c).toString(16).padStart(96, '0'));
    }),
  );

/** What else may come: by name, for a test that goes through them all. */
export function lies(group: Group, t: Bytes, random: Random): Record<string, Bytes> {
  const { g1, g2, gt, pair } = group;
  const other = gt.exp(pair([[g1.generator, g2.generator]]), randomScalar(random));
  return {
    '−T': negated(t),
    'T = 1': gt.encode(gt.one),
    'T⁻¹': gt.encode(gt.inv(gt.decode(t))),
    'T²': gt.encode(gt.exp(gt.decode(t), 2n)),
    'another T': gt.encode(other),
    'no element of GT': new Uint8Array(576).fill(1),
    zero: new Uint8Array(576),
    'one bit changed': t.with(575, t[575]! ^ 1),
    'too short': t.subarray(1),
    'too long': concat(t, new Uint8Array(1)),
    nothing: new Uint8Array(),
  };
}
