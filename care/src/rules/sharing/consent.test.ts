import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confidentialities, kinds, parts, sensitivities } from '../../model/index.ts';
import {
  type Consent,
  changeInWords,
  checkConsent,
  consentChange,
  consentInWords,
  fromFhirConsent,
  isMeant,
  periodsOf,
  recipientOf,
  teamsOrganisation,
  toFhirConsent,
  usualConsent,
} from './consent.ts';

const today = '2026-11-20';
const heart: Consent = { ...usualConsent, kinds: ['vital-signs', 'waveforms'], from: 'beginning', until: '2027-02-19' };
const people = {
  grant: '0a'.repeat(16),
  patient: '0b'.repeat(16),
  doctor: '0c'.repeat(16),
  doctorName: 'Dr Mei Chen',
  given: '2026-11-20',
};

describe('what is meant', () => {
  test('is what is named and nothing else', () => {
    const category = { kind: 'vital-signs', conf: 'N', sens: 'none' } as const;
    expect(isMeant(heart, 'MI', category)).toBe(true);
    expect(isMeant(heart, 'MI', { ...category, kind: 'laboratory' })).toBe(false);
    expect(isMeant(heart, 'MI', { ...category, conf: 'R' })).toBe(false);
    expect(isMeant(heart, 'MI', { ...category, sens: 'HIV' })).toBe(false);
    expect(isMeant(heart, 'QID', { ...category, kind: 'identity' })).toBe(false);
    expect(isMeant({ ...heart, parts: ['MI', 'QID'] }, 'QID', { ...category, kind: 'identity' })).toBe(true);
    expect(isMeant({ ...heart, parts: ['MI', 'QID'] }, 'EID', { ...category, kind: 'identity' })).toBe(false);
  });

  test('of a laboratory, is no HIV result unless that is named', () => {
    const laboratory: Consent = { ...heart, kinds: ['laboratory'] };
    const result = { kind: 'laboratory', conf: 'N', sens: 'HIV' } as const;
    expect(isMeant(laboratory, 'MI', result)).toBe(false);
    expect(isMeant({ ...laboratory, sensitivity: ['none', 'HIV'] }, 'MI', result)).toBe(true);
  });
});

describe('the periods of a consent', () => {
  test('take whole what is over, and name the days that are to come', () => {
    const periods = periodsOf({ ...heart, from: '2026-09-15', until: '2026-12-02' }, today);
    expect(periods.slice(0, 3)).toEqual(['always', '2026-10', '2026-11']);
    for (const day of ['2026-09-15', '2026-09-30', '2026-11-01', '2026-11-20', '2026-12-02']) expect(periods).toContain(day);
    for (const other of ['2026-09', '2026-09-14', '2026-12', '2026-12-03', '2026', '202']) expect(periods).not.toContain(other);
  });

  test('are refused for a consent that is over, too long, or ends before it begins', () => {
    for (const wrong of [
      { until: '2026-11-19' },
      { until: '2028-01-01' },
      { from: '2027-03-01' },
      { from: 'yesterday' },
      { until: '2026-13-01' },
    ]) {
      expect(() => checkConsent({ ...heart, ...wrong }, today)).toThrow(/^Cannot share records: /);
    }
    expect(() => checkConsent(heart, today)).not.toThrow();
  });
});

test('a consent that names nothing, or something there is not, is refused in words', () => {
  expect(() => checkConsent({ ...heart, kinds: [] }, today)).toThrow('it names no kind of record');
  const fromElsewhere: Consent = { ...heart, ...JSON.parse('{ "kinds": ["gossip"] }') };
  expect(() => checkConsent(fromElsewhere, today)).toThrow('"gossip" is no kind of record');
});

test('what FHIR keeps is what was meant', () => {
  const some = <Word>(words: readonly Word[]) => fc.subarray([...words], { minLength: 1 });
  const consents = fc.record({
    parts: some(parts),
    kinds: some(kinds),
    confidentiality: some(confidentialities),
    sensitivity: some(sensitivities),
    from: fc.constantFrom('beginning', '2026-01-31'),
    until: fc.constant('2027-01-01'),
  });
  fc.assert(
    fc.property(consents, (consent) => {
      const resource = toFhirConsent(consent, people);
      expect(fromFhirConsent(JSON.parse(JSON.stringify(resource)))).toEqual(consent);
    }),
  );
  for (const other of [null, 7, {}, { provision: {} }, { provision: { class: [], securityLabel: [] } }])
    expect(fromFhirConsent(other)).toBeNull();
});

