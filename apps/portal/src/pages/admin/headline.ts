/**
 * The one sentence on top of the status page: the most pressing fact of the town, and nothing else.
 *
 * @module
 */
import type { CloudletStatus, TownStatus } from '../../house/admin.ts';

export type Headline =
  /** A cloudlet does not answer: nobody here knows what waits in it. */
  | { readonly kind: 'silent'; readonly organisation: string }
  /** It answers, and says itself that something is wrong. */
  | { readonly kind: 'unwell'; readonly organisation: string; readonly because: readonly string[] }
  | { readonly kind: 'cloud-unwell' }
  | { readonly kind: 'authority-unwell' }
  /** The cloud took batches and did not write down that it did, though it promised. */
  | { readonly kind: 'unkept'; readonly organisation: string; readonly unkept: number }
  /** Cloudlets cannot reach the cloud; what they hold is safe with them. */
  | { readonly kind: 'cloud-away'; readonly waiting: number; readonly since: number | null }
  /** Cloudlets reach it, this page does not. */
  | { readonly kind: 'cloud-silent' }
  | { readonly kind: 'authority-silent' }
  /** Everything answers and some strips are on their way. */
  | { readonly kind: 'passing'; readonly waiting: number; readonly since: number | null }
  | { readonly kind: 'well' }
  /** There is no cloudlet to look at. */
  | { readonly kind: 'none' };

/** Red asks somebody to act, amber to wait, green for nothing. */
export type Tone = 'danger' | 'wait' | 'ok';

/** A strip that waits longer than this did not merely take its turn. */
const patience = 5 * 60_000;

/**
 * What to say first, worst first.
 *
 * @example
 * ```ts no-run
 * headlineOf(town); // { kind: 'cloud-away', waiting: 214, since: 1795166940000 }
 * ```
 */
export function headlineOf({ cloudlets, cloud, authority }: TownStatus): Headline {
  const silent = cloudlets.find(({ health }) => health === 'silent');
  if (silent) return { kind: 'silent', organisation: silent.organisation };
  // A cloudlet that lost the cloud calls itself unwell too; that has a calmer sentence of its own.
  const unwell = cloudlets.find((one) => one.health === 'unwell' && one.cloud !== 'unreachable');
  if (unwell) return { kind: 'unwell', organisation: unwell.organisation, because: unwell.because };
  if (cloud.health === 'unwell') return { kind: 'cloud-unwell' };
  if (authority.health === 'unwell') return { kind: 'authority-unwell' };
  const owed = cloudlets.find(({ unkept }) => unkept > 0);
  if (owed) return { kind: 'unkept', organisation: owed.organisation, unkept: owed.unkept };
  const away = cloudlets.filter((one) => one.cloud === 'unreachable');
  if (away.length > 0) return { kind: 'cloud-away', ...waitingAt(away) };
  if (cloud.health === 'silent') return { kind: 'cloud-silent' };
  if (authority.health === 'silent') return { kind: 'authority-silent' };
  if (cloudlets.length === 0) return { kind: 'none' };
  const { waiting, since } = waitingAt(cloudlets);
  return waiting > 0 ? { kind: 'passing', waiting, since } : { kind: 'well' };
}

/** @param now the moment the counts are from, UTC milliseconds */
export function toneOf(headline: Headline, now: number): Tone {
  switch (headline.kind) {
    case 'silent':
    case 'unwell':
    case 'cloud-unwell':
    case 'authority-unwell':
    case 'unkept':
      return 'danger';
    case 'cloud-away':
    case 'cloud-silent':
    case 'authority-silent':
    case 'none':
      return 'wait';
    case 'passing':
      return headline.since !== null && now - headline.since > patience ? 'wait' : 'ok';
    case 'well':
      return 'ok';
  }
}

/** What waits in some cloudlets together, and the oldest strip of it. */
export function waitingAt(cloudlets: readonly CloudletStatus[]): { readonly waiting: number; readonly since: number | null } {
  const times = cloudlets.flatMap(({ waitingSince }) => waitingSince ?? []);
  return { waiting: sum(cloudlets.map(({ waiting }) => waiting)), since: times.length > 0 ? Math.min(...times) : null };
}

/** Counts over all cloudlets that answer. */
export function totalsOf({ cloudlets }: TownStatus): {
  readonly waiting: number;
  readonly since: number | null;
  readonly forwarded: number;
  readonly devices: number;
  readonly lastForward: number | null;
  readonly outages: number;
  readonly outageSince: number | null;
} {
  const heard = cloudlets.filter(({ health }) => health !== 'silent');
  const times = heard.flatMap(({ lastForward }) => lastForward ?? []);
  const away = heard.flatMap(({ outageSince }) => outageSince ?? []);
  return {
    ...waitingAt(heard),
    forwarded: sum(heard.map(({ forwarded }) => forwarded)),
    devices: sum(heard.map(({ devices }) => devices)),
    lastForward: times.length > 0 ? Math.max(...times) : null,
    outages: sum(heard.map(({ outages }) => outages)),
    outageSince: away.length > 0 ? Math.min(...away) : null,
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
