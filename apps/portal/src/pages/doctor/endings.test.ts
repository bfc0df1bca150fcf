import { expect, test } from 'vitest';
import type { Ending, PatientLine } from '../../house/patients.ts';
import type { Received } from '../../house/sharing.ts';
import { allOver, endingDays, sharedEndings } from './endings.ts';

const now = Date.parse('2026-11-20T09:41:00Z');
const ending = (name: string, lastDay: string): Ending => ({
  place: { id: name, name },
  at: Date.parse(lastDay) + 86_400_000,
  lastDay,
});
const patient = (...endings: Ending[]) => ({ endings, shared: [] as Received[] }) as unknown as PatientLine;
const sharing = (one: PatientLine): PatientLine => ({
  ...one,
  shared: [{ name: 'Ada', kinds: ['notes'], sensitive: [], from: 'beginning', until: '2026-12-01' }],
});

test('places whose keys end on the same day are told together, and a week before it is soon', () => {
  const endings = [
    ending('Larkfield', '2026-11-19'),
    ending('Harbour', '2026-11-20'),
    ending('Northgate', '2026-11-26'),
    ending('Millbrook', '2026-11-26'),
    ending('St Brigid’s', '2026-11-27'),
  ];
  expect(endingDays(endings, now)).toEqual([
    { lastDay: '2026-11-19', places: ['Larkfield'], state: 'over' },
    { lastDay: '2026-11-20', places: ['Harbour'], state: 'soon' },
    { lastDay: '2026-11-26', places: ['Northgate', 'Millbrook'], state: 'soon' },
    { lastDay: '2026-11-27', places: ['St Brigid’s'], state: 'later' },
  ]);
  expect(endingDays([], now)).toEqual([]);
});

test('all is over when there was a key and none opens any more', () => {
  expect(allOver([], now)).toBe(false);
  expect(allOver([ending('a', '2026-11-19'), ending('b', '2026-11-20')], now)).toBe(false);
  expect(allOver([ending('a', '2026-11-19')], now)).toBe(true);
});

test('what all patients have in common is told once', () => {
  const [a, b] = [ending('a', '2027-02-18'), ending('b', '2027-02-18')];
  expect(sharedEndings([patient(a), patient(a, b)])).toEqual([a, b]);
  expect(sharedEndings([patient(a), patient(b), patient(ending('a', '2027-02-19'))])).toBeNull();
  expect(sharedEndings([patient(a), patient()])).toBeNull();
  expect(sharedEndings([patient(a), sharing(patient(a))])).toBeNull();
  expect(sharedEndings([])).toBeNull();
});
