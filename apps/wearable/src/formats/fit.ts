/**
 * FIT: what watches, bicycle computers, scales and cuffs of the ANT+ world write.
 *
 * Times are UTC. A clock that was never set counts from when the device was switched on; then `start` says when the
 * first message was. Where somebody was is not read. What a bicycle computer calls temperature is the air's, and has
 * no code.
 *
 * @module
 */
import type { Reading } from '@carelet/care/model';
import { type FitFieldFacts, type FitMessageFacts, measured, messageName, scaledText } from './fit/profile.ts';
import { type FitField, type FitMessage, fieldDescription, fitMessages, oneOf } from './fit/wire.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment, type Printed } from './gathering.ts';
import { type Source, wholeOf } from './source.ts';

export const fit: Format = {
  name: 'FIT',
  says: 'activities, weights and pressures of watches and bicycle computers',
  recognises: ({ head }) => head.length >= 12 && String.fromCharCode(...head.subarray(8, 12)) === '.FIT',
  read,
};

const longest = 256 * 2 ** 20;
/** 1989-12-31, from which FIT counts seconds. */
const epoch = Date.UTC(1989, 11, 31);
/** Below, a time is seconds since the device was switched on. */
const firstDate = 0x10000000;

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  const session = new Session(to, options.start);
  for (const message of fitMessages(await wholeOf(source, longest), source.name)) {
    session.take(message);
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

class Session {
  readonly #to: Gathering;
  readonly #start: number | undefined;
  /** The device's own time of the first message, where its clock was never set. */
  #first: number | undefined;
  #last: number | undefined;
  #number = 0;
  #distance = 0;
  readonly #described = new Map<string, FitFieldFacts>();

  constructor(to: Gathering, start: number | undefined) {
    this.#to = to;
    this.#start = start;
  }

  take(message: FitMessage): void {
    this.#number++;
    this.#last = message.time ?? this.#last;
    const facts = measured.get(message.global);
    if (message.global === fieldDescription) this.#describe(message.fields);
    if (facts === undefined) {
      this.#to.unread(messageName(message.global));
      return;
    }
    const moment = this.#momentOf(message);
    if (facts.name === 'blood_pressure') this.#pressure(message.fields, moment);
    for (const field of message.fields) this.#field(facts, field, moment);
    for (const field of message.extra) this.#extra(facts, field, moment);
  }

  /** The time of the message: its own, sixteen bits of it, or that of the message before (intervals between beats). */
  #momentOf({ fields, time, global }: FitMessage): Moment {
    const where = `message ${this.#number}`;
    const low = measured.get(global)?.name === 'monitoring' ? oneOf(fields, 26) : undefined;
    const counted = low !== undefined && this.#last !== undefined ? this.#last + ((low - this.#last) & 0xffff) : (time ?? this.#last);
    if (counted === undefined) return { where, at: this.#start };
    if (counted >= firstDate) return { where, at: epoch + 1000 * counted };
    this.#first ??= counted;
    return { where, at: this.#start === undefined ? undefined : this.#start + 1000 * (counted - this.#first) };
  }

  #field(facts: FitMessageFacts, { number, values, text }: FitField, moment: Moment): void {
    const known = facts.fields[number];
    if (number === 253 || (facts.name === 'blood_pressure' && number <= 2)) return;
    if (facts.name === 'record' && number === 8) this.#speedAndDistance(values, moment);
    else if (known?.unread) this.#to.unread(`${facts.name}.${known.name}`);
    else {
      const { name = `${number}`, unit, scale, offset, sign } = known ?? {};
      for (const value of values) {
        const printed: Printed = { name: `${facts.name}.${name}`, value: scaledText(value, scale, offset), unit };
        if (sign === undefined) this.#to.other(moment, printed);
        else if (sign === 'heart-rate' && value === 0) this.#to.leftOut(moment.where, 'no pulse was found');
        else this.#to.vital(sign, moment, [printed]);
      }
      if (text !== undefined) this.#to.other(moment, { name: `${facts.name}.${name}`, value: text });
    }
  }

  /** Three bytes: 12 bits of speed in centimetres a second, 12 of distance in sixteenths of a metre that go round. */
  #speedAndDistance(bytes: readonly (number | bigint)[], moment: Moment): void {
    const [low, middle, high] = bytes.map(Number);
    if (low === undefined || middle === undefined || high === undefined) return;
    const distance = (middle >> 4) | (high << 4);
    this.#distance += (distance - this.#distance) & 0xfff;
    this.#to.other(moment, { name: 'record.speed', value: scaledText(low | ((middle & 0x0f) << 8), 100), unit: 'm/s' });
    this.#to.other(moment, { name: 'record.distance', value: scaledText(this.#distance, 16), unit: 'm' });
  }

  /** A cuff that reports an error in `status` measured nothing that counts. */
  #pressure(fields: readonly FitField[], moment: Moment): void {
    const names = ['systolic_pressure', 'diastolic_pressure', 'mean_arterial_pressure'];
    const printed = names.flatMap((name, number): Printed[] => {
      const value = oneOf(fields, number);
      return value === undefined ? [] : [{ name: `blood_pressure.${name}`, value: String(value), unit: 'mmHg' }];
    });
    const whole = oneOf(fields, 0) !== undefined && oneOf(fields, 1) !== undefined && (oneOf(fields, 8) ?? 0) === 0;
    if (whole) this.#to.vital('blood-pressure', moment, printed);
    else for (const one of printed) this.#to.other(moment, one);
  }

  #describe(fields: readonly FitField[]): void {
    const text = (number: number) => fields.find((field) => field.number === number)?.text;
    const key = `${oneOf(fields, 0)} ${oneOf(fields, 1)}`;
    const [scale = 1, offset = 0] = [oneOf(fields, 6), oneOf(fields, 7)];
    const name = text(3) ?? `developer field ${key}`;
    // A quotient without an end in decimal is not rounded: the raw integer is kept, and its name says so.
    const facts = endsInDecimal(scale)
      ? { name, unit: text(8) ?? '', scale, offset }
      : { name: `${name} (raw, scale ${scale}, offset ${offset})` };
    this.#described.set(key, facts);
  }

  #extra(facts: FitMessageFacts, { developer, number, values, text }: FitField & { developer: number }, moment: Moment): void {
    const { name, unit, scale, offset } = this.#described.get(`${developer} ${number}`) ?? {
      name: `developer field ${developer} ${number}`,
    };
    for (const value of values) this.#to.other(moment, { name: `${facts.name}.${name}`, value: scaledText(value, scale, offset), unit });
    if (text !== undefined) this.#to.other(moment, { name: `${facts.name}.${name}`, value: text, unit });
  }
}

/** Whether a quotient by this scale has an end in decimal: no prime factor but 2 and 5. */
function endsInDecimal(scale: number): boolean {
  let rest = scale;
  for (const prime of [2, 5]) while (rest > 1 && rest % prime === 0) rest /= prime;
  return rest === 1;
}
