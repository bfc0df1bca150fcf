/**
 * A body, as far as a watch can tell: what its vital signs are at any moment of any day.
 *
 * Four things move them: the time of day, sleep, exertion and illness. Sleep and exertion are drawn for each
 * day, illness for each month; a fever raises the pulse by about nine beats a degree, a stairway the pulse,
 * breath and pressure together, a bad chest lowers the oxygen. The figures are those of textbooks, good for
 * demonstrations and tests, not for research.
 *
 * @module
 */
import { type Noise, noise } from './noise.ts';

/** A stretch of illness. */
export type Episode = {
  /** UTC milliseconds. */
  readonly from: number;
  readonly to: number;
  /** 0 to 1: from a cold to a hospital bed. */
  readonly severity: number;
};

export type Person = {
  /** Years. */
  readonly age: number;
  /** Beats a minute, awake and at ease. */
  readonly restingRate: number;
  /** Hours which their clock is ahead of UTC. */
  readonly utcOffset: number;
  /** 0 to 1: how hard their days are. */
  readonly activity: number;
  /** How often they fall ill in a year by chance. */
  readonly illnessesPerYear: number;
  /** Illnesses which are certain. */
  readonly episodes: readonly Episode[];
};

export const anybody: Person = { age: 45, restingRate: 64, utcOffset: 0, activity: 0.5, illnessesPerYear: 2, episodes: [] };

/** The vital signs of a moment, in the units of `vitalSigns`, not yet rounded. */
export type Vitals = {
  readonly pulse: number;
  readonly oxygen: number;
  readonly systolic: number;
  readonly diastolic: number;
  readonly temperature: number;
  readonly breath: number;
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const month = 30 * day;

/** A body that answers what its vital signs are at a time. */
export function body(seed: string, person: Person): (at: number) => Vitals {
  const fidget = noise(seed, 'fidget');
  const drift = noise(seed, 'drift');
  const exertionOf = exertion(noise(seed, 'exertion'), person);
  const sleepOf = sleep(noise(seed, 'sleep'));
  const illnessOf = illness(noise(seed, 'illness'), person);
  const reserve = 208 - 0.7 * person.age - person.restingRate; // Tanaka (2001): greatest heart rate 208 - 0.7 age

  return (at) => {
    const local = at + person.utcOffset * hour;
    const asleep = sleepOf(local);
    const ill = illnessOf(at);
    const effort = Math.min(1, exertionOf(local) + (1 - asleep) * 0.04 * Math.abs(fidget.smooth(local, 5 * minute)));
    const sun = Math.cos((2 * Math.PI * (local - 16 * hour)) / day); // 1 at four in the afternoon, -1 at four at night
    const fever = 2.2 * ill * (0.85 + 0.15 * sun);
    return {
      pulse: clamp(
        person.restingRate * (1 - 0.13 * asleep) +
          3 * sun +
          0.75 * reserve * effort +
          9 * fever +
          2.5 * drift.smooth(at, 90 * second) +
          1.5 * drift.smooth(at, 7 * second),
        36,
        220,
      ),
      oxygen: clamp(97.7 - 0.7 * asleep - 7 * ill * ill - 0.5 * effort + 0.5 * fidget.smooth(at, 45 * second), 78, 100),
      systolic: clamp(
        118 + 0.4 * (person.age - 45) + 5 * sun - 9 * asleep + 38 * effort - 6 * ill + 4 * drift.smooth(at, 20 * minute),
        82,
        218,
      ),
      diastolic: clamp(
        75 + 0.15 * (person.age - 45) + 3 * sun - 6 * asleep + 5 * effort - 5 * ill + 2.5 * fidget.smooth(at, 20 * minute),
        45,
        120,
      ),
      temperature: clamp(36.6 + 0.3 * sun + 0.5 * effort + fever + 0.06 * drift.smooth(at, 25 * minute), 35, 41.5),
      breath: clamp(14.5 - 1.5 * asleep + 19 * effort + 7 * ill + 0.9 * fidget.smooth(at, 2 * minute), 7, 48),
    };
  };
}

/** 0 awake, 1 asleep. Bedtime and rising differ from day to day. */
function sleep(chance: Noise): (local: number) => number {
  return (local) => {
    const date = Math.floor(local / day);
    const clock = (local - date * day) / hour;
    const rise = clamp(6.75 + 0.5 * chance.normal(2 * date), 5, 9);
    const bed = clamp(22.75 + 0.5 * chance.normal(2 * date + 1), 21, 23.5);
    return clamp(1 - ramp(clock, rise - 0.25, rise + 0.25) + ramp(clock, bed - 0.25, bed + 0.25), 0, 1);
  };
}

/** 0 at rest, 1 at the limit. One to four bouts a day, slowly forgotten by the heart. */
function exertion(chance: Noise, { activity }: Person): (local: number) => number {
  type Bout = { start: number; end: number; strength: number };
  let known = { date: Number.NaN, bouts: [] as Bout[] };
  const boutsOf = (date: number): Bout[] => {
    if (known.date === date) return known.bouts;
    const draw = (what: number) => chance.uniform(64 * date + what);
    const bouts = Array.from({ length: 1 + Math.floor(4 * draw(0)) }, (_, i) => {
      const start = 7.5 + 13 * draw(8 * (i + 1));
      return { start, end: start + (8 + 45 * draw(8 * (i + 1) + 1)) / 60, strength: activity * (0.15 + 0.85 * draw(8 * (i + 1) + 2)) };
    });
    known = { date, bouts };
    return bouts;
  };
  return (local) => {
    const date = Math.floor(local / day);
    const clock = (local - date * day) / hour;
    let effort = 0;
    for (const { start, end, strength } of boutsOf(date)) {
      if (clock < start) continue;
      effort += strength * ramp(Math.min(clock, end), start, start + 0.05) * (clock > end ? Math.exp((end - clock) / 0.07) : 1);
    }
    return Math.min(effort, 0.9);
  };
}

/** 0 well, 1 gravely ill. Comes within a day, goes within two. */
function illness(chance: Noise, { illnessesPerYear, episodes }: Person): (at: number) => number {
  const byChance = (window: number): Episode | undefined => {
    const draw = (what: number) => chance.uniform(4 * window + what);
    if (draw(0) >= (illnessesPerYear * month) / (365.25 * day)) return undefined;
    const from = (window + draw(1)) * month;
    return { from, to: from + (3 + 5 * draw(2)) * day, severity: 0.25 + 0.6 * draw(3) };
  };
  return (at) => {
    const window = Math.floor(at / month);
    let ill = 0;
    for (const episode of [byChance(window - 1), byChance(window), ...episodes]) {
      if (episode === undefined || at < episode.from || at > episode.to) continue;
      const { from, to, severity } = episode;
      const length = to - from;
      const onset = Math.min(18 * hour, length / 4);
      const recovery = Math.min(2 * day, length / 3);
      ill = Math.max(ill, clamp(severity, 0, 1) * ramp(at, from, from + onset) * (1 - ramp(at, to - recovery, to)));
    }
    return ill;
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** 0 before `from`, 1 after `to`, smooth between. */
function ramp(t: number, from: number, to: number): number {
  const x = clamp((t - from) / (to - from), 0, 1);
  return x * x * (3 - 2 * x);
}
