/**
 * Nightscout: what a continuous glucose monitor's uploader stored, as `/api/v1/entries.json` or a database dump gives it.
 *
 * Nightscout keeps glucose in mg/dL. `sgv` is the sensor's, `mbg` a finger prick's. A sensor that could not measure
 * stores its error code in the same field: numbers below 39 are codes, no sensor says so little, and they are kept as
 * codes.
 *
 * @module
 */
import { isObject, type Json, type JsonObject, type Reading } from '@carelet/care/model';
import { instantOfText, type Zone, zoneNamed } from '../zone.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment } from './gathering.ts';
import { at, digitsOf, elementsOf, textAt } from './json.ts';
import type { Source } from './source.ts';

export const nightscout: Format = {
  name: 'Nightscout entries',
  says: 'glucose of a continuous monitor: entries.json',
  recognises: ({ text }) => /^\s*[[{]/.test(text) && /"(?:sgv|mbg)"\s*:/.test(text),
  read,
};

/** Below this, `sgv` is an error code (Nightscout's errorcodes plugin). */
const least = 39;

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  const zone = zoneNamed(options.zone ?? 'UTC');
  for await (const { value, number } of elementsOf(source)) {
    for (const entry of entriesIn(value)) take(entry, `value ${number}`, zone, to);
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

/** Entries, and what holds them: dumps nest them by collection. */
function* entriesIn(value: Json): Generator<JsonObject> {
  if (Array.isArray(value)) for (const item of value) yield* entriesIn(item as Json);
  else if (!isObject(value)) return;
  else if (['sgv', 'mbg', 'eventType', 'type'].some((name) => Object.hasOwn(value, name))) yield value;
  else for (const item of Object.values(value)) yield* entriesIn(item);
}

function take(entry: JsonObject, where: string, zone: Zone, to: Gathering): void {
  const [sensor, meter] = [digitsOf(at(entry, 'sgv')), digitsOf(at(entry, 'mbg'))];
  const moment: Moment = { where, at: timeOf(entry, zone) };
  if (sensor !== undefined && Number(sensor) < least) to.other(moment, { name: 'sgv error code', value: sensor });
  else if (sensor !== undefined) to.vital('glucose', moment, [{ name: 'sgv', value: sensor, unit: 'mg/dL' }]);
  else if (meter !== undefined) to.vital('blood-glucose', moment, [{ name: 'mbg', value: meter, unit: 'mg/dL' }]);
  else if (Object.hasOwn(entry, 'sgv') || Object.hasOwn(entry, 'mbg')) to.leftOut(where, 'its glucose is not a number');
  else to.unread(textAt(entry, 'eventType') ?? textAt(entry, 'type') ?? 'entry');
}

/** `date` counts milliseconds and is what Nightscout orders by; `dateString` stands where it is missing. */
function timeOf(entry: JsonObject, zone: Zone): number | undefined {
  const date = digitsOf(at(entry, 'date'));
  if (date !== undefined) return Math.round(Number(date));
  const text = textAt(entry, 'dateString');
  return text === undefined ? undefined : instantOfText(text, zone);
}
