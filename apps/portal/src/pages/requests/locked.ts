/**
 * How locked kinds stand with what a doctor asked of their patient.
 *
 * @module
 */
import type { RequestByMe } from '../../house/requests.ts';

export type LockedState = {
  /** Those that wait and are about some of these kinds. */
  readonly waiting: readonly RequestByMe[];
  /** The newest that was answered, if it was declined. */
  readonly declined: RequestByMe | null;
  /** Kinds that nobody was asked about, or not any more. */
  readonly open: readonly string[];
};

/** What is said on a card of these kinds. What was granted and is locked all the same was taken back, or is over. */
export function lockedState(kinds: readonly string[], made: readonly RequestByMe[]): LockedState {
  const about = made.filter((one) => one.kinds.some((kind) => kinds.includes(kind)));
  const waiting = about.filter(({ state }) => state === 'waits');
  const [answered] = about.filter(({ state }) => state !== 'waits').sort((a, b) => b.asked - a.asked);
  return {
    waiting,
    declined: answered?.state === 'declined' ? answered : null,
    open: kinds.filter((kind) => !waiting.some((one) => one.kinds.some((asked) => asked === kind))),
  };
}
