import { describe, expect, test } from 'vitest';
import type { Item } from '../../house/items.ts';
import type { Finding } from '../../house/patients.ts';
import type { Measured, VitalName } from '../../house/vitals.ts';
import { headlineOf } from './headline.ts';
import { newsLines } from './news.ts';

const latest: Measured = { at: 0, values: [148, 91], standing: 'above', device: null, item: 'r1', of: 1 };
const out = (vital: VitalName): Finding => ({ kind: 'out', vital, standing: 'above', days: 5, of: 7, since: null, latest });
const item = (id: string, kind: string, place = 'Harbour Clinic'): Item => ({
  id,
  type: 'Observation',
  kind,
  when: 0,
  precision: 'instant',
  title: id,
  values: [],
  word: null,
  standing: 'unknown',
  place: { id: place, name: place },
  vital: null,
  readings: 1,
  trace: false,
});
const of = (findings: readonly Finding[], records = 9) => headlineOf({ findings, records, vitals: [] });

describe('the headline of Home', () => {
  test('a vital sign that is out comes before everything new, and names the others once', () => {
    const headline = of([out('blood-pressure'), out('heart-rate'), out('heart-rate'), { kind: 'new', items: [item('a', 'laboratory')] }]);
    expect(headline).toMatchObject({ kind: 'out', finding: { vital: 'blood-pressure' }, also: ['heart-rate'] });
  });

  test('new results are called so only when all that is new are results', () => {
    expect(of([{ kind: 'new', items: [item('a', 'laboratory'), item('b', 'imaging')] }])).toMatchObject({ kind: 'new', results: true });
    expect(of([{ kind: 'new', items: [item('a', 'laboratory'), item('b', 'notes')] }])).toMatchObject({ kind: 'new', results: false });
  });

  test('"nothing yet" is said only where there is no record', () => {
    expect(of([{ kind: 'nothing-yet' }], 0).kind).toBe('nothing');
    expect(of([{ kind: 'nothing-yet' }], 3).kind).toBe('quiet');
    expect(of([{ kind: 'all-usual' }]).kind).toBe('usual');
  });
});

describe('news in few lines', () => {
  test('what came from one place of one sort is one line, and nothing is left out', () => {
    const items = [item('a', 'laboratory'), item('b', 'notes'), item('c', 'imaging'), item('d', 'laboratory', 'Northgate')];
    const lines = newsLines(items);
    expect(lines.map(({ section, items: some }) => [section, some.map(({ id }) => id)])).toEqual([
      ['results', ['a', 'c']],
      ['notes', ['b']],
      ['results', ['d']],
    ]);
  });
});
