/**
 * Waiting until something holds.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it holds; what asking throws counts as no. */
export async function until(what: string, holds: () => Promise<boolean>, patience = 30_000): Promise<void> {
  for (const giveUp = performance.now() + patience; ; await sleep(50)) {
    if (await holds().catch(() => false)) return;
    if (performance.now() > giveUp) throw new Error(`in ${patience / 1000} s it did not come about that ${what}`);
  }
}
