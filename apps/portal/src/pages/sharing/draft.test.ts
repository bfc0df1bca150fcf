import { addDays, longestGrant } from '@carelet/care/rules/records/calendar';
import { checkConsent, usualConsent } from '@carelet/care/rules/sharing/consent';
import { expect, test } from 'vitest';
import type { RequestToMe } from '../../house/requests.ts';
import {
  type Draft,
  dayAhead,
  draftOf,
  draftOfGiven,
  emptyDraft,
  filledIn,
  fromOf,
  kindsMeant,
  lengths,
  longest,
  missingIn,
  stepOf,
  untilOf,
  wishOf,
} from './draft.ts';

const now = Date.UTC(2026, 10, 20, 9, 41);
const today = '2026-11-20';
const whole: Draft = { ...emptyDraft, doctor: { id: 'd1', name: 'Dr Rafael Diaz' }, groups: ['tests'], until: 'month' };

test('a sheet asks for what is missing, in order', () => {
  expect(missingIn(emptyDraft, now)).toBe('who');
  expect(missingIn({ ...emptyDraft, doctor: whole.doctor }, now)).toBe('what');
  expect(missingIn({ ...whole, until: null }, now)).toBe('until');
  expect(missingIn(whole, now)).toBe(null);
});

test('an address leads no further than what is filled in', () => {
  expect(stepOf('check', emptyDraft, now)).toBe('who');
  expect(stepOf('until', { ...whole, groups: [] }, now)).toBe('what');
  expect(stepOf('check', { ...whole, until: null }, now)).toBe('until');
  expect(stepOf('check', whole, now)).toBe('check');
  expect(stepOf('who', whole, now)).toBe('who');
  expect(stepOf('nowhere', whole, now)).toBe(null);
  expect(stepOf(undefined, whole, now)).toBe(null);
});

test('the longest consent is as long as the rules allow', () => {
  expect(longest).toBe(longestGrant);
  const until = (untilDay: string) => untilOf({ ...whole, until: 'day', untilDay }, now);
  expect(until(addDays(today, longestGrant))).toBe('2027-12-21');
  expect(until(addDays(today, longestGrant + 1))).toBe(null);
  expect(until(today)).toBe(today);
  expect(until('2026-11-19')).toBe(null);
  expect(until('')).toBe(null);
  expect(until('2026-13-01')).toBe(null);
});

test('records are meant from the beginning, from a day, never from one to come', () => {
  const from = (some: Partial<Draft>) => fromOf({ ...whole, ...some }, now);
  expect(from({})).toBe('beginning');
  expect(from({ from: 'year' })).toBe('2025-11-20');
  expect(from({ from: 'today' })).toBe(today);
  expect(from({ from: 'day', fromDay: '2026-03-01' })).toBe('2026-03-01');
  expect(from({ from: 'day', fromDay: '2026-11-21' })).toBe(null);
  expect(from({ from: 'day', fromDay: '' })).toBe(null);
});

test('whatever the sheet offers, the rules accept', () => {
  for (const until of lengths) {
    for (const from of ['beginning', 'year', 'today', 'day'] as const) {
      const wish = wishOf({ ...whole, from, fromDay: '1900-01-01', until, untilDay: dayAhead(now, longest) }, now)!;
      const { kinds, from: first, until: last } = wish;
      expect(() => checkConsent({ ...usualConsent, kinds, from: first, until: last }, today)).not.toThrow();
    }
  }
});

test('what is wished is what was filled in', () => {
  expect(wishOf({ ...whole, sensitive: ['PSY'] }, now)).toEqual({
    doctor: 'd1',
    kinds: ['laboratory'],
    sensitive: ['PSY'],
    from: 'beginning',
    until: '2026-12-20',
  });
  expect(wishOf({ ...whole, groups: [] }, now)).toBe(null);
});

const request: RequestToMe = {
  ...{ chart: 'c1', request: 'r1', asked: now, why: 'why', until: '2026-12-20', kinds: ['conditions', 'laboratory'], sensitive: ['PSY'] },
  doctor: { id: 'd1', name: 'Dr Rafael Diaz', specialty: null, organisation: null },
};

test('what a doctor asks is filled in, no kind more, and answers the request', () => {
  const draft = draftOf(request);
  expect(draft).toMatchObject({ groups: ['tests', 'conditions'], left: ['allergies'] });
  expect(wishOf(draft, now)).toEqual({
    ...{ doctor: 'd1', kinds: ['laboratory', 'conditions'], sensitive: ['PSY'], from: 'beginning', until: '2026-12-20' },
    answering: { chart: 'c1', request: 'r1' },
  });
});

test('a group that is chosen anew is meant whole', () => {
  const without = filledIn(draftOf(request), { groups: ['tests'] });
  expect(kindsMeant(without)).toEqual(['laboratory']);
  expect(kindsMeant(filledIn(without, { groups: ['tests', 'conditions'] }))).toEqual(['laboratory', 'conditions', 'allergies']);
});

test('a carer takes the place of a doctor, and of one who asked', () => {
  const carer = filledIn(draftOf(request), { doctor: { id: 'c1', name: 'Ruth', carer: true } });
  expect(missingIn(carer, now)).toBe(null);
  expect(wishOf(carer, now)).toMatchObject({ doctor: 'c1' });
  expect(wishOf(carer, now)).not.toHaveProperty('answering');
  expect(missingIn(filledIn(carer, { doctor: null }), now)).toBe('who');
});

test('another doctor asked for nothing', () => {
  expect(filledIn(draftOf(request), { until: 'week' }).answering).toBe(request);
  const other = filledIn(draftOf(request), { doctor: { id: 'd2', name: 'Dr Mei Chen' } });
  expect(wishOf(other, now)).not.toHaveProperty('answering');
});

test('what somebody sees is filled in to be changed, in the place of what it was, for nobody else', () => {
  const what = { kinds: ['vital-signs', 'waveforms', 'notes'], sensitive: ['PSY'], from: '2026-01-31', until: '2026-12-20' } as const;
  const given = { doctor: { ...whole.doctor!, specialty: null, organisation: null, carer: false }, grants: ['0a', '0b'], what };
  const draft = draftOfGiven(given);
  expect(wishOf(draft, now)).toEqual({ doctor: 'd1', ...what, instead: ['0a', '0b'] });
  expect(wishOf(filledIn(draft, { groups: ['readings'] }), now)).toMatchObject({
    kinds: ['vital-signs', 'waveforms'],
    instead: ['0a', '0b'],
  });
  const other = filledIn(draft, { doctor: { id: 'd2', name: 'Dr Osei' } });
  expect(wishOf(other, now)).not.toHaveProperty('instead');
});
