/**
 * How often somebody may do a thing in an hour. It is counted in memory: a service that starts anew counts anew.
 *
 * @module
 */
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';

export type PerHour = {
  /**
   * Counts one more, or as many as are said; throws what `refuse` makes of the reason where they are too many.
   *
   * @param who a card number
   */
  take(who: Bytes, refuse: (because: string) => Error, count?: number): void;
};

const hour = 3600;

/**
 * Counts for everybody in one hour.
 *
 * @param now UTC seconds
 *
 * @example
 * ```ts
 * import { perHour } from '@carelet/ground/per-hour';
 * const factors = perHour(() => 1_795_000_000, 500);
 * factors.take(new Uint8Array(16), (because) => new Error(because));
 * ```
 */
export function perHour(now: () => number, most: number): PerHour {
  const counts = new Map<string, number>();
  let began = 0;

  return {
    take(who, refuse, count = 1) {
      const at = now();
      // Everybody's hour is the same, so that nobody who asked once is remembered for long.
      if (at - began >= hour || at < began) {
        counts.clear();
        began = at;
      }
      const total = (counts.get(hex(who)) ?? 0) + count;
      if (total > most) {
        const minutes = Math.ceil((began + hour - at) / 60);
        throw refuse(`${most.toLocaleString('en')} in an hour are the most; go on in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`);
      }
      counts.set(hex(who), total);
    },
  };
}
