/**
 * Where each vital sign of a person stands now: what a card on her home shows, and what a doctor's list is made of.
 *
 * The word beside the latest number and the judgement of the day are two things: a pulse taken on the stairs is above
 * the usual, and the day's middle is not. Runs and findings go by days; danger goes by the latest reading.
 *
 * @module
 */
import { dangerOf } from '../vitals/danger.ts';
import { type DayValue, dailyValues } from '../vitals/days.ts';
import type { Point, Series } from '../vitals/series.ts';
import { sittingsOf } from '../vitals/sitting.ts';
import { type Run, runOut, type Standing, standingOf, type Usual, usualOf, type Whose } from '../vitals/usual.ts';
import type { VitalName } from '../vitals/vitals.ts';
import { type Day, daysIn, numberOfDay } from '../vitals/zone.ts';

export type VitalState = {
  readonly vital: VitalName;
  /** The latest plausible reading; of a pressure the middle one of its sitting. */
  readonly latest: Point;
  /** How many readings the latest one stands for. */
  readonly readings: number;
  /** The latest reading against the usual; null where nothing is known to compare. */
  readonly standing: Standing | null;
  /** The latest day's value against the usual. */
  readonly dayStanding: Standing | null;
  /** A danger limit the latest reading has reached within the last 24 hours. */
  readonly danger: 'low' | 'high' | null;
  readonly usual: Usual;
  /** The last 14 days with readings, for a sparkline. */
  readonly days: readonly DayValue[];
  readonly run: Run | null;
  /** The latest day lies in the last seven. */
  readonly fresh: boolean;
};

const dayLength = 86_400_000;
const sparkline = 14;

/**
 * The state of every vital sign that was ever measured, the most telling sign first. Readings after `now` (a clock
 * that runs ahead) do not count yet.
 *
 * @param now UTC milliseconds
 */
export function vitalStates(series: Series, whose: Whose, now: number): readonly VitalState[] {
  const states: VitalState[] = [];
  for (const [vital, points] of series) {
    const counted = points.filter(({ time, implausible }) => time <= now && !implausible);
    const days = dailyValues(vital, counted, whose.zone);
    const lastDay = days.at(-1);
    if (!lastDay) continue;
    const { latest, readings } = latestOf(vital, counted);
    const usual = usualOf(vital, days, whose, now);
    states.push({
      vital,
      latest,
      readings,
      standing: standingOf(vital, latest.values, usual),
      dayStanding: standingOf(vital, lastDay.values, usual),
      danger: now - latest.time <= dayLength ? dangerOf(vital, latest.values, whose.adult) : null,
      usual,
      days: days.slice(-sparkline),
      run: runOut(vital, days, usual, whose, now),
      fresh: isRecent(lastDay.day, whose.zone, now),
    });
  }
  return states;
}

function latestOf(vital: VitalName, points: readonly Point[]): { readonly latest: Point; readonly readings: number } {
  const sitting = vital === 'blood-pressure' ? sittingsOf(points).at(-1) : undefined;
  return sitting ? { latest: sitting.middle, readings: sitting.readings.length } : { latest: points.at(-1)!, readings: 1 };
}

const isRecent = (day: Day, zone: string, now: number): boolean => daysIn(zone).numberOf(now) - numberOfDay(day) < 7;
