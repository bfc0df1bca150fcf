/**
 * Which moments of a time axis get a label, in the reader's own time zone.
 *
 * @module
 */

/** What a label names. */
export type TimeStep = 'hour' | 'day' | 'month' | 'year';

export type TimeTick = { readonly at: number; readonly step: TimeStep };

export const dayMs = 86_400_000;

/** Midnight before a moment, where the reader is. */
export const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

const hourMs = 3_600_000;
const minuteMs = 60_000;

/**
 * Moments between `from` and `to` (ms), at most `count` and never unevenly many hours, days or months apart.
 * Days begin at midnight also where clocks change.
 *
 * @param least `day` where one reading stands for a whole day, and its hours mean nothing
 */
export function timeTicks(from: number, to: number, count: number, least: 'hour' | 'day' = 'hour'): TimeTick[] {
  if (!isMoment(from) || !isMoment(to)) return [];
  const most = Math.max(1, count);
  const raw = Math.max((to - from) / most, least === 'day' ? dayMs : 1);
  const minutes = [5, 10, 15, 20, 30].find((many) => many * minuteMs >= raw);
  if (minutes !== undefined) return byMinutes(from, to, minutes);
  if (raw <= 12 * hourMs) return hours(from, to, [1, 2, 3, 4, 6, 12].find((many) => many * hourMs >= raw) ?? 12);
  const days = [1, 2, 3, 5, 7, 14].find((many) => many * dayMs >= raw);
  if (days !== undefined) return byDays(from, to, days);
  const months = [1, 2, 3, 6, 12].find((many) => many * 31 * dayMs >= raw) ?? 12 * Math.ceil(raw / (366 * dayMs));
  return byMonths(from, to, months);
}

function byMinutes(from: number, to: number, every: number): TimeTick[] {
  const out: TimeTick[] = [];
  for (let at = new Date(from).setMinutes(0, 0, 0); at <= to; at += every * minuteMs) if (at >= from) out.push({ at, step: 'hour' });
  return out;
}

/** Whether a number is a time that a calendar knows. */
const isMoment = (ms: number): boolean => Math.abs(ms) <= 8.64e15;

function hours(from: number, to: number, every: number): TimeTick[] {
  const out: TimeTick[] = [];
  const at = new Date(from);
  at.setMinutes(0, 0, 0);
  at.setHours(Math.floor(at.getHours() / every) * every);
  while (at.getTime() <= to) {
    if (at.getTime() >= from) out.push({ at: at.getTime(), step: at.getHours() === 0 ? 'day' : 'hour' });
    const before = at.getTime();
    at.setHours(at.getHours() + every);
    // Where the clock jumps ahead, the hour asked for does not exist: go on from where it landed.
    if (at.getTime() <= before) at.setTime(before + every * hourMs);
  }
  return out;
}

/** Counted back from the last day, which is the one that always gets its label. */
function byDays(from: number, to: number, every: number): TimeTick[] {
  const out: TimeTick[] = [];
  const at = new Date(midnight(to));
  while (at.getTime() >= from) {
    out.unshift({ at: at.getTime(), step: 'day' });
    at.setDate(at.getDate() - every);
  }
  return out;
}

function byMonths(from: number, to: number, every: number): TimeTick[] {
  const out: TimeTick[] = [];
  const at = new Date(from);
  at.setHours(0, 0, 0, 0);
  at.setDate(1);
  if (every >= 12) at.setMonth(0);
  while (at.getTime() <= to) {
    if (at.getTime() >= from) out.push({ at: at.getTime(), step: every >= 12 ? 'year' : 'month' });
    at.setMonth(at.getMonth() + every);
  }
  return out;
}
