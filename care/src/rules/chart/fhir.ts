/**
 * Reading FHIR that may be anything: whatever is not of the expected shape is not there.
 *
 * A chart is shown even where one of its resources is odd, so nothing here throws.
 *
 * @module
 */
import { isLosslessNumber, isObject, type Json, type JsonObject, own } from '../../model/json.ts';

export const loinc = 'http://loinc.org';

/** The value at a path of members and array positions: `at(resource, 'period', 'start')`. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? here[step] : undefined;
    else here = isObject(here) ? own(here, step) : undefined;
  }
  return here;
}

/** The objects of an array, or the one object that stands where an array may. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

/** A text with something in it. */
export const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** A finite number, whichever way its digits are kept. */
export function numberIn(value: Json | undefined): number | undefined {
  const number = isLosslessNumber(value) ? Number(value.value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export type Coding = { readonly system?: string; readonly code: string };

/** The codes of a CodeableConcept or of several. */
export function codingsIn(value: Json | undefined): readonly Coding[] {
  const codings: Coding[] = [];
  for (const concept of objectsIn(value)) {
    for (const coding of objectsIn(own(concept, 'coding'))) {
      const [system, code] = [textIn(own(coding, 'system')), textIn(own(coding, 'code'))];
      if (code !== undefined) codings.push(system === undefined ? { code } : { system, code });
    }
  }
  return codings;
}

/**
 * What a CodeableConcept, a Coding or a Reference says: its text, else a display, else a bare code.
 *
 * @example
 * ```ts
 * import { wordsIn } from '@carelet/care/rules/chart/fhir';
 * wordsIn({ coding: [{ code: '38341003', display: 'Hypertension' }] }); // 'Hypertension'
 * ```
 */
export function wordsIn(value: Json | undefined): string | undefined {
  const codings = objectsIn(at(value, 'coding'));
  const first = (name: string) => codings.map((coding) => textIn(own(coding, name))).find((text) => text !== undefined);
  return textIn(at(value, 'text')) ?? textIn(at(value, 'display')) ?? first('display') ?? first('code') ?? textIn(at(value, 'code'));
}

/** The words of each of several concepts; those that say nothing are left out. */
export const allWordsIn = (value: Json | undefined): readonly string[] =>
  objectsIn(value)
    .map((concept) => wordsIn(concept))
    .filter((words) => words !== undefined);

/** The id a reference ends in: `Observation/o-1/_history/2`, `urn:uuid:o-1` and `#o-1` all name `o-1`. */
export function idIn(reference: Json | undefined): string | undefined {
  const [address = ''] = (textIn(at(reference, 'reference')) ?? '').split('/_history/');
  return textIn(address.split(/[/:#]/).at(-1));
}

/** A resource that was taken back, or that reports nothing. */
export function isVoid(resource: JsonObject): boolean {
  const status = own(resource, 'status');
  if (status === 'entered-in-error' || status === 'cancelled') return true;
  return codingsIn(own(resource, 'verificationStatus')).some(({ code }) => code === 'entered-in-error');
}
