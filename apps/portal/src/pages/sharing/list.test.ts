import { expect, test } from 'vitest';
import type { Given } from '../../house/sharing.ts';
import { hasCarers, hasTeams, linesOf, readersIn, readsElsewhere } from './list.ts';

const given = (grant: string, doctor: string, at: number, state: Given['state'] = 'holds'): Given => ({
  grants: [grant],
  doctor: { id: doctor, name: doctor, specialty: null, organisation: null, carer: false, team: false },
  what: null,
  until: '2026-12-20',
  given: at,
  through: 'Harbour Clinic',
  state,
});

const first = given('g1', 'Dr Chen', 1);
const second = given('g2', 'Dr Diaz', 2);
const third = given('g3', 'Dr Diaz', 3);

test('what was stopped stays in its place, and counts no more', () => {
  const lines = linesOf([third, first], [{ given: second, state: 'ended' }]);
  expect(lines.map(({ key, stopped }) => [key, stopped])).toEqual([
    ['g3', null],
    ['g2', 'ended'],
    ['g1', null],
  ]);
  expect(readersIn(lines)).toBe(2);
  expect(readersIn(linesOf([first], []))).toBe(1);
});

test('a carer counts among people as long as she reads', () => {
  const ruth = given('g4', 'Ruth', 4);
  const team: Given = { ...ruth, doctor: { ...ruth.doctor, team: true } };
  expect([
    hasTeams(linesOf([ruth], [])),
    hasTeams(linesOf([team], [])),
    hasTeams(linesOf([team], [{ given: team, state: 'ended' }])),
  ]).toEqual([false, true, false]);
  const carer: Given = { ...ruth, doctor: { ...ruth.doctor, carer: true } };
  expect(hasCarers(linesOf([carer, first], []))).toBe(true);
  expect(hasCarers(linesOf([first], [{ given: carer, state: 'ended' }]))).toBe(false);
});

test('a doctor who still reads by another consent is not told to read nothing', () => {
  const lines = linesOf([third, first], [{ given: second, state: 'ended' }]);
  expect(readsElsewhere(lines[1]!, lines)).toBe(true);
  expect(readsElsewhere(lines[2]!, lines)).toBe(false);
});

test('what one of the two has not heard yet is told as stopped, and once it has heard as ended', () => {
  const half = given('g2', 'Dr Diaz', 2, 'half');
  expect(linesOf([half], [])).toMatchObject([{ stopped: 'half', here: false }]);
  expect(linesOf([half], [{ given: second, state: 'half' }])).toMatchObject([{ stopped: 'half', here: true }]);
  expect(linesOf([], [{ given: second, state: 'half' }])).toMatchObject([{ stopped: 'ended' }]);
  expect(readersIn(linesOf([half], []))).toBe(0);
});
