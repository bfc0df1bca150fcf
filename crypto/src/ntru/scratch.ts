import { inverseWords } from './inverse.ts';
import type { Params } from './params.ts';
import { type Poly, productWords } from './product.ts';

/** Polynomials and word arrays that one operation works on. */
export type Scratch = {
  readonly poly: readonly [Poly, Poly, Poly, Poly, Poly, Poly];
  readonly product: Int32Array;
  readonly inverse: Int32Array;
};

/** Scratch for a parameter set: made at the first use, zeroed after each. Operations are synchronous, so one is enough. */
export function scratchOf(p: Params): { use<T>(work: (s: Scratch) => T): T } {
  let kept: Scratch | undefined;
  const poly = () => new Uint16Array(p.n);
  return {
    use(work) {
      kept ??= {
        poly: [poly(), poly(), poly(), poly(), poly(), poly()],
        product: new Int32Array(productWords(p)),
        inverse: new Int32Array(inverseWords(p)),
      };
      try {
        return work(kept);
      } finally {
        for (const one of kept.poly) one.fill(0);
        kept.product.fill(0);
        kept.inverse.fill(0);
      }
    },
  };
}
