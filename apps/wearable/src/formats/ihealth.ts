/**
 * iHealth: lists of its cuffs, scales, meters and clips, as its API answers.
 *
 * A time counts the seconds of the wearer's clock as if that clock were UTC, beside the clock's offset. 0 says that
 * nothing was measured. `HoursSlept` are minutes.
 *
 * @module
 */
import type { JsonObject, Reading, VitalSign } from '@carelet/care/model';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment } from './gathering.ts';
import { at, digitsOf, elementsOf, objectsAt, textAt } from './json.ts';
import type { Source } from './source.ts';

export const iHealth: Format = {
  name: 'iHealth',
  says: 'lists of iHealth devices, as JSON',
  recognises: ({ text }) => /^\s*[[{]/.test(text) && /"(?:BP|BO|BG|AR|SR|SPORT|Weight)DataList"\s*:/.test(text),
  read,
};

const day = 86_400;

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  for await (const { value, number } of elementsOf(source)) {
    const unit = (name: string, words: readonly string[]): string => words[Number(digitsOf(at(value, name)) ?? Number.NaN)] ?? '';
    const where = (i: number) => `value ${number}, entry ${i + 1}`;
    const each = (list: string, read: (entry: Entry) => void) => {
      for (const [i, one] of objectsAt(value, list).entries()) read(new Entry(one, where(i), to));
    };
    each('BPDataList', (entry) => {
      entry.pressure(unit('BPUnit', ['mmHg', 'kPa']));
      entry.sign('heart-rate', 'HR', 'bpm');
    });
    each('BODataList', (entry) => {
      entry.sign('oxygen-saturation', 'BO', '%');
      entry.sign('heart-rate', 'HR', 'bpm');
    });
    each('BGDataList', (entry) => entry.sign('blood-glucose', 'BG', unit('BGUnit', ['mg/dL', 'mmol/L'])));
    each('WeightDataList', (entry) => {
      entry.sign('weight', 'WeightValue', unit('WeightUnit', ['kg', 'lb']));
      entry.sign('body-mass-index', 'BMI', 'kg/m2');
      entry.others(['FatValue', 'WaterValue', 'MuscaleValue', 'BoneValue', 'DCI']);
    });
    each('ARDataList', (entry) => {
      entry.steps();
      entry.others(['Calories', 'DistanceTraveled'], 'day');
    });
    each('SRDataList', (entry) => {
      entry.sleep();
      entry.others(['SleepEfficiency', 'Awaken'], 'sleep');
    });
    each('SPORTDataList', (entry) => entry.sport());
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

type Over = 'moment' | 'day' | 'sleep' | 'sport';

/** One entry of a list. */
class Entry {
  readonly #entry: JsonObject;
  readonly #where: string;
  readonly #to: Gathering;

  constructor(entry: JsonObject, where: string, to: Gathering) {
    this.#entry = entry;
    this.#where = where;
    this.#to = to;
  }

  sign(sign: VitalSign, name: string, unit: string): void {
    const value = this.#measured(name);
    if (value !== undefined) this.#to.vital(sign, this.#over('moment'), [{ name, value, unit }]);
  }

  pressure(unit: string): void {
    const pair = ['HP', 'LP'].flatMap((name) => {
      const value = this.#measured(name);
      return value === undefined ? [] : [{ name, value, unit }];
    });
    if (pair.length === 2) this.#to.vital('blood-pressure', this.#over('moment'), pair);
    else for (const half of pair) this.#to.other(this.#over('moment'), half);
  }

  steps(): void {
    const value = digitsOf(at(this.#entry, 'Steps'));
    if (value !== undefined) this.#to.vital('steps', this.#over('day'), [{ name: 'Steps', value, unit: 'steps' }]);
  }

  sleep(): void {
    const value = this.#measured('HoursSlept');
    if (value !== undefined) this.#to.vital('sleep', this.#over('sleep'), [{ name: 'HoursSlept', value, unit: 'min' }]);
  }

  sport(): void {
    const name = textAt(this.#entry, 'SportName') ?? 'sport';
    const value = digitsOf(at(this.#entry, 'Calories'));
    if (value !== undefined) this.#to.other(this.#over('sport'), { name: `${name}.Calories`, value });
  }

  others(names: readonly string[], over: Over = 'moment'): void {
    for (const name of names) {
      const value = this.#measured(name);
      if (value !== undefined) this.#to.other(this.#over(over), { name, value });
    }
  }

  /** The digits of a number that is not 0. */
  #measured(name: string): string | undefined {
    const value = digitsOf(at(this.#entry, name));
    return value === undefined || Number(value) === 0 ? undefined : value;
  }

  #over(over: Over): Moment {
    const where = this.#where;
    if (over === 'moment') return { where, at: this.#instant('MDate') };
    if (over === 'day') return { where, at: this.#instant('MDate', true), lasts: day * 1000 };
    const [from, until] = over === 'sleep' ? ['StartTime', 'EndTime'] : ['SportStartTime', 'SportEndTime'];
    const [start, end] = [this.#instant(from!), this.#instant(until!)];
    return { where, at: start, lasts: start !== undefined && end !== undefined && end > start ? end - start : undefined };
  }

  #instant(name: string, wholeDay = false): number | undefined {
    const text = digitsOf(at(this.#entry, name));
    const offset = offsetOf(at(this.#entry, 'TimeZone'));
    if (text === undefined || !/^\d+$/.test(text) || offset === undefined) return undefined;
    const seconds = Number(text);
    return ((wholeDay ? seconds - (seconds % day) : seconds) - offset) * 1000;
  }
}

/** Seconds ahead of UTC: `-0800`, or hours as a number. */
function offsetOf(zone: unknown): number | undefined {
  if (typeof zone === 'number') return zone * 3600;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(String(zone)) ?? [];
  return sign === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
