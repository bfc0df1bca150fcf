import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/index.ts';
import { isDirectory, subjectOf } from './subject.ts';

const of = (resourceType: string, more: JsonObject, isPatient?: (reference: string) => boolean) =>
  subjectOf({ resourceType, ...more }, isPatient);
const to = (reference: string, more: JsonObject = {}): JsonObject => ({ reference, ...more });

test('a record is of the patient it names, under whatever name its type has for that', () => {
  expect(of('Patient', { id: 'ada' })).toBe('Patient/ada');
  expect(of('Observation', { subject: to('Patient/ada') })).toBe('Patient/ada');
  expect(of('AllergyIntolerance', { patient: to('http://h/fhir/Patient/ada/_history/2') })).toBe('http://h/fhir/Patient/ada/_history/2');
  expect(of('Coverage', { beneficiary: to('urn:uuid:1'), subscriber: to('Patient/ben') })).toBe('urn:uuid:1');
  expect(of('Task', { for: to('Patient/ada'), owner: to('Patient/ben') })).toBe('Patient/ada');
  expect(of('Account', { subject: [to('Device/1'), to('Patient/ada')] })).toBe('Patient/ada');
  expect(of('Encounter', { subject: to('Patient?identifier=x|1') })).toBe('Patient?identifier=x|1');
  expect(of('Appointment', { participant: [{ actor: to('Practitioner/chen') }, { actor: to('Patient/ada') }] })).toBe('Patient/ada');
  expect(of('RelatedPerson', { patient: to('Patient/ada') })).toBe('Patient/ada');
  expect(of('Condition', { subject: to('urn:uuid:9') })).toBe('urn:uuid:9');
});

test('a subject that is no patient is none', () => {
  expect(of('Observation', { subject: to('Group/town') })).toBeUndefined();
  expect(of('Observation', { subject: to('urn:uuid:1', { type: 'Location' }) })).toBeUndefined();
  expect(of('Observation', { subject: { identifier: { value: '4711' } } })).toBeUndefined();
  expect(of('Observation', {})).toBeUndefined();
  expect(of('Patient', {})).toBeUndefined();
  expect(of('Organization', { partOf: to('Patient/ada') })).toBeUndefined();
});

test('in a list of all sorts of things, only what is known to be a patient counts', () => {
  const target = [to('urn:uuid:7'), to('urn:uuid:1'), to('Encounter/1')];
  expect(of('Provenance', { target })).toBeUndefined();
  expect(of('Provenance', { target }, (reference) => reference === 'urn:uuid:1')).toBe('urn:uuid:1');
  expect(of('AuditEvent', { entity: [{ what: to('Patient/ada') }] })).toBe('Patient/ada');
});

test('directories are nobody’s record; a device without a patient is one', () => {
  expect(isDirectory({ resourceType: 'Practitioner' })).toBe(true);
  expect(isDirectory({ resourceType: 'Device' })).toBe(true);
  expect(isDirectory({ resourceType: 'Device', patient: to('Patient/ada') })).toBe(false);
  expect(isDirectory({ resourceType: 'Observation' })).toBe(false);
});
