import { describe, expect, test } from 'vitest';
import type { Item } from '../../house/items.ts';
import { askedOf, countsOf, filterIn, searchOf } from './recordFilter.ts';

const item = (kind: string): Item => ({
  id: kind,
  type: 'Observation',
  kind,
  when: 0,
  precision: 'instant',
  title: kind,
  values: [],
  word: null,
  standing: 'unknown',
  place: { id: 'aa', name: 'Harbour Clinic' },
  vital: null,
  readings: 1,
  trace: false,
});

describe('the filter of a list of records', () => {
  test('what an address does not say, or says wrongly, narrows nothing', () => {
    expect(filterIn({})).toEqual({ kind: 'all', time: 'all', place: null });
    expect(filterIn({ kind: 'constructor', time: 'eternity', place: '<b>' })).toEqual({ kind: 'all', time: 'all', place: null });
    expect(filterIn({ kind: ['results'], time: 7, place: 12 })).toEqual({ kind: 'all', time: 'all', place: null });
  });

  test('an address and its filter are the same thing', () => {
    const filter = { kind: 'results', time: 'month', place: '6fab' } as const;
    expect(filterIn(searchOf(filter))).toEqual(filter);
    expect(searchOf({ kind: 'all', time: 'all', place: null })).toEqual({});
  });

  test('a week is seven days with today, from midnight', () => {
    const noon = new Date(2026, 10, 20, 12).getTime();
    expect(askedOf({ kind: 'all', time: 'week', place: null }, noon)).toEqual({ from: new Date(2026, 10, 14).getTime() });
    expect(askedOf({ kind: 'results', time: 'all', place: '6fab' }, noon)).toEqual({ place: '6fab' });
  });

  test('a day of a filter is the same at any hour, so that it is asked for once', () => {
    const filter = { kind: 'all', time: 'month', place: null } as const;
    const [morning, night] = [new Date(2026, 10, 20, 0, 1).getTime(), new Date(2026, 10, 20, 23, 59).getTime()];
    expect(askedOf(filter, morning)).toEqual(askedOf(filter, night));
  });

  test('every record is counted once among the kinds', () => {
    const counts = countsOf(['laboratory', 'imaging', 'vital-signs', 'plans', 'never heard of'].map(item));
    expect(counts).toMatchObject({ all: 5, results: 2, readings: 1, other: 2, visits: 0 });
  });
});
