/**
 * Triage: of all her patients, whom a doctor should look at, and why.
 *
 * @module
 */
import type { Resource } from '../../model/resource.ts';
import { dangerOf } from '../vitals/danger.ts';
import { readingsOf } from '../vitals/series.ts';
import { standingOf, type Whose } from '../vitals/usual.ts';
import { vitalFacts } from '../vitals/vitals.ts';
import { type News, newsOf } from './news.ts';
import { type VitalState, vitalStates } from './states.ts';

/** The most urgent first. */
export const urgencies = ['now', 'today', 'new', 'quiet'] as const;
export type Urgency = (typeof urgencies)[number];

export type PatientChart = {
  readonly id: string;
  readonly whose: Whose;
  readonly resources: readonly Resource[];
  /** Where her vital signs stand, if that was found already. */
  readonly states?: readonly VitalState[];
  /** Those of the resources that have come since this doctor looked at the chart, if she ever did. */
  readonly fresh?: ReadonlySet<Resource>;
};

export type TriageRow = {
  readonly id: string;
  readonly urgency: Urgency;
  /** The most pressing vital sign, for `now` and `today`; its days are the sparkline. */
  readonly state?: VitalState;
  readonly news: readonly News[];
  /** She looked, and nothing has come since that asks for another look: no news, and no reading out of the usual. */
  readonly looked: boolean;
};

/**
 * The patients by urgency:
 *
 * - `now`: a danger limit was reached in the latest reading of the last 24 hours, or a laboratory called a new result
 *   critical;
 * - `today`: out of the usual on two or more of the last seven days, or on the latest one;
 * - `new`: something was written into the chart since the doctor looked;
 * - `quiet`.
 *
 * Within one urgency those longest out come first, then the latest reading; equals stay in the order given.
 *
 * @param since UTC milliseconds: from when on something is new to a doctor who never looked
 * @param now UTC milliseconds
 */
export function triage(patients: Iterable<PatientChart>, since: number, now: number): readonly TriageRow[] {
  const rows = Array.from(patients, (patient) => rowOf(patient, since, now));
  return rows.sort(
    (a, b) =>
      urgencies.indexOf(a.urgency) - urgencies.indexOf(b.urgency) ||
      (b.state?.run?.daysOut ?? 0) - (a.state?.run?.daysOut ?? 0) ||
      (b.state?.latest.time ?? 0) - (a.state?.latest.time ?? 0),
  );
}

function rowOf(chart: PatientChart, since: number, now: number): TriageRow {
  const { id, whose, resources, fresh } = chart;
  const states = chart.states ?? vitalStates(readingsOf(resources, whose.zone), whose, now);
  const news = newsOf(resources, fresh ?? since, now);
  const looked = fresh !== undefined && news.length === 0 && !asksAgain(states, fresh, whose, now);
  const urgent = mostOut(states.filter(({ danger }) => danger !== null));
  const out = mostOut(states.filter(isOut));
  if (urgent) return { id, urgency: 'now', state: urgent, news, looked };
  if (news.some(({ critical }) => critical > 0)) return { id, urgency: 'now', ...(out ? { state: out } : {}), news, looked };
  if (out) return { id, urgency: 'today', state: out, news, looked };
  return { id, urgency: news.length > 0 ? 'new' : 'quiet', news, looked };
}

/**
 * Whether a sign that is out has a reading among what came since, and the latest of those is out itself. One that is
 * in the usual again is no reason to look once more.
 */
function asksAgain(states: readonly VitalState[], fresh: ReadonlySet<Resource>, whose: Whose, now: number): boolean {
  const series = readingsOf(fresh, whose.zone);
  return states.some((state) => {
    if (state.danger === null && !isOut(state)) return false;
    const { vital, usual } = state;
    const latest = series.get(vital)?.findLast(({ time, implausible }) => time <= now && !implausible);
    if (!latest) return false;
    const standing = standingOf(vital, latest.values, usual);
    return standing === 'above' || standing === 'below' || dangerOf(vital, latest.values, whose.adult) !== null;
  });
}

function isOut({ vital, run, dayStanding, fresh }: VitalState): boolean {
  if (!vitalFacts(vital).watched || !fresh) return false;
  return (run?.daysOut ?? 0) >= 2 || dayStanding === 'above' || dayStanding === 'below';
}

/** The one longest out; of equals the more telling sign, which comes first. */
function mostOut(states: readonly VitalState[]): VitalState | undefined {
  const days = ({ run }: VitalState): number => run?.daysOut ?? 0;
  return states.reduce<VitalState | undefined>((most, state) => (most && days(most) >= days(state) ? most : state), undefined);
}
