/**
 * Medicines as lanes under a time axis, and as lines of a table.
 *
 * @module
 */
import type { Course, Moment } from '../../house/items.ts';
import type { Lane, LaneSpan } from '../../ui/charts/Lanes.tsx';

/** Lanes under a chart; more would push it out of sight. */
const most = 6;

/** A stretch of one medicine in one strength, out of all records that tell of it. */
export type Stretch = Pick<Course, 'title' | 'from' | 'end'>;

/** One medicine, whatever its strength: its stretches one after the other, the earliest first. */
export type Medicine = { readonly key: string; readonly stretches: readonly Stretch[] };

/**
 * Medicines that were given at any time after `from`, those first that began or ended since, then those begun last.
 *
 * A record that was written anew continues the one before. What ended on a day nobody wrote is told where it began
 * after `from`: whether it was still given then is not known otherwise.
 *
 * @param from UTC milliseconds
 * @param now UTC milliseconds; what begins later is left out
 */
export function medicinesOf(courses: readonly Course[], from: number, now: number): Medicine[] {
  const groups = new Map<string, Course[]>();
  for (const course of courses) {
    if ((course.from?.at ?? 0) > now) continue;
    const key = course.code ?? course.title;
    groups.set(key, [...(groups.get(key) ?? []), course]);
  }
  const seen = ({ from: began, end }: Stretch) => {
    if (end.kind === 'at') return overAt(end.when) > from;
    return end.kind === 'open' || (began !== null && began.at > from);
  };
  const medicines = [...groups].flatMap(([key, group]) =>
    inRows(joined(group).filter(seen)).map((stretches, at) => ({ key: `${key} ${at}`, stretches })),
  );
  const changed = ({ stretches }: Medicine) => stretches.some(({ from: began, end }) => end.kind !== 'open' || (began?.at ?? 0) > from);
  const latest = ({ stretches }: Medicine) => stretches.at(-1)!.from?.at ?? 0;
  return medicines.sort((a, b) => Number(changed(b)) - Number(changed(a)) || latest(b) - latest(a));
}

/** Stretches of one medicine in order; of one strength, what overlaps or was written anew is one. */
function joined(courses: readonly Course[]): Stretch[] {
  const out: Stretch[] = [];
  for (const { title, from, end } of courses.toSorted((a, b) => (a.from?.at ?? 0) - (b.from?.at ?? 0))) {
    const at = out.findLastIndex((one) => one.title === title);
    const before = out[at];
    if (before && (before.end.kind !== 'at' || overAt(before.end.when) >= (from?.at ?? 0)))
      out[at] = { ...before, end: later(before.end, end) };
    else out.push({ title, from, end });
  }
  return out;
}

/** Stretches that follow each other stand in one row, what was given beside them in another. */
function inRows(stretches: readonly Stretch[]): Stretch[][] {
  const rows: Stretch[][] = [];
  for (const stretch of stretches) {
    const row = rows.find((one) => {
      const { end } = one.at(-1)!;
      return end.kind === 'at' && overAt(end.when) <= dayAfter(stretch.from);
    });
    if (row) row.push(stretch);
    else rows.push([stretch]);
  }
  return rows;
}

/** A medicine that is changed within a day is not given beside itself. */
const dayAfter = (from: Moment | null): number => (from === null ? Number.NEGATIVE_INFINITY : overAt({ ...from, precision: 'day' }));

function later(one: Course['end'], other: Course['end']): Course['end'] {
  if (one.kind === 'open' || other.kind === 'open') return { kind: 'open' };
  if (one.kind === 'at' && other.kind === 'at') return overAt(one.when) > overAt(other.when) ? one : other;
  return other;
}

/** When something is over that ended at a moment, or with a day, a month or a year. */
export function overAt({ at, precision }: Moment): number {
  const date = new Date(at);
  switch (precision) {
    case 'instant':
      return at;
    case 'day':
      return date.setDate(date.getDate() + 1);
    case 'month':
      return date.setMonth(date.getMonth() + 1);
    case 'year':
      return date.setFullYear(date.getFullYear() + 1);
  }
}

/**
 * Lanes for the first few medicines. A stretch that began before the axis, runs on, or whose beginning or end nobody
 * wrote is drawn as such. The stretch after a change stands out.
 *
 * @param nameOf a stretch in words
 */
export function lanesOf(medicines: readonly Medicine[], from: number, nameOf: (stretch: Stretch) => string): Lane[] {
  return medicines.slice(0, most).map(({ stretches }) => ({
    name: stretches.map(nameOf),
    spans: stretches.map((stretch, at): LaneSpan => {
      const began = stretch.from;
      return {
        from: began === null || began.at <= from ? null : began.at,
        to: stretch.end.kind === 'at' ? overAt(stretch.end.when) : null,
        unknown: began === null || stretch.end.kind === 'unknown',
        strong: at > 0,
      };
    }),
  }));
}

/** Medicines that have no lane. */
export const withoutLane = (medicines: readonly Medicine[]): number => Math.max(0, medicines.length - most);
