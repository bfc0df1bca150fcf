import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { bundle, bundleNames, present } from '../records/pack.testing.ts';
import { type Course, courseOf } from './course.ts';

const now = Date.UTC(2026, 10, 20, 9, 41);
const day = (text: string) => ({ start: Date.parse(text), precision: 'day' });
const request = (status: string, more: JsonObject = {}): Resource => ({
  resourceType: 'MedicationRequest',
  status,
  intent: 'order',
  authoredOn: '2026-11-01',
  ...more,
});
const statement = (status: string, effectivePeriod?: JsonObject): Resource => ({
  resourceType: 'MedicationStatement',
  status,
  ...(effectivePeriod && { effectivePeriod }),
});
const validity = (start: string, end?: string): JsonObject => ({
  dispenseRequest: { validityPeriod: { start, ...(end !== undefined && { end }) } },
});
const bounds = (start: string, end: string): JsonObject => ({
  dosageInstruction: [{ timing: { repeat: { boundsPeriod: { start, end } } } }],
});

test.each<[string, Resource, Partial<Course> | null]>([
  ['a prescription that runs', request('active'), { from: day('2026-11-01') as Course['from'], end: { kind: 'open' } }],
  [
    'one that may be dispensed until tomorrow runs today',
    request('active', validity('2026-11-02', '2026-11-21')),
    { from: day('2026-11-02') as Course['from'], end: { kind: 'open' } },
  ],
  [
    'one that may be dispensed no more is over, whatever its status says',
    request('active', validity('2026-11-02', '2026-11-09')),
    { end: { kind: 'at', when: day('2026-11-09') as Course['from'] & object } },
  ],
  [
    'the dosage knows better than the pharmacy',
    request('completed', { ...validity('2026-11-02', '2026-12-09'), ...bounds('2026-11-03', '2026-11-10') }),
    { from: day('2026-11-03') as Course['from'], end: { kind: 'at', when: day('2026-11-10') as Course['from'] & object } },
  ],
  [
    'one that was stopped on a day nobody wrote',
    request('stopped'),
    { from: day('2026-11-01') as Course['from'], end: { kind: 'unknown' } },
  ],
  ['one whose end lies ahead and that was stopped', request('stopped', validity('2026-11-01', '2027-01-31')), { end: { kind: 'unknown' } }],
  ['one that is paused', request('on-hold'), { end: { kind: 'unknown' } }],
  ['one that says nothing of its state', { ...request(''), status: 7 } as unknown as Resource, { end: { kind: 'unknown' } }],
  ['one that was never given', request('cancelled'), null],
  ['one that was written by mistake', request('entered-in-error'), null],
  ['a plan', { ...request('active'), intent: 'plan' }, null],
  [
    'what she took for some days',
    statement('completed', { start: '2026-11-14', end: '2026-11-19' }),
    { from: day('2026-11-14') as Course['from'], end: { kind: 'at', when: day('2026-11-19') as Course['from'] & object } },
  ],
  [
    'what she takes since a year',
    statement('active', { start: '2014' }),
    { from: { start: Date.UTC(2014, 0), precision: 'year' }, end: { kind: 'open' } },
  ],
  ['what she takes, since nobody knows when', statement('active'), { from: null, end: { kind: 'open' } }],
  ['what she does not take', statement('not-taken'), null],
  ['what she means to take', statement('intended'), null],
  ['a vaccination', { resourceType: 'Immunization', status: 'completed' }, null],
])('%s', (_, resource, course) => {
  if (course === null) expect(courseOf(resource, now)).toBeNull();
  else expect(courseOf(resource, now)).toMatchObject(course);
});

test('two strengths of one medicine have the same code', () => {
  const coded = (text: string): JsonObject => ({
    medicationCodeableConcept: { text, coding: [{ system: 'http://www.whocc.no/atc', code: 'C08CA01' }] },
  });
  expect(courseOf(request('active', coded('Amlodipine 5 mg')), now)?.code).toBe('http://www.whocc.no/atc|C08CA01');
  const inside = {
    contained: [{ resourceType: 'Medication', id: 'm', code: { coding: [{ code: 'x' }] } }],
    medicationReference: { reference: '#m' },
  };
  expect(courseOf(request('active', inside), now)?.code).toBe('|x');
  expect(courseOf(request('active'), now)?.code).toBeNull();
});

const recorded = present ? test : test.skip;
recorded('every recorded prescription has a beginning, and one that ended says no day is not given one', () => {
  const ends = new Map<string, number>();
  for (const name of bundleNames()) {
    for (const { resource } of bundle(name)) {
      if (resource.resourceType !== 'MedicationRequest') continue;
      const course = courseOf(resource, now);
      const key = course === null ? 'none' : course.from === null ? 'no beginning' : `${String(resource.status)} ${course.end.kind}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
  }
  expect([...ends.keys()].sort()).toEqual(['active open', 'stopped unknown']);
});
