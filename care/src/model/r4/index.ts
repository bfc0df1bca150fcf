/**
 * FHIR R4: which elements a type has, whether they repeat, and of what type they are.
 *
 * Notation of the tables beside this file, one line a type: elements separated by spaces, `name` for a
 * primitive, `name:Type` for a complex one, `name*` if it repeats. A nested structure is named by its path
 * (`Patient.contact`); `Resource` is any resource; `value[x]` is the open choice of an extension. What every
 * resource or element has (`id`, `meta`, `extension`, …) is added here. Not every R4 type is listed: those
 * that concern a patient or who treats him are.
 *
 * @module
 */
import { clinical } from './clinical.ts';
import { documents } from './documents.ts';
import { medication } from './medication.ts';
import { money } from './money.ts';
import { persons } from './persons.ts';
import { plans } from './plans.ts';
import { anyValue, types } from './types.ts';

export type Element = {
  readonly name: string;
  /** An array in JSON. */
  readonly many: boolean;
  /** `Coding`, `Patient.contact`, `Resource`; undefined for a primitive. */
  readonly type: string | undefined;
};

const tables: ReadonlyMap<string, string> = new Map(
  [persons, clinical, medication, plans, documents, money, types].flatMap((table) => Object.entries(table)),
);
const inElement = 'id extension*:Extension modifierExtension*:Extension';
const inResource = 'resourceType id meta:Meta implicitRules language';
const inDomainResource = `${inResource} text:Narrative contained*:Resource extension*:Extension modifierExtension*:Extension`;
const bareResources = new Set(['Bundle', 'Parameters', 'Binary']);

/** The R4 resource types whose elements are known here. */
export const knownTypes: ReadonlySet<string> = new Set(
  [persons, clinical, medication, plans, documents, money].flatMap((table) => Object.keys(table)).filter((name) => !name.includes('.')),
);

const parsed = new Map<string, ReadonlyMap<string, Element>>();

/**
 * The elements of a resource type, a data type or a nested structure, or undefined if it is not listed.
 *
 * @example
 * ```ts
 * import { elementsOf } from '@carelet/care/model';
 * elementsOf('Patient')?.get('name'); // { name: 'name', many: true, type: 'HumanName' }
 * ```
 */
export function elementsOf(type: string): ReadonlyMap<string, Element> | undefined {
  const known = parsed.get(type);
  if (known) return known;
  const line = tables.get(type);
  if (line === undefined) return undefined;
  const inherited = !knownTypes.has(type) ? inElement : bareResources.has(type) ? inResource : inDomainResource;
  const elements = new Map<string, Element>();
  for (const word of `${inherited} ${line.replace('value[x]', anyValue)}`.trim().split(/\s+/)) {
    const [left, complex] = word.split(':') as [string, string | undefined];
    const name = left.replace('*', '');
    elements.set(name, { name, many: left.endsWith('*'), type: complex });
  }
  parsed.set(type, elements);
  return elements;
}
