/**
 * Where the recorded resources are: `<CARELET_DATA>/01-fhir-synthea` and `02-fhir-conformance`. For tests only.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Entry, isObject, type Json, parseEntry, parseJson, parseResource } from '../../model/index.ts';

const data = resolve(import.meta.dirname, '../../../..', process.env.CARELET_DATA ?? '../shared/data');
const synthea = join(data, '01-fhir-synthea');
const conformance = join(data, '02-fhir-conformance');

/** Whether they are here; tests that need them skip where they are not. */
export const present = existsSync(synthea) && existsSync(conformance);

/** The names of the Synthea bundles, hospitals and practitioners included. */
export function bundleNames(): readonly string[] {
  return ['gsd-r4', 'notes-r4'].flatMap((folder) => readdirSync(join(synthea, folder)).map((file) => join(folder, file)));
}

/** The entries of one of them. */
export function bundle(name: string): readonly Entry[] {
  const value = parseJson(gunzipSync(readFileSync(join(synthea, name))).toString());
  return isObject(value) && Array.isArray(value.entry) ? value.entry.map(parseEntry) : [];
}

/** HL7's, IPS' and US Core's examples: name and text. */
export function examples(): readonly { readonly name: string; readonly text: string }[] {
  const hl7 = gunzipSync(readFileSync(join(conformance, 'hl7-r4-examples.ndjson.gz')))
    .toString()
    .trim()
    .split('\n');
  return [
    ...hl7.map((text, i) => ({ name: `HL7 ${i}`, text })),
    ...['ips-2.0.0', 'us-core'].flatMap((folder) =>
      readdirSync(join(conformance, folder)).map((file) => ({ name: file, text: readFileSync(join(conformance, folder, file), 'utf8') })),
    ),
  ];
}

/** Examples as entries. */
export function exampleEntries(): readonly { readonly name: string; readonly entry: Entry }[] {
  return examples().map(({ name, text }) => ({ name, entry: { resource: parseResource(parseJson(text)) } }));
}

export type Verdict = { readonly file: string; readonly text: string; readonly valid: boolean };

/** The JSON cases of HL7's validator with its verdict. */
export function verdicts(): readonly Verdict[] {
  const folder = join(conformance, 'validator');
  const cases = JSON.parse(readFileSync(join(folder, '_expected.json'), 'utf8')) as { file: string; expect_valid: boolean }[];
  return cases
    .filter(({ file }) => file.endsWith('.json'))
    .map(({ file, expect_valid }) => ({
      file,
      text: readFileSync(join(folder, file), 'utf8').replace(/^\ufeff/, ''),
      valid: expect_valid,
    }));
}

/** Every string in a value. */
export function stringsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
