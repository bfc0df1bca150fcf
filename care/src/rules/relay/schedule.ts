/**
 * Which strip a cloudlet sends next.
 *
 * Non-preemptive priority: the most urgent that waits goes first, among equals the one that waits longest. Routine that
 * has waited half an hour counts as monitoring, so that a busy ward starves nothing. Mean waits follow Cobham's formula,
 * W_k = W0 / ((1 − σ_{k−1})(1 − σ_k)), which the tests simulate.
 *
 * After PHDA (Zhang, Liang, Barua, Lu, Shen, Information Sciences 284, 2014), whose equations we did not have.
 *
 * @module
 */
import { type Urgency, urgencies } from '../../model/urgency.ts';

/** Something that waits, the oldest of its urgency. */
export type Waiting = {
  readonly urgency: Urgency;
  /** When it came in, in milliseconds. */
  readonly arrived: number;
};

/** How long routine waits before it counts as monitoring, in milliseconds. */
export const ageingMs = 30 * 60_000;

/** What it counts as by now. A clock that was put back makes nothing older. */
export const standing = ({ urgency, arrived }: Waiting, now: number): Urgency =>
  urgency === 'routine' && now - arrived >= ageingMs ? 'monitoring' : urgency;

/**
 * The one to send next; `undefined` when nothing waits.
 *
 * @param heads of each urgency the one that waits longest
 * @param now milliseconds
 *
 * @example
 * ```ts
 * import { nextOf } from '@carelet/care/rules/relay/schedule';
 * nextOf([{ urgency: 'routine', arrived: 0 }, { urgency: 'monitoring', arrived: 900 }], 1000); // { urgency: 'monitoring', … }
 * ```
 */
export function nextOf<W extends Waiting>(heads: readonly W[], now: number): W | undefined {
  let first: W | undefined;
  for (const head of heads) {
    const ahead = first && urgencies.indexOf(standing(head, now)) - urgencies.indexOf(standing(first, now));
    if (!first || ahead! < 0 || (ahead === 0 && head.arrived < first.arrived)) first = head;
  }
  return first;
}
