import { describe, expect, test } from 'vitest';
import type { Item } from '../../house/items.ts';
import type { VitalCard, VitalName } from '../../house/vitals.ts';
import { documentsOf, latestOfEach, once, shownNotes } from './documents.ts';
import { pressing, strip } from './strip.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const day = 86_400_000;

const card = (vital: VitalName, standing: 'usual' | 'above' = 'usual', days = 0, ago = 0): VitalCard => ({
  vital,
  unit: '1',
  decimals: 0,
  latest: { at: now - ago * day, values: [1], standing, device: null, item: 'r', of: 1 },
  usual: { kind: 'none', band: null, second: null },
  spark: [],
  out: { days, of: 7, since: null },
  audience: { organisations: [], people: [] },
  range: null,
});

const item = (id: string, changes: Partial<Item> = {}): Item => ({
  id,
  type: 'Observation',
  kind: 'laboratory',
  when: 0,
  precision: 'day',
  title: id,
  values: [],
  word: null,
  standing: 'unknown',
  place: { id: 'p', name: 'Harbour Clinic' },
  vital: null,
  readings: 1,
  trace: false,
  ...changes,
});

const six: readonly VitalName[] = ['blood-pressure', 'heart-rate', 'oxygen', 'respiratory-rate', 'body-temperature', 'body-weight'];

describe('the strip of a chart', () => {
  test('shows the first five', () => {
    expect(
      strip(
        six.map((vital) => card(vital)),
        now,
      ).map(({ vital }) => vital),
    ).toEqual(six.slice(0, 5));
  });

  test('makes room for one that is out of its usual, and keeps the order', () => {
    const vitals = six.map((vital) => card(vital, vital === 'body-weight' ? 'above' : 'usual'));
    expect(strip(vitals, now).map(({ vital }) => vital)).toEqual([...six.slice(0, 4), 'body-weight']);
  });

  test('shows one that is out and first only once, beside four others', () => {
    expect(
      strip(
        six.map((vital, at) => card(vital, at === 0 ? 'above' : 'usual')),
        now,
      ),
    ).toHaveLength(5);
  });
});

describe('the large chart', () => {
  test('is of what is out longest, and of blood pressure before all', () => {
    const out = [card('heart-rate', 'above', 2), card('body-weight', 'above', 5), card('blood-pressure')];
    expect(pressing(out, now)?.vital).toBe('body-weight');
    expect(pressing([...out, card('blood-pressure', 'above', 1)], now)?.latest.standing).toBe('above');
    expect(pressing([...out, card('blood-pressure', 'above', 1)], now)?.vital).toBe('blood-pressure');
  });

  test('is of blood pressure on a quiet day, else of the first, else of nothing', () => {
    expect(pressing([card('heart-rate'), card('blood-pressure')], now)?.vital).toBe('blood-pressure');
    expect(pressing([card('heart-rate'), card('oxygen')], now)?.vital).toBe('heart-rate');
    expect(pressing([], now)).toBeUndefined();
  });
});

describe('a reading of long ago', () => {
  test('takes nobody’s place in the strip', () => {
    const vitals = six.map((vital) => (vital === 'body-weight' ? card(vital, 'above', 0, 90) : card(vital)));
    expect(strip(vitals, now).map(({ vital }) => vital)).toEqual(six.slice(0, 5));
  });

  test('is not drawn large, however far out it was', () => {
    expect(pressing([card('body-temperature', 'above', 0, 90), card('heart-rate')], now)?.vital).toBe('heart-rate');
    expect(pressing([card('body-temperature', 'above', 0, 90)], now)).toBeUndefined();
  });
});

test('documents are files and pictures, without those shown as notes', () => {
  const notes = ['n1', 'n2', 'n3', 'n4'].map((id) => item(id, { type: 'DocumentReference', kind: 'notes' }));
  const others = [item('scan', { type: 'ImagingStudy', kind: 'imaging' }), item('measured', { kind: 'imaging' })];
  expect(documentsOf([...notes, ...others], shownNotes({ notes })).map(({ id }) => id)).toEqual(['n4', 'scan']);
});

test('of each test the newest result stands', () => {
  const results = [item('new', { title: 'Potassium' }), item('sodium', { title: 'Sodium' }), item('old', { title: 'Potassium' })];
  expect(latestOfEach(results).map(({ id }) => id)).toEqual(['new', 'sodium']);
});

test('what two organisations wrote in the same words stands once', () => {
  const [here, there] = [item('1', { title: 'Penicillin', word: 'Rash' }), item('2', { title: 'Penicillin', word: 'Rash' })];
  expect(once([here, there, item('3', { title: 'Penicillin', word: 'Hives' })]).map(({ id }) => id)).toEqual(['1', '3']);
});
