import { vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip';
import { expect, test } from 'vitest';
import { seenIn } from './seen.ts';

const fhir = (resource: object) => seenIn({ kind: 'fhir', json: JSON.stringify({ resource }) });

test('a name is seen whole, a birthday as it is written', () => {
  expect(fhir({ resourceType: 'Patient', name: [{ use: 'official', prefix: ['Dr'], given: ['Ada', 'M.'], family: 'Marlow' }] })).toEqual([
    'Dr Ada M. Marlow',
  ]);
  expect(fhir({ resourceType: 'Patient', birthDate: '1955-03-14', gender: 'female' })).toEqual(['1955-03-14', 'female']);
});

test('a value is seen with its digits and its unit, a pressure as both its numbers', () => {
  expect(
    seenIn({ kind: 'fhir', json: '{"resource":{"resourceType":"Observation","valueQuantity":{"value":5.60,"unit":"mmol/L"}}}' }),
  ).toEqual(['5.60 mmol/L']);
  const half = (value: number) => ({
    code: { text: 'half' },
    valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  });
  expect(fhir({ resourceType: 'Observation', effectiveDateTime: '2026-11-20', component: [half(148), half(91)] })).toEqual([
    '2026-11-20',
    '148/91 mm[Hg]',
  ]);
});

test('a strip is seen as its readings, a chart’s own record as what she is called', () => {
  const packed = packStrip([vital('heart-rate', Date.UTC(2026, 10, 20, 7), 'watch', [71])]);
  expect(seenIn({ kind: 'strip', device: new Uint8Array(16), number: 0, packed })).toContain('71 /min');
  expect(seenIn({ kind: 'chart', references: ['Patient/ada'] })).toEqual(['Patient/ada']);
});

test('a part that only says whom it is about shows that; a long one is cut', () => {
  expect(fhir({ resourceType: 'Observation', subject: { reference: 'Patient/ada' } })).toEqual(['Patient/ada']);
  const lines = fhir({ resourceType: 'Basic', many: Array.from({ length: 50 }, (_, i) => ({ value: `${i} ${'x'.repeat(500)}` })) });
  expect(lines.length).toBe(8);
  expect(lines.every((line) => line.length <= 121)).toBe(true);
});
