/**
 * Multiplication by secrets in a constant shape: the comb of Lim and Lee (CRYPTO '94) with signed digits that are never
 * zero (Hamburg, ePrint 2012/309).
 *
 * The exponent is written with digits ±1, cut into `teeth` × `blocks` × `columns` = 256 places, and each column of
 * teeth picks one element from a table. Whatever the exponent, the same squarings and multiplications follow, none of
 * them by the identity. (Which place of the table is read does depend on it; an observer of the cache is outside what
 * JavaScript can promise.)
 *
 * [Note: Why not mulCT] mcl exports a `mulCT`, whose own source says "not const time": it counts the digits of the
 * scalar and skips zero windows, and its time for one scalar against another differs by some percent, again and again.
 * With a table that is kept, the comb is also twice as fast.
 *
 * @module
 */
import { order, type Scalar } from './scalar.ts';

/** Groups are written multiplicatively here. */
export interface Operations<T> {
  mul(a: T, b: T): T;
  inv(a: T): T;
  /** a^(2^times). */
  square(a: T, times: number): T;
  /** Brings the elements of a table into the form that is quickest to multiply by. */
  settle(table: T[]): void;
  /** Column by column: square what there is, then multiply by the elements of the column. */
  walk(columns: readonly (readonly T[])[]): T;
}

/** How 256 places are laid out. */
export type Shape = { readonly teeth: number; readonly blocks: number; readonly columns: number };

/** 512 elements, 15 squarings and 31 multiplications: for the generators and public keys. */
export const wide: Shape = { teeth: 8, blocks: 2, columns: 16 };
/** 32 elements, 31 squarings and 63 multiplications: for bases that are many. */
export const narrow: Shape = { teeth: 4, blocks: 2, columns: 32 };

/** A function k ↦ baseᵏ over a table, for a base of order r and k in [0, r). */
export function comb<T>(operations: Operations<T>, base: T, shape: Shape): (k: Scalar) => T {
  const { teeth, blocks, columns } = shape;
  const tables = tablesOf(operations, base, shape);
  return (k) => {
    const signs = recode(k);
    const picked = Array.from({ length: columns }, (_, i) =>
      tables.map((table, block) => {
        const place = block * columns + (columns - 1 - i);
        let digit = 0;
        for (let t = 0; t < teeth; t++) digit |= bit(signs, t * blocks * columns + place) << t;
        return table[digit]!;
      }),
    );
    return operations.walk(picked);
  };
}

/** tables[v][b] = Π over the teeth t of base^(±2^((t · blocks + v) · columns)), + where bit t of b is set. */
function tablesOf<T>({ mul, inv, square, settle }: Operations<T>, base: T, { teeth, blocks, columns }: Shape): T[][] {
  const powers: T[] = [base];
  while (powers.length < teeth * blocks) powers.push(square(powers.at(-1)!, columns));
  const tables = Array.from({ length: blocks }, (_, v) => {
    const own = powers.filter((_, i) => i % blocks === v);
    const table = [inv(own.reduce(mul))];
    for (const power of own) {
      const step = square(power, 1);
      for (const entry of [...table]) table.push(mul(entry, step));
    }
    return table;
  });
  for (const table of tables) settle(table);
  return tables;
}

/**
 * 32 bytes, little-endian, whose bit i says whether 2^i counts +1 or −1: k = Σ ±2^i for an odd k below 2²⁵⁶. An even k
 * has r added, which changes nothing for a base of order r.
 */
function recode(k: Scalar): Uint8Array {
  if (k < 0n || k >= order) throw new TypeError('scalar out of range');
  const odd = k + (1n - (k & 1n)) * order;
  let rest = (odd + (1n << 256n) - 1n) >> 1n;
  const words = new Uint32Array(8);
  for (let i = 0; i < words.length; i++) {
    words[i] = Number(rest & 0xffffffffn);
    rest >>= 32n;
  }
  return Uint8Array.from({ length: 32 }, (_, i) => words[i >> 2]! >>> (8 * (i & 3)));
}

const bit = (bytes: Uint8Array, i: number): number => (bytes[i >> 3]! >> (i & 7)) & 1;
