/**
 * Resources: what a hospital hands over, checked as far as it can be without knowing medicine.
 *
 * Permissive about what is unknown (it is kept, and reported by whoever parts it), strict about what JSON in
 * FHIR R4 may look like (http://hl7.org/fhir/R4/json.html): nothing empty, no null but in the arrays of
 * primitives, arrays where R4 says so and only there, ids as ids are. Profiles, terminologies and invariants
 * are a validator's business.
 *
 * @module
 */
import { CareletError } from './error.ts';
import { isLosslessNumber, isObject, type Json, type JsonObject, own } from './json.ts';
import { type Element, elementsOf } from './r4/index.ts';

/** A FHIR resource as JSON, numbers with their digits. */
export type Resource = JsonObject & { readonly resourceType: string };

/** A resource and the address its bundle gave it. */
export type Entry = { readonly fullUrl?: string; readonly resource: Resource };

const typeName = /^[A-Z][A-Za-z]{1,63}$/;
const idShape = /^[A-Za-z0-9\-.]{1,64}$/;
const elementName = /^_?[A-Za-z][A-Za-z0-9_]{0,127}$/;

/** Is this the shape of a resource type's name? */
export const isTypeName = (text: string): boolean => typeName.test(text);

/**
 * The only way to get a `Resource`.
 *
 * @param value what `parseJson` gave
 * @throws CareletError `invalid`, naming the place (`Patient.name[0].given`) and the fact, never a value
 *
 * @example
 * ```ts
 * import { parseJson, parseResource } from '@carelet/care/model';
 * parseResource(parseJson('{"resourceType":"Patient","id":"ada"}')).resourceType; // 'Patient'
 * ```
 */
export function parseResource(value: Json): Resource {
  if (!isObject(value)) throw refuse('a resource', 'a resource is an object');
  return checkResource(value, undefined);
}

/** An entry of a bundle: its resource checked, its address if it has one; the rest of an entry is transport. */
export function parseEntry(value: Json): Entry {
  if (!isObject(value)) throw refuse('an entry', 'an entry is an object');
  const resource = own(value, 'resource');
  if (resource === undefined) throw refuse('an entry', 'it has no resource');
  const fullUrl = own(value, 'fullUrl');
  if (fullUrl === undefined) return { resource: parseResource(resource) };
  if (typeof fullUrl !== 'string' || fullUrl === '') throw refuse('entry.fullUrl', 'it is not an address');
  return { fullUrl, resource: parseResource(resource) };
}

function checkResource(value: JsonObject, inside: string | undefined): Resource {
  const type = own(value, 'resourceType');
  if (type === undefined) throw refuse(inside ?? 'a resource', 'it has no resourceType');
  if (typeof type !== 'string' || !typeName.test(type)) throw refuse(inside ?? 'a resource', 'its resourceType is not the name of a type');
  const place = inside === undefined ? type : `${inside}/${type}`;
  const id = own(value, 'id');
  if (id !== undefined && (typeof id !== 'string' || !idShape.test(id))) {
    throw refuse(`${place}.id`, 'an id is 1 to 64 letters, digits, "-" and "."');
  }
  checkObject(value, place, elementsOf(type));
  return value as Resource;
}

function checkObject(value: JsonObject, place: string, elements: ReadonlyMap<string, Element> | undefined): void {
  const names = Object.keys(value);
  if (names.length === 0) throw refuse(place, 'an object must not be empty');
  for (const name of names) {
    if (!elementName.test(name)) throw refuse(place, 'it has a member whose name no element can have');
    const member = value[name]!;
    const at = `${place}.${name}`;
    const element = elements?.get(name);
    if (element?.many === true && !Array.isArray(member)) throw refuse(at, 'it must be an array');
    if (element?.many === false && Array.isArray(member)) throw refuse(at, 'it must not be an array');
    if (Array.isArray(member)) checkArray(member, at, name, value, element);
    else checkValue(member, at, name, element);
  }
}

function checkArray(items: readonly Json[], at: string, name: string, parent: JsonObject, element: Element | undefined): void {
  if (items.length === 0) throw refuse(at, 'an array must not be empty');
  // `given: [null, "B"]` beside `_given: [{…}, null]`: a null stands where the twin has something.
  const twin = own(parent, name.startsWith('_') ? name.slice(1) : `_${name}`);
  items.forEach((item, i) => {
    const where = `${at}[${i}]`;
    if (item === null) {
      if (!Array.isArray(twin) || (twin[i] ?? null) === null) throw refuse(where, 'null has no meaning here');
    } else if (Array.isArray(item)) throw refuse(where, 'an array must not hold an array');
    else checkValue(item, where, name, element);
  });
}

function checkValue(value: Json, at: string, name: string, element: Element | undefined): void {
  if (value === null) throw refuse(at, 'null has no meaning here');
  if (value === '') throw refuse(at, 'a string must not be empty');
  if (isObject(value)) {
    if (element && element.type === undefined) throw refuse(at, 'it must not be an object');
    if (element?.type === 'Resource' || (element === undefined && name === 'contained')) checkResource(value, at);
    else checkObject(value, at, element?.type === undefined ? undefined : elementsOf(element.type));
    if (name === 'extension' || name === 'modifierExtension') checkExtension(value, at);
  } else if (element?.type !== undefined) throw refuse(at, 'it must be an object');
  else if (typeof value === 'number' || isLosslessNumber(value)) {
    if (name === 'resourceType' || name === 'id') throw refuse(at, 'it must be a string');
  }
}

function checkExtension(value: JsonObject, at: string): void {
  if (typeof own(value, 'url') !== 'string') throw refuse(at, 'an extension must have a url');
  if ('extension' in value && Object.keys(value).some((name) => name.startsWith('value'))) {
    throw refuse(at, 'an extension has a value or extensions, not both');
  }
}

function refuse(place: string, because: string): CareletError {
  return new CareletError('invalid', 'import resource', { subject: place, because });
}
