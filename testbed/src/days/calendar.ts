/**
 * The town's calendar. There is no clock in here: `to` is given, and is *now* for everything that follows.
 *
 * Lives are told backwards from `to` ("the day before yesterday at 08:10"), in the town's own wall time, which is
 * one hour ahead of UTC from the last Sunday of March to the last Sunday of October. A moment is a number of
 * milliseconds since 1970 UTC.
 *
 * @module
 */

export type Moment = number;

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What a life is told in: everything dense lies in [from, to], nothing lies after `to`. */
export type Calendar = {
  readonly from: Moment;
  readonly to: Moment;
  /** The moment `days` days before today, at a wall time `HH:MM`. Today is the last day whose 09:30 has passed. */
  ago(days: number, time?: string): Moment;
  /** The same, moved back to a day when clinics are open. */
  workday(days: number, time?: string): Moment;
  /** The last time it was this day of the year (month 1 to 12), no later than `to`. */
  last(month: number, dayOfMonth: number, time?: string): Moment;
  /** True when it lies in [from, to]. */
  holds(moment: Moment): boolean;
  /** Every `step`-th day from the day of `from` to today, oldest first, each named by midnight UTC of its date. */
  days(step?: number): Generator<Moment>;
};

/**
 * @param from where the dense part begins
 * @param to now
 * @throws RangeError when the two are not instants in order, at most ten years apart, `to` in 2025 to 2099
 */
export function calendarOf(from: Date, to: Date): Calendar {
  const [start, end] = [from.getTime(), to.getTime()];
  if (!(start <= end) || end - start > 3660 * day) throw new RangeError('Cannot tell a life: it needs from ≤ to, at most ten years apart');
  if (to.getUTCFullYear() < 2025 || to.getUTCFullYear() > 2099) throw new RangeError('Cannot tell a life: it ends between 2025 and 2099');
  // Lives are told with the readings of a morning: before it is over, today is yesterday.
  const today = midnight(end - 9 * hour - 30 * minute);
  const ago = (days: number, time = '09:00'): Moment => wall(today - days * day, time);
  return {
    from: start,
    to: end,
    ago,
    workday: (days, time = '09:00') => workday(today - days * day, time),
    last(month, dayOfMonth, time = '09:00') {
      const year = new Date(end).getUTCFullYear();
      const this_ = wall(Date.UTC(year, month - 1, dayOfMonth), time);
      return this_ <= end ? this_ : wall(Date.UTC(year - 1, month - 1, dayOfMonth), time);
    },
    holds: (moment) => moment >= start && moment <= end,
    *days(step = 1) {
      const count = Math.floor((today - midnight(start)) / day);
      for (let back = count - (count % step); back >= 0; back -= step) yield today - back * day;
    },
  };
}

/** A wall time `HH:MM` on the town's day of a moment. */
export function wall(moment: Moment, time: string): Moment {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  const local = midnight(moment) + hours * hour + minutes * minute;
  return local - offset(local);
}

/** Weekends, Christmas and New Year. */
const isShut = (moment: Moment): boolean =>
  [0, 6].includes(new Date(moment).getUTCDay()) || ['12-25', '12-26', '01-01'].includes(new Date(moment).toISOString().slice(5, 10));

/** A wall time on the town's day of a moment, or on the last day before it when clinics are open. */
export function workday(moment: Moment, time: string): Moment {
  let open = midnight(moment);
  while (isShut(open)) open -= day;
  return wall(open, time);
}

/** A FHIR instant in the town's wall time: `2026-06-04T07:52:00+01:00`. */
export function dateTime(moment: Moment): string {
  const local = new Date(moment + offset(moment)).toISOString().slice(0, 19);
  return `${local}${offset(moment) === 0 ? 'Z' : '+01:00'}`;
}

/** A FHIR date in the town's wall time: `2026-06-04`. */
export const date = (moment: Moment): string => dateTime(moment).slice(0, 10);

/** The wall time alone: `07:52`. */
export const clock = (moment: Moment): string => dateTime(moment).slice(11, 16);

const months = 'January February March April May June July August September October November December'.split(' ');

/** As a person writes it: `4 June 2026`. Takes a moment or `YYYY-MM-DD`. */
export function spoken(when: Moment | string): string {
  const [year, month, dayOfMonth] = (typeof when === 'string' ? when : date(when)).split('-').map(Number) as [number, number, number];
  return `${dayOfMonth} ${months[month - 1]} ${year}`;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** The name of the town's weekday. */
export const weekday = (moment: Moment): string => weekdays[new Date(midnight(moment)).getUTCDay()]!;

/** Midnight UTC of `YYYY-MM-DD`. */
export const dayOf = (text: string): Moment => Date.parse(`${text}T00:00:00Z`);

/** Years of life at a moment, with the fraction. */
export const age = (born: string, at: Moment): number => (at - dayOf(born)) / (365.2425 * day);

/** How much winter it is: 1 in the middle of January, −1 in the middle of July. */
export function winter(moment: Moment): number {
  const begin = Date.UTC(new Date(moment).getUTCFullYear(), 0, 15);
  return Math.cos((2 * Math.PI * (moment - begin)) / (365.2425 * day));
}

/** The town's day a moment lies in, named by midnight UTC of that date. */
const midnight = (moment: Moment): Moment => Math.floor((moment + offset(moment)) / day) * day;

/** The town's distance from UTC: an hour in summer (to the hour around the two changes), else none. */
function offset(moment: Moment): number {
  const year = new Date(moment).getUTCFullYear();
  return moment >= lastSunday(year, 2) + hour && moment < lastSunday(year, 9) + hour ? hour : 0;
}

const sundays = new Map<number, Moment>();

function lastSunday(year: number, month: number): Moment {
  const key = year * 12 + month;
  let found = sundays.get(key);
  if (found === undefined) {
    const end = Date.UTC(year, month + 1, 0);
    found = end - new Date(end).getUTCDay() * day;
    sundays.set(key, found);
  }
  return found;
}
