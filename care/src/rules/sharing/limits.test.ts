import { expect, test } from 'vitest';
import { parseResource } from '../../model/index.ts';
import { fromFhirConsent } from './consent.ts';
import { limitsInWords, toFhirDenial } from './limits.ts';

test('a denial is a FHIR Consent that denies one doctor, and is never read as one that permits', () => {
  const [patient, doctor, chart] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];
  const denial = toFhirDenial({ patient, doctor, chart, doctorName: 'Dr Osei', given: '2026-11-20T09:41:00Z' });
  expect(() => parseResource(JSON.parse(JSON.stringify(denial)))).not.toThrow();
  expect(denial.id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/);
  expect(denial.provision).toMatchObject({ type: 'deny', actor: [{ reference: { identifier: { value: doctor }, display: 'Dr Osei' } }] });
  expect(denial.provision).not.toHaveProperty('period');
  expect(fromFhirConsent(denial)).toBeNull();
});

test('limits can be said in words', () => {
  expect(limitsInWords({ byName: false, denied: [] })).toBe('doctors read by their work there');
  expect(limitsInWords({ byName: true, denied: ['Dr Osei', 'Dr Lind'] })).toBe(
    'only doctors who are named for you read by their work there; not Dr Osei, nor Dr Lind',
  );
});
