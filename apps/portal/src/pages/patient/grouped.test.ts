import { describe, expect, test } from 'vitest';
import type { Item } from '../../house/items.ts';
import { grouped } from './grouped.ts';

const item = (id: string, when: number | null, precision: Item['precision'] = 'instant'): Item => ({
  id,
  type: 'Observation',
  kind: 'laboratory',
  when,
  precision,
  title: id,
  values: [],
  word: null,
  standing: 'unknown',
  place: { id: 'aa', name: 'Harbour Clinic' },
  vital: null,
  readings: 1,
  trace: false,
});

const at = (...parts: [number, number, number, number?]) => new Date(...(parts as [number, number, number])).getTime();
const shape = (items: readonly Item[], by: 'day' | 'month') =>
  grouped(items, by).map(({ precision, items: some }) => [precision, some.map(({ id }) => id)]);

describe('records under headings', () => {
  test('stand by day, newest first, without one getting lost', () => {
    const items = [item('a', at(2026, 10, 20, 9)), item('b', at(2026, 10, 20, 7)), item('c', at(2026, 10, 19, 23))];
    expect(shape(items, 'day')).toEqual([
      ['day', ['a', 'b']],
      ['day', ['c']],
    ]);
    expect(shape(items, 'month')).toEqual([['month', ['a', 'b', 'c']]]);
  });

  test('a record that only says a month or a year gets no day it never had', () => {
    const items = [item('a', at(2011, 2, 1), 'month'), item('b', at(2011, 0, 1), 'year'), item('c', null)];
    expect(shape(items, 'day')).toEqual([
      ['month', ['a']],
      ['year', ['b']],
      ['day', ['c']],
    ]);
    expect(grouped(items, 'day').at(-1)!.at).toBeNull();
  });

  test('a heading that comes twice is told apart', () => {
    const items = [item('a', at(2011, 0, 5)), item('b', at(2011, 0, 1), 'year'), item('c', at(2011, 0, 1))];
    const keys = grouped(items, 'month').map(({ key }) => key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(3);
  });
});
