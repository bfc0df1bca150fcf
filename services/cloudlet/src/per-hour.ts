/**
 * How often somebody may do a thing in an hour. It is counted in memory: a cloudlet that starts anew counts anew.
 *
 * @module
 */
import type { CareletError } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';

export type PerHour = {
  /** Counts one more; throws what `refuse` makes of the reason where it is one too many. */
  take(who: Bytes, refuse: (because: string) => CareletError): void;
};

const hour = 3600;

/** @param now UTC seconds */
export function perHour(now: () => number, most: number): PerHour {
  const counts = new Map<string, number>();
  let began = 0;

  return {
    take(who, refuse) {
      const at = now();
      // Everybody's hour is the same, so that nobody who asked once is remembered for long.
      if (at - began >= hour || at < began) {
        counts.clear();
        began = at;
      }
      const count = (counts.get(hex(who)) ?? 0) + 1;
      if (count > most) {
        const minutes = Math.ceil((began + hour - at) / 60);
        throw refuse(`${most} in an hour are the most; go on in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`);
      }
      counts.set(hex(who), count);
    },
  };
}
