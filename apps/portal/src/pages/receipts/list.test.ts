import { expect, test } from 'vitest';
import type { Look, Looker } from '../../house/receipts.ts';
import { daysOf, filterIn, lastOpened, lookersIn, newsIn, searchOf, sheetIn, shownOf } from './list.ts';

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
const look = (id: string, who: string, when: number, deed: Look['deed'] = 'looked'): Look => ({
  ...{ id, who, deed, at: when, until: when + 60_000 },
  ...{ kinds: [], reason: null, places: [] },
});
const looker = (id: string): Looker => ({ id, kind: 'doctor', name: id, specialty: null, organisation: null });

const looks = [
  look('5', 'chen', at(20, 9)),
  look('4', 'harbour', at(20, 8), 'wrote'),
  look('3', 'diaz', at(19, 23)),
  look('2', 'chen', at(19, 1)),
  look('1', 'chen', at(3, 12)),
];

test('a list shows looks, everything, or one person’s, as its address says', () => {
  const ids = (search: Record<string, unknown>) => shownOf(looks, filterIn(search)).map(({ id }) => id);
  expect(ids({})).toEqual(['5', '3', '2', '1']);
  expect(ids({ show: 'all' })).toEqual(['5', '4', '3', '2', '1']);
  expect(ids({ who: 'chen' })).toEqual(['5', '2', '1']);
  expect(ids({ who: 'harbour' })).toEqual([]);
  expect(ids({ show: 'whatever', who: 7 })).toEqual([]);
});

test('an address says what its filter says, and nothing of what is usual', () => {
  for (const search of [{}, { who: 'chen' }, { show: 'all' }, { who: 'chen', show: 'all' }])
    expect(searchOf(filterIn(search))).toEqual(search);
});

test('a sheet is opened by an address, also by a number that was read as one', () => {
  expect(sheetIn({ wrong: 12 })).toEqual({ kind: 'wrong', look: '12' });
  expect(sheetIn({ checked: '5' })).toEqual({ kind: 'checked', look: '5' });
  expect(sheetIn({ who: 'chen' })).toBeNull();
});

test('looks stand under their days, the newest first', () => {
  expect(daysOf(looks).map(({ items }) => items.map(({ id }) => id))).toEqual([['5', '4'], ['3', '2'], ['1']]);
});

test('people to choose from are those who appear, each with how often', () => {
  const all = ['chen', 'diaz', 'osei'].map(looker);
  expect(lookersIn(looks, all).map(({ looker: { id }, count }) => [id, count])).toEqual([
    ['chen', 3],
    ['diaz', 1],
  ]);
});

test('the news counts people of a week who opened something, not who wrote', () => {
  expect(newsIn(looks, at(20, 10))).toBe(2);
  expect(newsIn(looks, at(30, 10))).toBe(0);
});

test('a share says when it was opened last since it was given, and how often', () => {
  expect(lastOpened(looks, 'chen', at(10, 0))).toEqual({ at: at(20, 9) + 60_000, count: 2 });
  expect(lastOpened(looks, 'diaz', at(20, 0))).toBeNull();
  expect(lastOpened(looks, 'harbour', 0)).toBeNull();
});
