import { expect, test } from 'vitest';
import type { JsonObject, Kind } from '../../model/index.ts';
import { categoryOf } from './kind.ts';
import { sensitivityOf } from './sensitive.ts';

const coded = (system: string, code: string, display?: string): JsonObject => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});
const observation = (category: string, more: JsonObject = {}) => ({
  resourceType: 'Observation',
  category: [coded('http://terminology.hl7.org/CodeSystem/observation-category', category)],
  ...more,
});
const kind = (resource: JsonObject & { resourceType: string }): Kind => categoryOf(resource).kind;

test('an observation is filed under its category, a signal under waveforms, a known vital sign as one', () => {
  expect(kind(observation('vital-signs'))).toBe('vital-signs');
  expect(kind(observation('laboratory'))).toBe('laboratory');
  expect(kind(observation('social-history'))).toBe('social-history');
  expect(kind(observation('vital-signs', { valueSampledData: { data: '1 2' } }))).toBe('waveforms');
  expect(kind(observation('procedure', { component: [{ valueSampledData: { data: '1 2' } }] }))).toBe('waveforms');
  expect(kind({ resourceType: 'Observation', code: coded('http://loinc.org', '8867-4') })).toBe('vital-signs');
  expect(kind({ resourceType: 'Observation', code: coded('http://loinc.org', '0-0') })).toBe('other');
});

test('a report is filed under its section', () => {
  const section = (code: string) => ({
    resourceType: 'DiagnosticReport',
    category: [coded('http://terminology.hl7.org/CodeSystem/v2-0074', code)],
  });
  expect(kind(section('LAB'))).toBe('laboratory');
  expect(kind(section('RAD'))).toBe('imaging');
  expect(kind({ resourceType: 'DiagnosticReport', code: coded('http://loinc.org', '34117-2') })).toBe('notes');
  expect(kind({ resourceType: 'DiagnosticReport', presentedForm: [{}] })).toBe('notes');
  expect(kind({ resourceType: 'DiagnosticReport', result: [{}] })).toBe('laboratory');
});

test('other types are about one thing; a type nobody listed is other', () => {
  expect(kind({ resourceType: 'AllergyIntolerance' })).toBe('allergies');
  expect(kind({ resourceType: 'Claim' })).toBe('billing');
  expect(kind({ resourceType: 'Practitioner' })).toBe('directory');
  expect(kind({ resourceType: 'constructor' })).toBe('other');
});

test('the highest word on confidentiality counts, in the system it belongs to', () => {
  const system = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
  const conf = (security: JsonObject[], more: JsonObject = {}) =>
    categoryOf({ resourceType: 'Condition', meta: { security }, ...more }).conf;
  expect(conf([{ system, code: 'L' }])).toBe('N');
  expect(
    conf([
      { system, code: 'R' },
      { system, code: 'N' },
    ]),
  ).toBe('R');
  expect(
    conf([
      { system, code: 'R' },
      { system, code: 'V' },
    ]),
  ).toBe('V');
  expect(conf([{ system: 'http://example.org', code: 'V' }])).toBe('N');
  expect(categoryOf({ resourceType: 'Composition', confidentiality: 'R' }).conf).toBe('R');
  expect(categoryOf({ resourceType: 'DocumentReference', securityLabel: [{ coding: [{ system, code: 'V' }] }] }).conf).toBe('V');
});

test('what the hospital says is sensitive is', () => {
  const said = (code: string) =>
    sensitivityOf({
      resourceType: 'Condition',
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }] },
    });
  expect(said('HIV')).toBe('HIV');
  expect(said('PSYTHPN')).toBe('PSY');
  expect(said('SUD')).toBe('ETH');
  expect(said('STD')).toBe('SEX');
  expect(said('SICKLE')).toBe('GDIS');
  expect(said('constructor')).toBe('none');
});

test('a laboratory without a label still files an HIV test apart', () => {
  expect(categoryOf(observation('laboratory', { code: coded('http://loinc.org', '75622-1') }))).toEqual({
    kind: 'laboratory',
    conf: 'N',
    sens: 'HIV',
  });
  expect(sensitivityOf(observation('laboratory', { code: coded('urn:local', 'X1', 'HIV 1+2 Ab') }))).toBe('HIV');
  expect(sensitivityOf(observation('laboratory', { valueCodeableConcept: coded('http://snomed.info/sct', '165816005') }))).toBe('HIV');
  expect(sensitivityOf({ resourceType: 'Device', type: { text: 'pair of hearing aids' } })).toBe('none');
});

test('diagnoses are sensitive by their codes, wherever they stand', () => {
  const icd = (code: string) =>
    sensitivityOf({ resourceType: 'Encounter', reasonCode: [coded('http://hl7.org/fhir/sid/icd-10-cm', code)] });
  expect([icd('B20'), icd('Z21'), icd('F32.9'), icd('F10.20'), icd('T74.11XA'), icd('A54.9'), icd('D57.1'), icd('F64.0')]).toEqual([
    'HIV',
    'HIV',
    'PSY',
    'ETH',
    'SDV',
    'SEX',
    'GDIS',
    'SEX',
  ]);
  expect([icd('I10'), icd('F17.210'), icd('E11.9'), icd('J45.909'), icd('B24x')]).toEqual(['none', 'none', 'none', 'none', 'HIV']);
  expect(sensitivityOf({ resourceType: 'Condition', code: coded('http://example.org', 'F32.9') })).toBe('none');
});

test('of several sensitivities the first in the order counts', () => {
  const both = [coded('http://hl7.org/fhir/sid/icd-10', 'F32'), coded('http://hl7.org/fhir/sid/icd-10', 'B20')];
  expect(sensitivityOf({ resourceType: 'Encounter', reasonCode: both })).toBe('HIV');
});
