import { describe, expect, test } from 'vitest';
import type { Course, Moment } from '../../house/items.ts';
import { lanesOf, medicinesOf, overAt, withoutLane } from './lanes.ts';

const day = 86_400_000;
const on = (date: string, precision: Moment['precision'] = 'day'): Moment => {
  const [y = 0, m = 1, d = 1] = date.split('-').map(Number);
  return { at: new Date(y, m - 1, d).getTime(), precision };
};
const now = on('2026-11-20').at + day / 2;
const from = on('2026-10-22').at;
const open: Course['end'] = { kind: 'open' };
const unknown: Course['end'] = { kind: 'unknown' };
const until = (date: string): Course['end'] => ({ kind: 'at', when: on(date) });
const course = (title: string, began: Moment | null, end: Course['end'], code: string | null = null): Course => ({
  item: title,
  title,
  code,
  from: began,
  end,
});
const stretches = (...courses: Course[]) =>
  medicinesOf(courses, from, now).map((medicine) =>
    medicine.stretches.map(({ title, from: began, end }) => [title, began?.at ?? null, end.kind]),
  );
const lanes = (...courses: Course[]) => lanesOf(medicinesOf(courses, from, now), from, ({ title }) => title);

describe('medicines over time', () => {
  test('begin and end where they did; what was over before is left out', () => {
    const old = course('Old', on('2014'), until('2026-10-21'));
    const late = course('Late', on('2014-02', 'month'), until('2026-10-22'));
    const planned = course('Planned', on('2026-12-01'), open);
    expect(stretches(old, late, planned)).toEqual([[['Late', on('2014-02').at, 'at']]]);
  });

  test('that ended on a day nobody wrote are told where they began lately, and nowhere else', () => {
    const began = course('Short', on('2026-11-01'), unknown);
    expect(stretches(began, course('Long ago', on('2014'), unknown), course('Some time', null, unknown))).toEqual([
      [['Short', on('2026-11-01').at, 'unknown']],
    ]);
  });

  test('go on where the same one was written anew, and break where it was not given in between', () => {
    expect(stretches(course('R', on('2026-03-01'), unknown), course('R', on('2026-06-01'), open))).toEqual([
      [['R', on('2026-03-01').at, 'open']],
    ]);
    expect(stretches(course('R', on('2026-10-25'), until('2026-10-31')), course('R', on('2026-11-01'), open))).toEqual([
      [['R', on('2026-10-25').at, 'open']],
    ]);
    expect(stretches(course('R', on('2026-10-25'), until('2026-10-31')), course('R', on('2026-11-10'), open))).toEqual([
      [
        ['R', on('2026-10-25').at, 'at'],
        ['R', on('2026-11-10').at, 'open'],
      ],
    ]);
  });

  test('of another strength stand in one row when they follow each other, in two when they are given together', () => {
    const five = course('5 mg', on('2026-01-05'), until('2026-11-19'), 'C08');
    const ten = course('10 mg', on('2026-11-19'), open, 'C08');
    expect(stretches(ten, five)).toEqual([
      [
        ['5 mg', on('2026-01-05').at, 'at'],
        ['10 mg', on('2026-11-19').at, 'open'],
      ],
    ]);
    expect(stretches(course('5 mg', on('2026-01-05'), open, 'C08'), ten).length).toBe(2);
  });

  test('that changed within the axis come first, then those begun last', () => {
    const all = [course('A', on('2014'), open), course('B', on('2019'), open), course('C', on('2013'), until('2026-11-01'))];
    expect(stretches(...all).map(([first]) => first![0])).toEqual(['C', 'B', 'A']);
  });
});

describe('a lane', () => {
  test('is square where it began before the axis, an arrow where it runs on, ends with the last day', () => {
    expect(lanes(course('R', on('2014'), open))).toEqual([
      { name: ['R'], spans: [{ from: null, to: null, unknown: false, strong: false }] },
    ]);
    expect(lanes(course('R', on('2026-11-01'), until('2026-11-03')))[0]!.spans).toEqual([
      { from: on('2026-11-01').at, to: on('2026-11-04').at, unknown: false, strong: false },
    ]);
  });

  test('is in dashes where its beginning or its end is not written', () => {
    expect(lanes(course('R', null, open))[0]!.spans).toMatchObject([{ from: null, to: null, unknown: true }]);
    expect(lanes(course('R', on('2026-11-01'), unknown))[0]!.spans).toMatchObject([{ from: on('2026-11-01').at, to: null, unknown: true }]);
  });

  test('stands out after a change, and is one of six at most', () => {
    const changed = [course('5 mg', on('2026-01-05'), until('2026-11-19'), 'C08'), course('10 mg', on('2026-11-19'), open, 'C08')];
    expect(lanes(...changed)[0]!.spans.map(({ strong }) => strong)).toEqual([false, true]);
    const many = medicinesOf(
      Array.from({ length: 9 }, (_, i) => course(`M${i}`, on('2014'), open)),
      from,
      now,
    );
    expect([lanesOf(many, from, () => '').length, withoutLane(many), withoutLane(many.slice(0, 6))]).toEqual([6, 3, 0]);
  });
});

test('a day, a month and a year are over when they end', () => {
  expect(overAt(on('2026-11-20'))).toBe(on('2026-11-21').at);
  expect(overAt(on('2026-12', 'month'))).toBe(on('2027-01').at);
  expect(overAt(on('2026', 'year'))).toBe(on('2027').at);
  expect(overAt({ at: now, precision: 'instant' })).toBe(now);
});
