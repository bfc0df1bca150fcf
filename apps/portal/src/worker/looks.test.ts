import { expect, test } from 'vitest';
import { cameSince, type LookNote, lookAt, takeBack, takeOver } from './looks.ts';
import type { PatientView } from './view.ts';

/** A view of records by number and version. */
const viewOf = (...records: readonly (readonly [string, number])[]): PatientView =>
  ({ records: () => records.map(([id, version]) => ({ id, parts: { version } })) }) as unknown as PatientView;
const [one, two, last] = ['00000001', '00000002', 'ffffffff'].map((head) => head + '0'.repeat(24)) as [string, string, string];
const lookOf = (at: number): LookNote => ({ noted: at, look: { at, seen: new Uint8Array() } });

test('what came since a look is what was not there, and what was written anew', () => {
  const look = lookAt(viewOf([one, 0], [last, 0]), 5);
  expect(look.at).toBe(5);
  expect(cameSince(look, viewOf([one, 0], [last, 0]))).toEqual([]);
  expect(cameSince(look, viewOf([one, 0])), 'what went is not new').toEqual([]);
  expect(cameSince(look, viewOf([one, 0], [two, 0], [last, 1])).map(({ id }) => id)).toEqual([two, last]);
  expect(cameSince(lookAt(viewOf(), 5), viewOf([one, 0])).length).toBe(1);
});

test('a look reads the same from the middle of other bytes, where a drawer keeps it', () => {
  const { at, seen } = lookAt(viewOf([one, 0], [two, 0]), 5);
  const around = new Uint8Array(seen.length + 3);
  around.set(seen, 3);
  expect(cameSince({ at, seen: around.subarray(3) }, viewOf([one, 0], [two, 0]))).toEqual([]);
});

test('a look of this visit that is taken back leaves the one before; that one taken back leaves none', () => {
  const before = new Map([['ada', lookOf(3)]]);
  const notes = new Map(before);
  notes.set('ada', lookOf(7));
  takeBack(notes, before, 'ada', 8);
  expect(notes.get('ada')).toEqual({ noted: 8, look: before.get('ada')!.look });
  takeBack(notes, before, 'ada', 9);
  expect(notes.get('ada')).toEqual({ noted: 9, look: null });
  takeBack(notes, new Map(), 'ben', 9);
  expect(notes.get('ben')).toEqual({ noted: 9, look: null });
});

test('of what two windows note the later counts, be it a look or that it was taken back', () => {
  const notes = new Map([
    ['ada', lookOf(3)],
    ['ben', lookOf(6)],
  ]);
  takeOver(notes, [
    ['ada', { noted: 4, look: null }],
    ['ben', lookOf(5)],
    ['zoe', lookOf(1)],
  ]);
  expect([...notes].map(([patient, { noted, look }]) => [patient, noted, look?.at])).toEqual([
    ['ada', 4, undefined],
    ['ben', 6, 6],
    ['zoe', 1, 1],
  ]);
});
