import { expect, test } from 'vitest';
import { ageOf, identityOf } from './identity.ts';
import type { Shown } from './view.ts';

const now = Date.parse('2026-11-20T09:41:00Z');

test('an age counts whole years, by the day where it is known', () => {
  expect(ageOf('1955-11-20', now)).toBe(71);
  expect(ageOf('1955-11-21', now)).toBe(70);
  expect(ageOf('2026-11-01', now)).toBe(0);
  expect(ageOf('1955', now)).toBe(71);
  expect(ageOf('2027-01-01', now)).toBeNull();
  expect(ageOf('long ago', now)).toBeNull();
});

test('a birthday that is no day is passed over for one that is, and breaks nothing', () => {
  const born = (...dates: string[]) =>
    identityOf(
      dates.map((birthDate) => ({
        entries: [{ resource: { resourceType: 'Patient', birthDate } }],
        place: { id: 'aa', name: 'Northgate' },
      })) as unknown as Shown[],
      now,
    );
  expect(born('unknown', '1955-03-14')).toMatchObject({ born: '1955-03-14', age: 71 });
  for (const strange of ['14/03/1955', '1955-13', '1955-03-14T00:00', '-1955', ''])
    expect(born(strange)).toMatchObject({ born: null, age: null });
  expect(born('1955')).toMatchObject({ born: '1955', age: 71 });
});
