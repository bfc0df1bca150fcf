import { expect, test } from 'vitest';
import { periodOf, periodOfDate } from './when.ts';

const at = (date: string) => periodOf({ resourceType: 'Observation', effectiveDateTime: date });

test('a record hangs on the finest period its date names', () => {
  expect(at('2026')).toEqual({ period: '2026', impossible: [] });
  expect(at('2026-11').period).toBe('2026-11');
  expect(at('2026-11-20').period).toBe('2026-11-20');
  expect(at('2026-11-20T08:00:00Z').period).toBe('2026-11-20');
});

test('an instant counts on its UTC day', () => {
  expect(at('2026-12-31T23:30:00-05:00').period).toBe('2027-01-01');
  expect(at('2027-01-01T00:30:00+02:00').period).toBe('2026-12-31');
  expect(at('2024-02-29T23:59:60Z').period).toBe('2024-02-29');
  expect(at('2026-11-20T08:00:00.123456789+00:00').period).toBe('2026-11-20');
  // A time without a zone is no FHIR, but a day all the same.
  expect(at('2026-11-20T23:30:00').period).toBe('2026-11-20');
});

test('the start of the clinical time comes before the day it was written down', () => {
  const when = (resource: { resourceType: string; [name: string]: never | unknown }) => periodOf(resource as never).period;
  expect(
    when({ resourceType: 'Observation', issued: '2026-03-02T00:00:00Z', effectivePeriod: { start: '2026-03-01', end: '2026-03-02' } }),
  ).toBe('2026-03-01');
  expect(when({ resourceType: 'Condition', recordedDate: '2026-03-02', onsetDateTime: '1998' })).toBe('1998');
  expect(when({ resourceType: 'Condition', recordedDate: '2026-03-02', onsetString: 'as a child' })).toBe('2026-03-02');
  expect(when({ resourceType: 'Procedure', performedPeriod: { end: '2026-03' } })).toBe('2026-03');
  expect(when({ resourceType: 'MedicationRequest', authoredOn: '2026-01-01' })).toBe('2026-01-01');
  expect(when({ resourceType: 'Immunization', occurrenceDateTime: '2026-01-01', recorded: '2026-02-01' })).toBe('2026-01-01');
  expect(when({ resourceType: 'Encounter', period: { start: '2026-01-01', end: '2026-02-01' } })).toBe('2026-01-01');
  expect(when({ resourceType: 'Claim', created: '2026-02-01', billablePeriod: { start: '2026-01-01' } })).toBe('2026-01-01');
  expect(when({ resourceType: 'DocumentReference', date: '2026-02-01', context: { period: { start: '2026-01-01' } } })).toBe('2026-01-01');
  expect(when({ resourceType: 'ImagingStudy', started: '2026-01-01' })).toBe('2026-01-01');
  expect(when({ resourceType: 'Specimen', collection: { collectedDateTime: '2026-01-01' } })).toBe('2026-01-01');
  expect(when({ resourceType: 'ServiceRequest', occurrenceTiming: { event: ['2026-01-01'] } })).toBe('2026-01-01');
});

test('who somebody is has no date', () => {
  expect(periodOf({ resourceType: 'Patient', birthDate: '1815-12-10' }).period).toBe('always');
  expect(periodOf({ resourceType: 'PractitionerRole', period: { start: '2026-01-01' } }).period).toBe('always');
  expect(periodOf({ resourceType: 'Observation' }).period).toBe('always');
});

test('a date that cannot be is told, and the next one counts', () => {
  expect(at('2026-02-30')).toEqual({ period: 'always', impossible: ['Observation.effectiveDateTime'] });
  expect(periodOf({ resourceType: 'Observation', effectiveDateTime: '0000-00-00', issued: '2026-03-02T00:00:00Z' })).toEqual({
    period: '2026-03-02',
    impossible: ['Observation.effectiveDateTime'],
  });
  for (const date of [
    '2026-13',
    '1799-12-31',
    '2100',
    '20260101',
    'yesterday',
    '',
    '2026-1-1',
    '2026-01-01T25:00:00Z',
    '2026-01-01T10:60:00Z',
    '1800-01-01T00:00:00+01:00',
    '2026-01-01T10:00:00+99:00',
  ]) {
    expect(periodOfDate(date), date).toBeUndefined();
  }
});
