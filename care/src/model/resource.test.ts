import { expect, test } from 'vitest';
import { examples, present, verdicts } from '../rules/records/pack.testing.ts';
import { type Json, parseJson } from './json.ts';
import { elementsOf, knownTypes } from './r4/index.ts';
import { parseEntry, parseResource } from './resource.ts';

/** Tests on recorded resources; where these are absent, one line at the end says so. */
const recorded = present ? test : (): void => {};

const read = (text: string) => parseResource(parseJson(text));
const faults: readonly [name: string, text: string, message: string][] = [
  ['something that is no object', '[]', 'a resource is an object'],
  ['no resourceType', '{"id":"a"}', 'it has no resourceType'],
  ['a resourceType that is none', '{"resourceType":"../etc"}', 'its resourceType is not the name of a type'],
  ['an id with an underscore', '{"resourceType":"Patient","id":"bad_1"}', 'Cannot import resource "Patient.id": an id is 1 to 64'],
  ['an id that is a number', '{"resourceType":"Patient","id":1}', 'Patient.id'],
  [
    'an id of a contained resource',
    '{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a b"}]}',
    '"Location.contained[0]/Organization.id"',
  ],
  ['a null', '{"resourceType":"Patient","active":null}', '"Patient.active": null has no meaning here'],
  ['a null in an array without a twin', '{"resourceType":"Patient","name":[{"given":[null,"A"]}]}', '"Patient.name[0].given[0]"'],
  ['a null in both twins', '{"resourceType":"Patient","name":[{"given":[null],"_given":[null]}]}', 'null has no meaning'],
  ['an empty array', '{"resourceType":"Patient","name":[]}', '"Patient.name": an array must not be empty'],
  ['an empty object', '{"resourceType":"Patient","name":[{}]}', '"Patient.name[0]": an object must not be empty'],
  ['an empty string', '{"resourceType":"Patient","gender":""}', '"Patient.gender": a string must not be empty'],
  [
    'an object where R4 has an array',
    '{"resourceType":"Encounter","reasonCode":{"text":"x"}}',
    '"Encounter.reasonCode": it must be an array',
  ],
  ['an array where R4 has one', '{"resourceType":"Patient","gender":["male"]}', '"Patient.gender": it must not be an array'],
  [
    'an object where R4 has a primitive',
    '{"resourceType":"Patient","birthDate":{"year":1815}}',
    '"Patient.birthDate": it must not be an object',
  ],
  ['a primitive where R4 has an object', '{"resourceType":"Observation","code":"pulse"}', '"Observation.code": it must be an object'],
  ['an array in an array', '{"resourceType":"Basic","x":[[1]]}', '"Basic.x[0]": an array must not hold an array'],
  ['an extension without a url', '{"resourceType":"Patient","extension":[{"valueString":"x"}]}', 'an extension must have a url'],
  [
    'an extension with a value and extensions',
    '{"resourceType":"Patient","extension":[{"url":"u","valueString":"x","extension":[{"url":"v","valueString":"y"}]}]}',
    'not both',
  ],
  [
    'a contained thing that is no resource',
    '{"resourceType":"Patient","contained":[{"id":"a"}]}',
    '"Patient.contained[0]": it has no resourceType',
  ],
  ['a member no element can be called', '{"resourceType":"Patient","__proto__":{"a":1}}', 'whose name no element can have'],
  [
    'a fault in a resource inside a bundle',
    '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","name":{}}}]}',
    '"Bundle.entry[0].resource/Patient.name"',
  ],
];

for (const [name, text, message] of faults) {
  test(`${name} is refused, by its place`, () => expect(() => read(text)).toThrow(message));
}

test('a refusal never repeats what the resource says', () => {
  for (const [, text] of faults) {
    expect(() => read(text.replaceAll('"x"', '"Ada Lovelace"'))).toThrow(expect.not.stringMatching(/Lovelace/) as unknown as Error);
  }
});

test('a null beside a twin that says something is fine, and so is a field R4 does not know', () => {
  read('{"resourceType":"Patient","name":[{"given":[null,"A"],"_given":[{"extension":[{"url":"u","valueString":"x"}]},null]}]}');
  read('{"resourceType":"Patient","shoeSize":43,"_birthDate":{"extension":[{"url":"u","valueString":"x"}]}}');
  read('{"resourceType":"MyOwnThing","anything":[1,2]}');
});

test('an entry has a resource and perhaps an address; the rest of it is transport', () => {
  const entry = { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } };
  expect(parseEntry(entry)).toEqual({ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient' } });
  expect(() => parseEntry({ request: { method: 'DELETE', url: 'Patient/1' } })).toThrow('it has no resource');
  expect(() => parseEntry({ fullUrl: 1, resource: { resourceType: 'Patient' } })).toThrow('it is not an address');
});

test('every type that the tables name is described', () => {
  const named = new Set<string>();
  const visit = (type: string) => {
    if (named.has(type) || type === 'Resource') return;
    named.add(type);
    const elements = elementsOf(type);
    expect(elements, type).toBeDefined();
    for (const element of elements!.values()) if (element.type !== undefined) visit(element.type);
  };
  for (const type of knownTypes) visit(type);
  expect(knownTypes.size).toBe(80);
  expect(elementsOf('NoSuchType')).toBeUndefined();
});

recorded('every example of HL7, IPS and US Core is accepted', () => {
  const all = examples();
  expect(all.length).toBe(521);
  const refused = all.flatMap(({ name, text }) => (refusal(text) === undefined ? [] : [name]));
  expect(refused).toEqual([]);
});

recorded("nothing that HL7's validator finds valid is refused, and what is structurally wrong is", () => {
  const cases = verdicts();
  for (const { file, text, valid } of cases) if (valid) expect(refusal(text), file).toBeUndefined();
  const refused = cases.filter(({ text, valid }) => !valid && refusal(text) !== undefined).map(({ file }) => file);
  // The other invalid ones break profiles, terminologies and invariants.
  expect(refused.sort()).toEqual([
    'bad-json-close-3.json',
    'empty-array.json',
    'patient-id-bad-1.json',
    'patient-id-bad-2.json',
    'patient-id-bad-3.json',
    'resource-invalid-id-2.json',
    'resource-invalid-id-3.json',
    'synthea.json',
  ]);
});

if (!present) test.skip('the FHIR examples are not here (CARELET_DATA)', () => {});

function refusal(text: string): string | undefined {
  try {
    const value: Json = parseJson(text);
    parseResource(value);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}
