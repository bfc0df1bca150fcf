/**
 * What a record is, in a few words for a line of a table.
 *
 * @module
 */
import { isLosslessNumber, isObject, type Json, own, type Resource } from '@carelet/care/model';
import { periodOf } from '@carelet/care/rules/records';
import type { OpenedRecord } from '@carelet/client/records/fhir';
import { plainText } from './terminal.ts';

export type Described = { readonly type: string; readonly id: string | undefined; readonly date: string; readonly what: string };

/** A record's type, id, date and words; a strip of readings is described as a whole. */
export function describe(record: OpenedRecord): Described {
  const resources = record.entries.map(({ resource }) => resource);
  const [first] = resources;
  const filed = record.grant.period === 'always' ? '' : record.grant.period;
  if (first === undefined) return { type: '', id: undefined, date: filed, what: '' };
  if (record.bodies.MI?.kind === 'strip') {
    const signs = [...new Set(resources.map(nameOf))].join(', ');
    const [from, to] = [periodOf(first).period, periodOf(resources.at(-1)!).period];
    return {
      type: 'Observation',
      id: undefined,
      date: from === to ? from : `${from} to ${to}`,
      what: `${resources.length} readings: ${signs}`,
    };
  }
  const { period } = periodOf(first);
  const what = [nameOf(first), measured(first)].filter((text) => text !== '').join(' ');
  return {
    type: first.resourceType,
    id: typeof first.id === 'string' ? first.id : undefined,
    date: period === 'always' ? filed : period,
    what: plainText(what),
  };
}

/** A person's or a place's name as one would say it. */
export function spokenName(resource: Resource): string | undefined {
  const names = own(resource, 'name');
  if (typeof names === 'string') return plainText(names);
  const all = Array.isArray(names) ? names.filter(isObject) : [];
  const name = all.find((one) => own(one, 'use') === 'official') ?? all[0];
  if (!name) return undefined;
  const whole = own(name, 'text');
  if (typeof whole === 'string') return plainText(whole);
  const words = ['prefix', 'given', 'family'].flatMap((part) => own(name, part) ?? []).filter((word) => typeof word === 'string');
  return words.length === 0 ? undefined : plainText(words.join(' '));
}

/** Family names, for finding a patient. */
export function familyNames(resource: Resource): string[] {
  const names = own(resource, 'name');
  const all = Array.isArray(names) ? names.filter(isObject) : [];
  return all.map((name) => own(name, 'family')).filter((family) => typeof family === 'string');
}

/** Where a type says what it is about; tried in order. */
const conceptsAt = ['code', 'medicationCodeableConcept', 'vaccineCode', 'type', 'category', 'class', 'serviceType', 'relationship'];
const textsAt = ['title', 'description', 'deviceName'];

function nameOf(resource: Resource): string {
  const spoken = spokenName(resource);
  if (spoken !== undefined) return spoken;
  for (const name of conceptsAt) {
    const words = conceptWords(own(resource, name));
    if (words !== '') return words;
  }
  for (const name of textsAt) {
    const text = own(resource, name);
    if (typeof text === 'string') return text;
  }
  const inside = own(resource, 'content');
  return conceptWords(inside);
}

/** The words of a CodeableConcept, of a Coding, or of the first in a list of them. */
function conceptWords(value: Json | undefined): string {
  if (Array.isArray(value)) return conceptWords(value[0]);
  if (value === undefined || !isObject(value)) return '';
  const text = own(value, 'text') ?? own(value, 'display');
  if (typeof text === 'string') return text;
  const coding = own(value, 'coding');
  if (coding !== undefined) return conceptWords(coding);
  const code = own(value, 'code');
  return typeof code === 'string' ? code : '';
}

function measured(resource: Resource): string {
  const parts = own(resource, 'component');
  if (Array.isArray(parts)) {
    const values = parts.filter(isObject).map((part) => quantityOf(own(part, 'valueQuantity')));
    const [unit] = values.map((value) => value?.unit);
    if (values.length > 0 && values.length <= 3 && values.every((value) => value !== undefined && value.unit === unit)) {
      return `${values.map((value) => value!.number).join('/')} ${unit}`.trim();
    }
    return '';
  }
  const quantity = quantityOf(own(resource, 'valueQuantity'));
  if (quantity) return `${quantity.number} ${quantity.unit}`.trim();
  const money = moneyOf(own(resource, 'total'));
  if (money !== undefined) return money;
  const number = digits(own(resource, 'valueInteger'));
  if (number !== '') return number;
  const text = own(resource, 'valueString');
  return typeof text === 'string' ? text : conceptWords(own(resource, 'valueCodeableConcept'));
}

function quantityOf(value: Json | undefined): { number: string; unit: string } | undefined {
  if (value === undefined || !isObject(value)) return undefined;
  const number = digits(own(value, 'value'));
  const unit = own(value, 'unit') ?? own(value, 'code');
  return number === '' ? undefined : { number, unit: typeof unit === 'string' ? unit : '' };
}

/** An amount and its currency; a bill has a total for each kind of amount. */
function moneyOf(value: Json | undefined): string | undefined {
  if (Array.isArray(value)) return value.map(moneyOf).find((money) => money !== undefined);
  if (value === undefined || !isObject(value)) return undefined;
  const currency = own(value, 'currency');
  return typeof currency === 'string' ? `${digits(own(value, 'value'))} ${currency}` : moneyOf(own(value, 'amount'));
}

/** A number as it was written. */
const digits = (value: Json | undefined): string =>
  typeof value === 'number' ? String(value) : value !== undefined && isLosslessNumber(value) ? value.value : '';
