/**
 * Fitbit: what its Web API answers, and the day files of an account export.
 *
 * Times are those of the wearer's clock, without an offset; only the day files of an export are in UTC. A day's total
 * beside the day's minutes is told twice, and counts once: the total then keeps its own name. The Web API gives weight
 * in kilograms or pounds without saying which; its body mass index tells them apart.
 *
 * @module
 */
import { isObject, type Json, type JsonObject, type Reading } from '@carelet/care/model';
import { instantOfText, type Zone, zoneNamed } from '../zone.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment } from './gathering.ts';
import { at, digitsOf, elementsOf, objectsAt, textAt } from './json.ts';
import type { Source } from './source.ts';

export const fitbit: Format = {
  name: 'Fitbit',
  says: 'answers of the Fitbit Web API, and day files of an account export, as JSON',
  recognises: ({ text }) =>
    /^\s*[[{]/.test(text) &&
    (/"activities(?:-[\w-]+)?"\s*:|"(?:sleep|weight|fat)"\s*:\s*\[|"(?:minutesAsleep|totalMinutesAsleep)"\s*:/.test(text) ||
      (/"dateTime"\s*:\s*"\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d"/.test(text) && /"value"\s*:/.test(text))),
  read,
};

/** What day files and answers are about. */
type Context = { readonly to: Gathering; readonly zone: Zone; readonly file: string };

const dayLength = 86_400_000;
const minute = 60_000;

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  const zone = zoneNamed(options.zone ?? 'UTC');
  // steps-2026-11-20.json: an export says what a file is about in its name alone.
  const file = /^([A-Za-z_]+)/.exec(source.name)?.[1]?.replace(/_$/, '') ?? 'value';
  const context = { to, zone, file };
  for await (const { value, number } of elementsOf(source)) {
    if (isObject(value)) take(value, `value ${number}`, context);
    else to.unread('value');
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

function take(answer: JsonObject, where: string, context: Context): void {
  if (Object.hasOwn(answer, 'dateTime') && Object.hasOwn(answer, 'value')) {
    exported(answer, where, context);
    return;
  }
  if (Object.hasOwn(answer, 'minutesAsleep')) {
    sleep(answer, where, context);
    return;
  }
  for (const [name, value] of Object.entries(answer)) {
    const place = `${where}, ${name}`;
    const [, of, intraday] = /^activities-(.+?)(-intraday)?$/.exec(name) ?? [];
    if (of !== undefined && intraday === undefined) days(of, objectsAt(value), Object.hasOwn(answer, `${name}-intraday`), place, context);
    else if (of !== undefined) minutes(of, value, dayOf(answer, of), place, context);
    else if (name === 'activities') for (const one of objectsAt(value)) activity(one, place, context);
    else if (name === 'sleep') for (const one of objectsAt(value)) sleep(one, place, context);
    else if (name === 'weight') for (const one of objectsAt(value)) weight(one, place, context);
    else context.to.unread(name);
  }
}

const dayOf = (answer: JsonObject, of: string): string | undefined => textAt(objectsAt(answer, `activities-${of}`)[0], 'dateTime');

/** One value a day. */
function days(of: string, list: readonly JsonObject[], detailed: boolean, where: string, { to, zone }: Context): void {
  for (const one of list) {
    const day = textAt(one, 'dateTime') ?? '';
    const from = instantOfText(day, zone);
    const until = from === undefined ? undefined : instantOfText(new Date(Date.parse(day) + dayLength).toISOString().slice(0, 10), zone);
    const moment: Moment = { where, at: from, lasts: from !== undefined && until !== undefined ? until - from : undefined };
    const value = digitsOf(at(one, 'value')) ?? digitsOf(at(one, 'value', 'restingHeartRate'));
    const name = isObject(at(one, 'value')) ? 'restingHeartRate' : `activities-${of}`;
    if (value === undefined) to.leftOut(where, 'its value is not a number');
    else if (of === 'steps' && !detailed) to.vital('steps', moment, [{ name, value, unit: 'steps' }]);
    else to.other(moment, { name, value });
    if (Array.isArray(at(one, 'heartRateZones'))) to.unread('heartRateZones');
  }
}

/** A value a minute, or every few seconds, of one day. */
function minutes(of: string, intraday: Json, day: string | undefined, where: string, { to, zone }: Context): void {
  const length = Number(digitsOf(at(intraday, 'datasetInterval')) ?? 1) * (textAt(intraday, 'datasetType') === 'second' ? 1000 : minute);
  for (const one of objectsAt(intraday, 'dataset')) {
    const moment: Moment = { where, at: instantOfText(`${day}T${textAt(one, 'time')}`, zone), lasts: length };
    const value = digitsOf(at(one, 'value'));
    if (value === undefined) to.leftOut(where, 'its value is not a number');
    else if (of === 'heart') to.vital('heart-rate', { ...moment, lasts: undefined }, [{ name: of, value, unit: 'bpm' }]);
    else if (of === 'steps') to.vital('steps', moment, [{ name: of, value, unit: 'steps' }]);
    else to.other(moment, { name: `activities-${of}`, value });
  }
}

/** A walk or a swim. Its steps are among the day's already. */
function activity(one: JsonObject, where: string, { to, zone }: Context): void {
  const lasts = Number(digitsOf(at(one, 'duration')) ?? 0);
  const moment: Moment = { where, at: instantOfText(`${textAt(one, 'startDate')}T${textAt(one, 'startTime')}`, zone), lasts };
  const name = textAt(one, 'name') ?? 'activity';
  for (const what of ['steps', 'distance', 'calories']) {
    const value = digitsOf(at(one, what));
    if (value !== undefined) to.other(moment, { name: `${name}.${what}`, value });
  }
}

function sleep(one: JsonObject, where: string, { to, zone }: Context): void {
  const [from, until] = [instantOfText(textAt(one, 'startTime') ?? '', zone), instantOfText(textAt(one, 'endTime') ?? '', zone)];
  const lasts = from !== undefined && until !== undefined && until > from ? until - from : undefined;
  const asleep = digitsOf(at(one, 'minutesAsleep'));
  if (asleep === undefined) to.leftOut(where, 'it does not say how long the sleep was');
  else to.vital('sleep', { where, at: from, lasts }, [{ name: 'minutesAsleep', value: asleep, unit: 'min' }]);
  for (const level of objectsAt(one, 'levels', 'data')) {
    const value = textAt(level, 'level');
    const seconds = Number(digitsOf(at(level, 'seconds')) ?? 0);
    if (value === undefined) continue;
    to.other({ where, at: instantOfText(textAt(level, 'dateTime') ?? '', zone), lasts: seconds * 1000 }, { name: 'sleep level', value });
  }
  for (const name of ['efficiency', 'timeInBed']) {
    const value = digitsOf(at(one, name));
    if (value !== undefined)
      to.other({ where, at: from, lasts }, { name: `sleep ${name}`, value, unit: name === 'efficiency' ? '%' : 'min' });
  }
}

/** Heights, in metres, that a weight in kilograms gives: below, people are; above, pounds were meant; between, nobody can tell. */
const kilogramsBelow = 2.1;
const poundsAbove = 2.3;

function weight(one: JsonObject, where: string, { to, zone }: Context): void {
  const [day, time] = [textAt(one, 'date') ?? '', textAt(one, 'time') ?? ''];
  const written = american(`${day} ${time}`);
  const moment: Moment = { where, at: instantOfText(written ?? `${day}T${time}`, zone) };
  const [value, index] = [digitsOf(at(one, 'weight')), digitsOf(at(one, 'bmi'))];
  if (value === undefined) to.leftOut(where, 'its weight is not a number');
  else {
    const height = Math.sqrt(Number(value) / Number(index));
    const unit = height < kilogramsBelow ? 'kg' : height > poundsAbove ? 'lb' : '';
    to.vital('weight', moment, [{ name: 'weight', value, unit }]);
  }
  if (index !== undefined) to.vital('body-mass-index', moment, [{ name: 'bmi', value: index, unit: 'kg/m2' }]);
  const fat = digitsOf(at(one, 'fat'));
  if (fat !== undefined) to.other(moment, { name: 'fat', value: fat, unit: '%' });
}

const utc = zoneNamed('UTC');

/** A line of an export's day file. */
function exported(one: JsonObject, where: string, { to, file }: Context): void {
  const text = textAt(one, 'dateTime') ?? '';
  const written = american(text);
  const moment: Moment = { where, at: instantOfText(written ?? text, utc) };
  const pulse = digitsOf(at(one, 'value', 'bpm'));
  const value = digitsOf(at(one, 'value'));
  // An export writes 0 where it found no pulse, and says how sure it was.
  if (pulse === '0') to.leftOut(where, 'no pulse was found');
  else if (pulse !== undefined) to.vital('heart-rate', moment, [{ name: 'bpm', value: pulse, unit: 'bpm' }]);
  else if (value === undefined) to.leftOut(where, 'its value is not a number');
  else if (file === 'steps') to.vital('steps', { ...moment, lasts: minute }, [{ name: file, value, unit: 'steps' }]);
  else to.other(moment, { name: file, value });
}

/** `11/20/26 09:41:00` as ISO 8601 writes it. */
function american(text: string): string | undefined {
  const [, month, day, year, time] = /^(\d{2})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text) ?? [];
  return month === undefined ? undefined : `20${year}-${month}-${day}T${time}`;
}
