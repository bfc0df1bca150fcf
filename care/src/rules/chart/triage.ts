/**
 * Triage: of all her patients, whom a doctor should look at, and why.
 *
 * @module
 */
import type { Resource } from '../../model/resource.ts';
import { readingsOf } from '../vitals/series.ts';
import type { Whose } from '../vitals/usual.ts';
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
  /** When this doctor last looked at this chart, in UTC milliseconds, if that is known. */
  readonly looked?: number;
};

export type TriageRow = {
  readonly id: string;
  readonly urgency: Urgency;
  /** The most pressing vital sign, for `now` and `today`; its days are the sparkline. */
  readonly state?: VitalState;
  readonly news: readonly News[];
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
 * @param since UTC milliseconds: when the doctor last looked, where a chart does not say
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

function rowOf({ id, whose, resources, looked }: PatientChart, since: number, now: number): TriageRow {
  const states = vitalStates(readingsOf(resources, whose.zone), whose, now);
  const news = newsOf(resources, looked ?? since, now);
  const urgent = mostOut(states.filter(({ danger }) => danger !== null));
  const out = mostOut(states.filter(isOut));
  if (urgent) return { id, urgency: 'now', state: urgent, news };
  if (news.some(({ critical }) => critical > 0)) return { id, urgency: 'now', ...(out ? { state: out } : {}), news };
  if (out) return { id, urgency: 'today', state: out, news };
  return { id, urgency: news.length > 0 ? 'new' : 'quiet', news };
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
