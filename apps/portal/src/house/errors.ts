/**
 * How failures come out of the worker.
 *
 * @module
 */
import type { HouseError } from './house.ts';

/**
 * What the house throws, and nothing else: a kind and a sentence. No cause and no stack of the inside crosses.
 *
 * @example
 * ```ts no-run
 * try {
 *   await house.unlock('ada', passphrase, true);
 * } catch (thrown) {
 *   if (thrown instanceof HouseFailure && thrown.kind === 'cannot-open') sayItAgain();
 * }
 * ```
 */
export class HouseFailure extends Error {
  override readonly name = 'HouseFailure';
  readonly kind: HouseError['kind'];

  constructor({ kind, message }: HouseError) {
    super(message);
    this.kind = kind;
  }

  /** Somebody stopped it; nothing failed. */
  get stopped(): boolean {
    return this.kind === 'unavailable' && this.message.endsWith(': stopped');
  }
}
