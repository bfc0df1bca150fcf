import { expect, test } from 'vitest';
import { ageOf } from './identity.ts';

const now = Date.parse('2026-11-20T09:41:00Z');

test('an age counts whole years, by the day where it is known', () => {
  expect(ageOf('1955-11-20', now)).toBe(71);
  expect(ageOf('1955-11-21', now)).toBe(70);
  expect(ageOf('2026-11-01', now)).toBe(0);
  expect(ageOf('1955', now)).toBe(71);
  expect(ageOf('2027-01-01', now)).toBeNull();
  expect(ageOf('long ago', now)).toBeNull();
});
