/**
 * Until when a doctor's keys open records, as pages tell it: by day, the soonest first.
 *
 * @module
 */
import type { Ending, PatientLine } from '../../house/patients.ts';

/** Places whose keys end on the same day. */
export type EndingDay = {
  /** `YYYY-MM-DD` */
  readonly lastDay: string;
  readonly places: readonly string[];
  /** `soon` is within a week: time to ask for more. */
  readonly state: 'over' | 'soon' | 'later';
};

const week = 7 * 86_400_000;

/** @param now UTC milliseconds */
export function endingDays(endings: readonly Ending[], now: number): EndingDay[] {
  const days = new Map<string, Ending[]>();
  for (const ending of endings) days.set(ending.lastDay, [...(days.get(ending.lastDay) ?? []), ending]);
  return [...days].map(([lastDay, some]) => {
    const { at } = some[0]!;
    return { lastDay, places: some.map(({ place }) => place.name), state: at <= now ? 'over' : at - now <= week ? 'soon' : 'later' };
  });
}

/** Whether a doctor had keys, and every one of them has ended. */
export const allOver = (endings: readonly Ending[], now: number): boolean => endings.length > 0 && endings.every(({ at }) => at <= now);

/** What patients have in common: their endings, when all of them open until one day; else `null`, and each tells her own. */
export function sharedEndings(patients: readonly PatientLine[]): readonly Ending[] | null {
  const all = patients.flatMap(({ endings }) => endings);
  const isShared =
    new Set(all.map(({ lastDay }) => lastDay)).size === 1 &&
    patients.every(({ endings, shared }) => endings.length > 0 && shared.length === 0);
  return isShared ? [...new Map(all.map((ending) => [ending.place.id, ending])).values()] : null;
}
