/**
 * FHIR R4 as plain objects: the few shapes every resource shares, and decimals that keep their digits.
 *
 * What a single resource holds is written out where it is made.
 *
 * @module
 */
import { type Resource as AnyResource, type JsonObject, LosslessNumber, printJson } from '@carelet/care/model';

export type { JsonObject } from '@carelet/care/model';

export type Resource = AnyResource & { readonly id: string };
export type Reference = { readonly reference: string; readonly display?: string };
export type Coding = { readonly system: string; readonly code: string; readonly display: string };
export type Concept = { readonly coding: readonly Coding[]; readonly text: string };

export type Entry = {
  readonly fullUrl: string;
  readonly resource: Resource;
  readonly request: { readonly method: 'POST'; readonly url: string };
};
export type Bundle = {
  readonly resourceType: 'Bundle';
  readonly id: string;
  readonly type: 'transaction';
  readonly entry: readonly Entry[];
};

/**
 * A number with exactly `digits` digits after the point, as `parseJson` would read it.
 *
 * @example
 * ```ts
 * import { decimal, print } from '@carelet/testbed/days/fhir';
 * print({ value: decimal(5.6, 2) }); // '{"value":5.60}'
 * ```
 */
export function decimal(value: number, digits: number): number | LosslessNumber {
  const text = value.toFixed(digits);
  return String(Number(text)) === text ? Number(text) : new LosslessNumber(text);
}

/** One line of JSON in which every decimal keeps its digits. */
export const print = (value: Bundle | JsonObject): string => printJson(value);

/** A transaction that creates each resource; ids are UUIDs and references are `urn:uuid:` of them. */
export function bundleOf(id: string, resources: Iterable<Resource>): Bundle {
  const entry = Array.from(
    resources,
    (resource): Entry => ({
      fullUrl: `urn:uuid:${resource.id}`,
      resource,
      request: { method: 'POST', url: resource.resourceType },
    }),
  );
  return { resourceType: 'Bundle', id, type: 'transaction', entry };
}

/** How one resource of a bundle names another. */
export const refer = (id: string, display?: string): Reference =>
  display === undefined ? { reference: `urn:uuid:${id}` } : { reference: `urn:uuid:${id}`, display };

/** One coding and its words. */
export const concept = (system: string, code: string, display: string, text = display): Concept => ({
  coding: [{ system, code, display }],
  text,
});

/** The code systems spoken in the town. */
export const systems = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  atc: 'http://www.whocc.no/atc',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ucum: 'http://unitsofmeasure.org',
  mdc: 'urn:iso:std:iso:11073:10101',
  act: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  terminology: (name: string): string => `http://terminology.hl7.org/CodeSystem/${name}`,
} as const;

/** A quantity in UCUM, with exactly `digits` digits after the point. */
export const quantity = (value: number, unit: string, ucum: string, digits = 0): JsonObject => ({
  value: decimal(value, digits),
  unit,
  system: systems.ucum,
  code: ucum,
});
