/**
 * Google Fit: data sets as its REST API and Takeout write them, points with times in nanoseconds.
 *
 * Times are rounded to the millisecond. Values are 32-bit floats printed in full (72.0999984741211 for 72.1): they are
 * kept as they are printed. Where somebody was is not read.
 *
 * @module
 */
import type { JsonObject, Reading, VitalSign } from '@carelet/care/model';
import type { Format, FormatOptions } from './format.ts';
import { Gathering, type Moment } from './gathering.ts';
import { at, digitsOf, elementsOf, objectsAt, textAt } from './json.ts';
import type { Source } from './source.ts';

export const googleFit: Format = {
  name: 'Google Fit',
  says: 'data sets of Google Fit, as JSON',
  recognises: ({ text }) => /^\s*[[{]/.test(text) && /"(?:dataSourceId|startTimeNanos|minStartTimeNs)"\s*:/.test(text),
  read,
};

/** Types with a code, and the unit Google Fit gives them in. */
const types: ReadonlyMap<string, readonly [VitalSign, string]> = new Map([
  ['com.google.heart_rate.bpm', ['heart-rate', 'bpm']],
  ['com.google.step_count.delta', ['steps', 'steps']],
  ['com.google.weight', ['weight', 'kg']],
  ['com.google.height', ['height', 'm']],
]);

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const to = new Gathering(options);
  for await (const { value, number } of elementsOf(source)) {
    const points = [...objectsAt(value, 'point'), ...objectsAt(value, 'Data Points')];
    for (const [i, point] of points.entries()) take(point, `value ${number}, point ${i + 1}`, to);
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

function take(point: JsonObject, where: string, to: Gathering): void {
  const name = textAt(point, 'dataTypeName') ?? 'point';
  if (name.startsWith('com.google.location')) {
    to.unread(name);
    return;
  }
  const [from, until] = [millisecondsOf(point, 'startTimeNanos'), millisecondsOf(point, 'endTimeNanos')];
  const lasts = from !== undefined && until !== undefined && until > from ? until - from : undefined;
  const values = objectsAt(point, 'value').map(
    (value) => digitsOf(at(value, 'fpVal')) ?? digitsOf(at(value, 'intVal')) ?? textAt(value, 'stringVal'),
  );
  const known = types.get(name);
  const moment: Moment = { where, at: from, lasts: name === 'com.google.heart_rate.bpm' ? undefined : lasts };
  for (const [i, value] of values.entries()) {
    if (value === undefined) to.leftOut(where, 'a value cannot be read');
    else if (known) to.vital(known[0], moment, [{ name, value, unit: known[1] }]);
    else to.other(moment, { name: values.length > 1 ? `${name}[${i}]` : name, value });
  }
}

function millisecondsOf(point: JsonObject, name: string): number | undefined {
  const text = digitsOf(at(point, name));
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number((BigInt(text) + 500_000n) / 1_000_000n) : undefined;
}
