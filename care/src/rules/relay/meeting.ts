/**
 * Which cloudlets a device hands its strips to, when it meets several of them at several places in a day.
 *
 * What it knows is how often it met whom where. The probability that a strip is on its way within T seconds comes from
 * contact rates λ_js = (n_js + 1) / (T_obs + T0): P_j = 1 − Π_s exp(−λ_js T). One that takes strips and does not forward
 * them (a black hole) counts for as much as it has forwarded.
 *
 * @module
 */
import type { Urgency } from '../../model/urgency.ts';

/** A cloudlet as a device knows it. */
export type Relay = {
  readonly name: string;
  /** Whether it can be reached now. */
  readonly inRange: boolean;
  /** How often it was met, at each spot. */
  readonly meetings: readonly number[];
  /** For how many seconds it was looked for, where that is not so for all alike. */
  readonly observed?: number;
  /** Strips it took and another was asked about, and those of them that the cloud was found to have. */
  readonly taken: number;
  readonly arrived: number;
};

/** Seconds counted before anything was observed, T0: without them the first meeting would promise everything. */
export const priorSeconds = 3600;

/** What the chosen relays together must promise for monitoring. */
const sureEnough = 0.95;

/** How much better another relay must be before routine changes to it. */
const hysteresis = 0.1;

/**
 * How often a second a device meets a relay at a spot.
 *
 * @param meetings how often it did
 * @param observed for how many seconds it has looked
 */
export const contactRate = (meetings: number, observed: number): number => (meetings + 1) / (observed + priorSeconds);

/**
 * The probability of meeting within so many seconds, over all spots.
 *
 * @example
 * ```ts
 * import { meetsWithin } from '@carelet/care/rules/relay/meeting';
 * meetsWithin([1 / 3600], 1800).toFixed(3); // '0.393'
 * ```
 */
export const meetsWithin = (rates: readonly number[], seconds: number): number =>
  1 - Math.exp(-rates.reduce((sum, rate) => sum + rate * seconds, 0));

/** What a relay is believed to forward: of those it took, with one of each kind assumed beforehand. */
export const reputation = ({ taken, arrived }: Pick<Relay, 'taken' | 'arrived'>): number => (arrived + 1) / (taken + 1);

/** Whether a relay forwards as much as it loses, at least: one that does not is believed nothing. */
export const isCredible = (relay: Pick<Relay, 'taken' | 'arrived'>): boolean => reputation(relay) >= 0.5;

/** The probability that a strip handed to this relay arrives within so many seconds. */
export function delivers(relay: Relay, observed: number, seconds: number): number {
  const meets = relay.inRange
    ? 1
    : meetsWithin(
        relay.meetings.map((n) => contactRate(n, relay.observed ?? observed)),
        seconds,
      );
  return meets * Math.min(1, reputation(relay));
}

/**
 * The relays for a strip, the best first.
 *
 * - an emergency goes to all that are in range;
 * - monitoring to the fewest that together promise 0.95, or to all where even they do not;
 * - routine to the single best, staying with the one before unless another is clearly better.
 *
 * @param observed for how many seconds the device has looked
 * @param seconds within which it should arrive
 * @param before whom routine went to the last time
 */
export function chooseRelays(
  urgency: Urgency,
  relays: readonly Relay[],
  { observed, seconds, before }: { readonly observed: number; readonly seconds: number; readonly before?: string },
): readonly Relay[] {
  const promised = relays.map((relay) => ({ relay, p: delivers(relay, observed, seconds) })).sort((a, b) => b.p - a.p);
  if (urgency === 'emergency') return promised.filter(({ relay }) => relay.inRange).map(({ relay }) => relay);
  if (urgency === 'monitoring') {
    const chosen: Relay[] = [];
    let missing = 1;
    for (const { relay, p } of promised) {
      if (1 - missing >= sureEnough) break;
      chosen.push(relay);
      missing *= 1 - p;
    }
    return chosen;
  }
  const [best] = promised;
  const last = promised.find(({ relay }) => relay.name === before);
  if (!best) return [];
  return [last && best.p - last.p < hysteresis ? last.relay : best.relay];
}
