import { expect, test } from 'vitest';
import type { PatientLine } from '../../house/patients.ts';
import { byName, shortNumber } from './byName.ts';

const patient = (id: string, name: string | null): PatientLine => ({
  id,
  identity: { name, born: null, age: null, sex: null, numbers: [] },
  places: [],
  endings: [],
  shared: [],
  records: 0,
  latest: null,
  open: true,
});

const all = [patient('01', 'Ada Marlow'), patient('02', 'Zoë Müller-O’Brien'), patient('03', 'ليلى حداد'), patient('6f2a91c0aa', null)];
const found = (typed: string) => byName(all, typed).map(({ id }) => id);

test('a name is found by words in any order, without accents or capitals', () => {
  expect(found('marlow AD')).toEqual(['01']);
  expect(found('zoe muller')).toEqual(['02']);
  expect(found('حداد')).toEqual(['03']);
  expect(found('marlow zoe')).toEqual([]);
});

test('nothing typed finds everybody', () => {
  expect(found('  ')).toHaveLength(all.length);
});

test('a locked name is found by its number, and by nothing else', () => {
  expect(shortNumber('6f2a91c0aa')).toBe('6f2a 91c0');
  expect(found('6f2a 91c0')).toEqual(['6f2a91c0aa']);
  expect(found('6f2a91')).toEqual(['6f2a91c0aa']);
});
