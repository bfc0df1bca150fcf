/**
 * Apple Health: `export.xml`, streamed, however many years are in it.
 *
 * One element is in memory at a time, and of blood pressures the halves that have not found each other: an export
 * lists systolic and diastolic records first and their correlations later, which hold the same records again. A
 * correlation is one reading and takes its two records back; what is left at the end is paired by time and source.
 *
 * @module
 */
import { CareletError, type Reading } from '@carelet/care/model';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { instantOfText, type Zone, zoneNamed } from '../zone.ts';
import { appleQuantity } from './apple-types.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment } from './gathering.ts';
import { refuse } from './json.ts';
import type { Source } from './source.ts';

export const appleHealth: Format = {
  name: 'Apple Health',
  says: 'export.xml of the Health app',
  recognises: ({ text }) => /^\ufeff?\s*</.test(text) && /<(?:!DOCTYPE\s+)?HealthData[\s>[]/.test(text),
  read,
};

type Attributes = Readonly<Record<string, string>>;
/** One of two pressures; `key` is what the other shares with it. */
type Half = { readonly moment: Moment; readonly value: string; readonly unit: string; readonly key: string };

const systolicType = 'HKQuantityTypeIdentifierBloodPressureSystolic';
const diastolicType = 'HKQuantityTypeIdentifierBloodPressureDiastolic';
const pressureType = 'HKCorrelationTypeIdentifierBloodPressure';
/** Halves kept while they wait; beyond, the oldest are given apart. */
const mostHalves = 100_000;

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  const health = new Health(to, zoneNamed(options.zone ?? 'UTC'));
  const parser = new SaxesParser();
  let line = 1;
  parser.on('error', (error) => {
    throw refuse(source.name, `line ${parser.line} is not XML`, error);
  });
  parser.on('opentag', (tag) => {
    line = parser.line;
    health.open(tag, `line ${line}`);
  });
  parser.on('closetag', ({ name }) => health.close(name));
  const decoder = new TextDecoder();
  try {
    for await (const chunk of source.bytes()) {
      parser.write(decoder.decode(chunk, { stream: true }));
      if (to.full) yield to.taken();
    }
    parser.write(decoder.decode()).close();
  } catch (error) {
    throw error instanceof CareletError ? error : refuse(source.name, `line ${parser.line} cannot be read`, error);
  }
  health.end();
  yield to.taken();
}

/** What the elements say, as they open and close. */
class Health {
  readonly #to: Gathering;
  readonly #zone: Zone;
  readonly #halves = { systolic: new Map<string, Half[]>(), diastolic: new Map<string, Half[]>(), count: 0 };
  /** The correlation we are in: its records are told again at the top. */
  #within: { moment: Moment; systolic?: Half; diastolic?: Half } | undefined;
  #correlation: string | undefined;

  constructor(to: Gathering, zone: Zone) {
    this.#to = to;
    this.#zone = zone;
  }