test('what FHIR keeps tells a carer from a doctor', () => {
  const carer = toFhirConsent(heart, { ...people, as: 'carer' });
  expect(recipientOf(carer)).toBe('carer');
  expect(fromFhirConsent(carer)).toEqual(heart);
  expect(recipientOf(toFhirConsent(heart, people))).toBe('doctor');
  for (const other of [null, {}, { resourceType: 'Consent' }]) expect(recipientOf(other)).toBeNull();
});

test('what FHIR keeps tells a team, and whose it is', () => {
  const of = 'a7'.repeat(16);
  const team = toFhirConsent(heart, { ...people, doctorName: 'Cardiology, Northgate Hospital', as: 'team', of });
  expect([recipientOf(team), teamsOrganisation(team), fromFhirConsent(team)]).toEqual(['team', of, heart]);
  expect(team.provision.actor[0]!.reference).toMatchObject({ type: 'Organization', display: 'Cardiology, Northgate Hospital' });
  for (const other of [toFhirConsent(heart, { ...people, as: 'team' }), toFhirConsent(heart, { ...people, of }), null, {}]) {
    expect(teamsOrganisation(other)).toBeNull();
  }
});

test('in words it is what a patient would say', () => {
  expect(consentInWords(heart)).toBe('vital signs and waveforms; nothing especially sensitive; until 2027-02-19');
  expect(consentInWords({ ...heart, kinds, parts, confidentiality: ['N', 'R'], sensitivity: ['none', 'PSY'], from: '2026-01-01' })).toBe(
    'all kinds of records; with name, birth date and address; restricted ones too; and PSY; from 2026-01-01 on, until 2027-02-19',
  );
});

test('of two consents it is said what is more, what is less, and what ends otherwise', () => {
  const now: Consent = {
    ...heart,
    kinds: ['vital-signs', 'medications'],
    confidentiality: ['N', 'V'],
    sensitivity: ['none', 'PSY'],
    from: '2026-01-01',
    until: '2026-12-31',
  };
  const change = consentChange(heart, now);
  expect(changeInWords(change)).toBe(
    'medications, PSY and very restricted too; no waveforms any more; from 2026-01-01 on instead of from the beginning; until 2026-12-31 instead of 2027-02-19',
  );
  expect(changeInWords(consentChange(now, heart))).toMatch(
    /^waveforms too; no medications, PSY and very restricted any more; from the beginning instead of/,
  );
  expect(changeInWords(consentChange(heart, { ...heart, kinds: heart.kinds.toReversed() }))).toBe('nothing changes');
  expect(consentInWords({ ...heart, confidentiality: ['N', 'R'] })).toContain('restricted ones too');
  expect(consentInWords({ ...heart, confidentiality: ['N', 'R', 'V'] })).toContain('restricted and very restricted ones too');
});

test('what changed, put to what was before, is what is now', () => {
  const some = <Word>(words: readonly Word[]) => fc.subarray([...words], { minLength: 1 });
  const reach = fc.record({
    kinds: some(kinds),
    confidentiality: fc.constant(['N'] as const),
    sensitivity: some(sensitivities),
    from: fc.constantFrom('beginning', '2026-01-31'),
    until: fc.constantFrom('2027-01-01', '2027-02-01'),
  });
  fc.assert(
    fc.property(reach, reach, (before, now) => {
      const { more, less, from, until } = consentChange(before, now);
      const put = <Word>(words: readonly Word[]) =>
        [...words.filter((word) => !(less as readonly unknown[]).includes(word)), ...(more as readonly Word[])].sort();
      expect(put<string>([...before.kinds, ...before.sensitivity])).toEqual([...now.kinds, ...now.sensitivity].sort());
      expect([from?.now ?? before.from, until?.now ?? before.until]).toEqual([now.from, now.until]);
    }),
  );
});
