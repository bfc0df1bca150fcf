/**
 * What a part of a record opens to, as a few plain lines: a name, a birthday, a value. Nothing is added to it.
 *
 * @module
 */
import { isObject, type Json, parseJson } from '@carelet/care/model';
import { numberIn, objectsIn, textIn, wordsIn } from '@carelet/care/rules/chart/fhir';
import { quantityIn } from '@carelet/care/rules/chart/value';
import { toObservations } from '@carelet/care/rules/observation';
import { unpackStrip } from '@carelet/care/rules/strip';
import type { Body } from '@carelet/client/records/body';

/** Lines of one part, and characters of a line. */
const longest = { lines: 8, line: 120 } as const;

/** Members that say what the others mean, and nothing of anybody. */
const silent = new Set([
  'resourceType',
  'system',
  'use',
  'id',
  'meta',
  'extension',
  'rank',
  'code',
  'unit',
  'status',
  'period',
  'text',
  'category',
  'reference',
]);

/**
 * The lines a part opens to.
 *
 * @example
 * ```ts no-run
 * seenIn({ kind: 'fhir', json: '{"resource":{"resourceType":"Patient","birthDate":"1955-03-14"}}' }); // ['1955-03-14']
 * ```
 */
export function seenIn(body: Body): string[] {
  switch (body.kind) {
    case 'chart':
      return cut(body.references);
    case 'strip': {
      const readings = toObservations(unpackStrip(body.packed), { patient: '', device: '', strip: body.number });
      return cut(readings.flatMap((reading) => linesIn(reading)));
    }
    case 'fhir': {
      const portion = parseJson(body.json);
      const resource = isObject(portion) ? portion.resource : undefined;
      if (!isObject(resource)) return [];
      const lines = cut(linesIn(resource));
      // Some parts hold nothing but whom they are about.
      return lines.length > 0 ? lines : cut(referencesIn(resource));
    }
  }
}

const cut = (lines: readonly string[]): string[] =>
  [...new Set(lines)].slice(0, longest.lines).map((line) => (line.length > longest.line ? `${line.slice(0, longest.line)}…` : line));

function linesIn(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => linesIn(one));
  if (!isObject(value)) return [];
  const whole = together(value);
  if (whole) return whole;
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === 'code' && isObject(member)) return wordsIn(member) ?? [];
    if (silent.has(name)) return [];
    if (typeof member === 'string') return textIn(member) ?? [];
    if (typeof member === 'boolean') return [];
    const number = numberIn(member);
    return number === undefined ? linesIn(member) : [String(number)];
  });
}

function referencesIn(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => referencesIn(one));
  if (!isObject(value)) return [];
  const own = textIn(value.reference);
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap((member) => referencesIn(member))];
}

/** Values whose members mean something together only: a name, a quantity, a concept, two pressures. */
function together(value: { readonly [name: string]: Json }): string[] | null {
  const quantity = quantityIn(value);
  if (quantity) return [`${quantity.text} ${quantity.ucum ?? quantity.unit ?? ''}`.trim()];
  if (value.family !== undefined || value.given !== undefined) {
    const words = [value.prefix, value.given, value.family].flat().flatMap((word) => textIn(word as Json) ?? []);
    return words.length > 0 ? [words.join(' ')] : null;
  }
  if (value.coding !== undefined || textIn(value.display)) return [wordsIn(value) ?? ''].filter((words) => words !== '');
  return pressures(value);
}

/** `148/91 mm[Hg]`, after whatever else the record says. */
function pressures({ component, ...rest }: { readonly [name: string]: Json }): string[] | null {
  const quantities = objectsIn(component).flatMap(({ valueQuantity }) => quantityIn(valueQuantity) ?? []);
  const units = new Set(quantities.map(({ ucum, unit }) => ucum ?? unit));
  if (quantities.length !== 2 || units.size !== 1 || objectsIn(component).length !== 2) return null;
  return [...linesIn(rest), `${quantities.map(({ text }) => text).join('/')} ${[...units][0] ?? ''}`.trim()];
}