  open({ name, attributes }: SaxesTagPlain, where: string): void {
    if (name === 'Record') this.#record(attributes, where);
    else if (name === 'Correlation') {
      this.#correlation = attributes.type ?? '';
      if (this.#correlation === pressureType) this.#within = { moment: this.#momentOf(attributes, where) };
    } else if (name === 'Workout') this.#workout(attributes, where);
    else if (name === 'ActivitySummary') this.#summary(attributes, where);
    else if (!structure.has(name)) this.#to.unread(name);
  }

  close(name: string): void {
    if (name !== 'Correlation') return;
    if (this.#within) this.#pressure(this.#within);
    else if (this.#correlation) this.#to.unread(this.#correlation);
    this.#within = undefined;
    this.#correlation = undefined;
  }

  /** Halves no correlation asked for: a pair is one pressure, a lone one keeps its name. */
  end(): void {
    for (const [key, ones] of this.#halves.systolic) {
      const others = this.#halves.diastolic.get(key) ?? [];
      for (const [i, systolic] of ones.entries())
        this.#pressure({ moment: systolic.moment, systolic, ...(others[i] && { diastolic: others[i] }) });
      this.#halves.diastolic.set(key, others.slice(ones.length));
    }
    for (const rest of this.#halves.diastolic.values())
      for (const diastolic of rest) this.#pressure({ moment: diastolic.moment, diastolic });
  }

  #record(attributes: Attributes, where: string): void {
    const { type = '', unit = '', value = '' } = attributes;
    const moment = this.#momentOf(attributes, where);
    if (type === systolicType || type === diastolicType) {
      const half: Half = { moment, unit, value, key: `${attributes.startDate}|${attributes.endDate}|${attributes.sourceName}` };
      const which = type === systolicType ? 'systolic' : 'diastolic';
      if (this.#within) this.#within[which] = half;
      else this.#wait(which, half);
      return;
    }
    // Children of a correlation are told at the top as well.
    if (this.#correlation !== undefined) return;
    const known = appleQuantity(type, value);
    if (known) this.#to.vital(known.sign, moment, [{ name: type, value, unit }], known.shift);
    else this.#to.other(moment, { name: type, value: value.replace(/^HKCategoryValue/, ''), unit });
  }

  #wait(which: 'systolic' | 'diastolic', half: Half): void {
    const waiting = this.#halves[which].get(half.key);
    if (waiting) waiting.push(half);
    else this.#halves[which].set(half.key, [half]);
    if (++this.#halves.count <= mostHalves) return;
    this.end();
    this.#halves.systolic.clear();
    this.#halves.diastolic.clear();
    this.#halves.count = 0;
  }

  #pressure({ moment, systolic, diastolic }: { moment: Moment; systolic?: Half; diastolic?: Half }): void {
    const named = (half: Half, name: string) => ({ name, value: half.value, unit: half.unit });
    if (this.#within)
      for (const [which, half] of [
        ['systolic', systolic],
        ['diastolic', diastolic],
      ] as const)
        if (half) this.#takeBack(which, half);
    if (systolic && diastolic) this.#to.vital('blood-pressure', moment, [named(systolic, systolicType), named(diastolic, diastolicType)]);
    else if (systolic) this.#to.other(moment, named(systolic, systolicType));
    else if (diastolic) this.#to.other(moment, named(diastolic, diastolicType));
  }

  /** The record at the top that a correlation repeats. */
  #takeBack(which: 'systolic' | 'diastolic', half: Half): void {
    const waiting = this.#halves[which].get(half.key);
    const place = waiting?.findIndex(({ value }) => value === half.value) ?? -1;
    if (place < 0) return;
    waiting!.splice(place, 1);
    this.#halves.count--;
  }

  #workout(attributes: Attributes, where: string): void {
    const moment = this.#momentOf(attributes, where);
    const { workoutActivityType: name = 'Workout', duration, durationUnit = '' } = attributes;
    if (duration !== undefined) this.#to.other(moment, { name, value: duration, unit: durationUnit });
    for (const total of ['totalDistance', 'totalEnergyBurned'] as const) {
      const value = attributes[total];
      if (value !== undefined) this.#to.other(moment, { name: `${name}.${total}`, value, unit: attributes[`${total}Unit`] });
    }
  }

  /** A day's rings; they have a date and no time, and last from midnight to midnight. */
  #summary(attributes: Attributes, where: string): void {
    const midnight = instantOfText(attributes.dateComponents ?? '', this.#zone);
    const next = midnight && instantOfText(nextDay(attributes.dateComponents!), this.#zone);
    const moment: Moment = { where, at: midnight, lasts: midnight && next ? next - midnight : undefined };
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'dateComponents' || name.endsWith('Unit')) continue;
      this.#to.other(moment, { name: `ActivitySummary.${name}`, value, unit: attributes[`${name.replace(/Goal$/, '')}Unit`] });
    }
  }

  #momentOf({ startDate = '', endDate = '' }: Attributes, where: string): Moment {
    const [at, end] = [instantOfText(startDate, this.#zone), instantOfText(endDate, this.#zone)];
    return { where, at, lasts: at !== undefined && end !== undefined && end > at ? end - at : undefined };
  }
}

/** Elements that hold others, or say more of the one around them. */
const structure = new Set([
  'HealthData',
  'ExportDate',
  'Me',
  'MetadataEntry',
  'HeartRateVariabilityMetadataList',
  'InstantaneousBeatsPerMinute',
]);

const nextDay = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
