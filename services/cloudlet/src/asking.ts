/**
 * Asking the cloud something while a device waits for it: one question of each device at a time, so many in all, and not for long.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';

/** What came of a question of this device; `null` where it cannot be asked now. */
export type Asking = <T>(device: Bytes, ask: () => Promise<T>) => Promise<T | null>;

/**
 * @param atOnce the most questions that are under way
 * @param patienceMs how long the cloud may take
 */
export function asking({ atOnce, patienceMs }: { readonly atOnce: number; readonly patienceMs: number }): Asking {
  const underWay = new Set<string>();
  return async (device, ask) => {
    const mine = hex(device);
    if (underWay.size >= atOnce || underWay.has(mine)) return null;
    underWay.add(mine);
    let late: NodeJS.Timeout | undefined;
    const answer = ask().catch((thrown: unknown) => {
      if (thrown instanceof CareletError) return null;
      throw thrown;
    });
    const over = () => underWay.delete(mine);
    answer.then(over, over);
    const enough = new Promise<null>((done) => {
      late = setTimeout(() => done(null), patienceMs);
    });
    return Promise.race([answer, enough]).finally(() => clearTimeout(late));
  };
}
