/**
 * What changed: the first thing a patient reads, and what follows it.
 *
 * @module
 */
import type { Resource } from '../../model/resource.ts';
import { readingsOf } from '../vitals/series.ts';
import type { Whose } from '../vitals/usual.ts';
import { vitalFacts } from '../vitals/vitals.ts';
import { type News, newsOf } from './news.ts';
import { type VitalState, vitalStates } from './states.ts';

export type Finding =
  /** A vital sign in danger, or out of the usual: its `run` tells since when, and on how many of the last seven days. */
  | { readonly kind: 'vital'; readonly state: VitalState }
  | { readonly kind: 'new'; readonly news: News }
  /** Readings of the last week, all as usual. */
  | { readonly kind: 'all-usual' }
  /** No readings of the last week, and no news. */
  | { readonly kind: 'quiet' }
  /** No reading and no record at all. */
  | { readonly kind: 'nothing-yet' };

/**
 * The findings for a patient's home, the most pressing first: the first one is the headline. There is always one.
 *
 * One day out of the usual is no finding: of twenty days two are, by what usual means. It takes two in a row or in a
 * week.
 *
 * @param since UTC milliseconds: when she last looked
 * @param now UTC milliseconds
 */
export function whatChanged(
  resources: readonly Resource[],
  { whose, since, now }: { readonly whose: Whose; readonly since: number; readonly now: number },
): readonly [Finding, ...Finding[]] {
  const states = vitalStates(readingsOf(resources, whose.zone), whose, now);
  const vital = pressing(states).map((state): Finding => ({ kind: 'vital', state }));
  const news = newsOf(resources, since, now).map((news): Finding => ({ kind: 'new', news }));
  const [first, ...rest] = [...vital, ...news];
  if (first) return [first, ...rest];
  if (states.some(({ fresh }) => fresh)) return [{ kind: 'all-usual' }];
  return [{ kind: resources.length === 0 ? 'nothing-yet' : 'quiet' }];
}

/** The states that are findings: danger first, then those longest out. Equals stay in the order of the signs. */
export const pressing = (states: readonly VitalState[]): readonly VitalState[] =>
  states.filter(isPressing).sort((a, b) => rank(b) - rank(a));

function isPressing({ vital, danger, run, fresh }: VitalState): boolean {
  return danger !== null || (vitalFacts(vital).watched && fresh && run !== null && (run.days >= 2 || run.daysOut >= 2));
}

const rank = ({ danger, run }: VitalState): number => (danger ? 100 : 0) + (run?.daysOut ?? 0);
