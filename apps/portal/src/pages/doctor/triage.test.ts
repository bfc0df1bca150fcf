import { describe, expect, test } from 'vitest';
import type { Item } from '../../house/items.ts';
import type { TriageLine } from '../../house/patients.ts';
import { countsOf, groupsOf, needsLook, showOf, stepped } from './triage.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');

const item = (when: number | null): Item => ({
  id: 'r1',
  type: 'Observation',
  kind: 'laboratory',
  when,
  precision: 'instant',
  title: 'Potassium',
  values: [],
  word: null,
  standing: 'unknown',
  place: { id: 'p', name: 'Harbour Clinic' },
  vital: null,
  readings: 1,
  trace: false,
});

const line = (id: string, urgency: TriageLine['urgency'], fresh: readonly Item[] = [], lookedAt: number | null = null): TriageLine => ({
  patient: {
    id,
    identity: { name: id, born: null, age: null, sex: null, numbers: [] },
    places: [],
    endings: [],
    shared: [],
    records: 1,
    latest: { at: noon, precision: 'instant' },
    open: true,
  },
  urgency,
  vital: 'oxygen',
  unit: '%',
  decimals: 0,
  latest: { at: noon, values: [88], standing: 'below', device: null, item: 'r0', of: 1 },
  usual: null,
  standing: 'below',
  since: noon,
  spark: [],
  fresh,
  lookedAt,
});

const lines = [line('ben', 'now'), line('ada', 'today', [item(noon)]), line('zoe', 'new', [item(noon)]), line('layla', 'quiet')];

describe('the list for today', () => {
  test('leaves out the quiet ones unless everyone is asked for', () => {
    expect(groupsOf(lines, 'needs').map(({ name }) => name)).toEqual(['now', 'today', 'new']);
    expect(groupsOf(lines, 'all').map(({ name }) => name)).toEqual(['now', 'today', 'new', 'quiet']);
  });

  test('shows what is new wherever it stands', () => {
    expect(groupsOf(lines, 'new').flatMap((group) => group.lines.map(({ patient }) => patient.id))).toEqual(['ada', 'zoe']);
  });

  test('puts whom she looked at below whoever still needs a look, and counts them no more', () => {
    const seen = line('ben', 'now', [], noon + 1);
    const later = [seen, ...lines.slice(1)];
    expect(needsLook(seen)).toBe(false);
    expect(groupsOf(later, 'needs').map(({ name, lines: some }) => [name, some.map(({ patient }) => patient.id)])).toEqual([
      ['today', ['ada']],
      ['looked', ['ben']],
      ['new', ['zoe']],
    ]);
    expect(countsOf(lines)).toEqual({ needs: 2, new: 2, all: 4 });
    expect(countsOf(later)).toEqual({ needs: 1, new: 2, all: 4 });
  });

  test('leaves a quiet patient whom she looked at among the quiet ones', () => {
    expect(groupsOf([line('zoe', 'quiet', [], noon)], 'all').map(({ name }) => name)).toEqual(['quiet']);
  });

  test.each([
    ['all', 'all'],
    ['new', 'new'],
    [undefined, 'needs'],
    ['everything', 'needs'],
    [['all'], 'needs'],
  ] as const)('an address that says %s shows %s', (text, show) => {
    expect(showOf(text)).toBe(show);
  });
});

describe('a step through the list', () => {
  const ids = ['ben', 'ada', 'zoe'];
  test('stops at both ends, and begins at the first', () => {
    expect(stepped(ids, undefined, 1)).toBe('ben');
    expect(stepped(ids, 'gone', -1)).toBe('ben');
    expect(stepped(ids, 'ben', 1)).toBe('ada');
    expect(stepped(ids, 'zoe', 1)).toBe('zoe');
    expect(stepped(ids, 'ben', -1)).toBe('ben');
    expect(stepped([], undefined, 1)).toBeUndefined();
  });
});
