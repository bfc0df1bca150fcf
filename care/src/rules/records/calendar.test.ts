import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  ancestors,
  children,
  contains,
  dayOf,
  daysOf,
  daysWrapped,
  isClosed,
  longestKey,
  monthsWrapped,
  parsePeriod,
  spanOf,
  timeCover,
  wrapBudget,
} from './calendar.ts';

test('a period is a word of the calendar, and 30 February is none', () => {
  expect(['always', '202', '2026', '2026-11', '2026-11-20'].map(spanOf)).toEqual(['always', 'decade', 'year', 'month', 'day']);
  for (const none of [
    '',
    '20',
    '17',
    '179',
    '210',
    '1799',
    '2100',
    '2026-13',
    '2026-00',
    '2026-02-29',
    '2026-04-31',
    '2026-11-00',
    '2026-1',
    'Always',
    '2026-11-20T00',
  ]) {
    expect(spanOf(none), none).toBeUndefined();
    expect(() => parsePeriod(none)).toThrow('it is not a period of the calendar');
  }
});

test('leap days are where Gregory put them', () => {
  expect(['2024-02-29', '2000-02-29', '1900-02-29', '2023-02-29'].map(spanOf)).toEqual(['day', 'day', undefined, undefined]);
  expect(children('2024-02')).toHaveLength(29);
  expect(children('1900-02')).toHaveLength(28);
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  expect(addDays('2023-02-28', 1)).toBe('2023-03-01');
  expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
  expect(addMonths('2026-01-31', -1)).toBe('2025-12');
  expect(addMonths('2026-11', 14)).toBe('2028-01');
});

test('every node is reached from always by trying at most 31 words', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1800-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (date) => {
      const day = dayOf(date.getTime());
      const way = [...ancestors(day), day];
      expect(way).toHaveLength(5);
      for (let i = 1; i < way.length; i++) {
        expect(children(way[i - 1]!)).toContain(way[i]);
        expect(children(way[i - 1]!).length).toBeLessThanOrEqual(31);
        expect(contains(way[i - 1]!, way[i]!)).toBe(true);
        expect(contains(way[i]!, way[i - 1]!)).toBe(false);
      }
      expect(children(day)).toEqual([]);
    }),
  );
  expect(ancestors('always')).toEqual([]);
  expect(ancestors('2026')).toEqual(['always', '202']);
});

test('the children of a period are its days, no more and no less', () => {
  for (const period of ['201', '2024', '2024-02', '2026-12']) {
    const inside = children(period);
    expect(daysOf(inside[0]!).first).toBe(daysOf(period).first);
    expect(daysOf(inside.at(-1)!).last).toBe(daysOf(period).last);
    for (let i = 1; i < inside.length; i++) expect(daysOf(inside[i]!).first).toBe(addDays(daysOf(inside[i - 1]!).last, 1));
  }
});

test('a period is closed when its last day is over', () => {
  expect(isClosed('2026-10', '2026-10-31')).toBe(false);
  expect(isClosed('2026-10', '2026-11-01')).toBe(true);
  expect(isClosed('202', '2029-12-31')).toBe(false);
  expect(isClosed('202', '2030-01-01')).toBe(true);
  expect(isClosed('always', '2099-12-31')).toBe(false);
});

test('nothing open is wrapped, nor the root of a dated tree', () => {
  const today = '2026-11-20';
  expect(wrapBudget(['2026-11-20', '2026-10-03', '2014-05-01', 'always'], today)).toEqual([
    'always',
    '201',
    '2014',
    '2026-10',
    '2026-10-03',
    '2026-11-20',
  ]);
  expect(wrapBudget(['2026', '2026-11', '2027-01-01'], today)).toEqual([]);
  expect(wrapBudget(['2026-11-27', '2026-11-28'], today)).toEqual(['2026-11-27']);
  expect(wrapBudget(['2024-11-01', '2024-10-31'], today)).toEqual(['2024', '2024-11']);
  expect(wrapBudget(['1998'], today)).toEqual(['199', '1998']);
  expect(wrapBudget([], today)).toEqual([]);
});

test('the days of the open month are always among the wrapped ones', () => {
  for (let day = '2023-01-01'; day < '2025-01-01'; day = addDays(day, 1)) {
    const first = `${day.slice(0, 7)}-01`;
    expect(wrapBudget([first], day)).toContain(first);
  }
  expect(daysWrapped).toBeGreaterThan(31);
});

test('a key whose window starts in mid-month names exactly the days inside it', () => {
  expect(timeCover('2026-08-15', '2026-11-04', '2026-11-03')).toEqual([
    'always',
    '2026-09',
    '2026-10',
    '2026-11-01',
    '2026-11-02',
    '2026-11-03',
    '2026-11-04',
  ]);
  expect(timeCover('2026-10-30', '2026-11-01', '2026-11-20')).toEqual(['always', '2026-10-30', '2026-10-31', '2026-11-01']);
  // Older windows are rounded inward to months.
  expect(timeCover('2015-06-15', '2016-02-10', '2026-11-20')).toEqual([
    'always',
    ...['07', '08', '09', '10', '11', '12'].map((month) => `2015-${month}`),
    '2016-01',
  ]);
});

test('a key knows the months and the year that end before it does', () => {
  const cover = timeCover('2026-01-01', '2027-02-10', '2026-11-20', '2027-02-10');
  expect(cover).toContain('2026');
  expect(cover).toContain('2026-12');
  expect(cover).not.toContain('2027-02');
  expect(cover.filter((period) => spanOf(period) === 'day')).toHaveLength(30 + 31 + 31 + 10);
});

test('a key for what has no end, or of more than a quarter, is refused', () => {
  expect(() => timeCover('2026-02-01', '2026-01-01', '2026-02-01')).toThrow('the window ends before it begins');
  expect(() => timeCover('2026-01-01', '2026-12-31', '2026-02-01')).toThrow('a key lasts at most a quarter');
  expect(() => timeCover('2026-01-01', '2026-12-31', '2026-02-01', '2026-01-31')).toThrow('a key lasts at most a quarter');
  expect(() => timeCover('2026', '2026-12-31', '2026-02-01')).toThrow('a window is given in days');
});

const day = (from: string, to: string) =>
  fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map((date) => dayOf(date.getTime()));
const edges = fc.constantFrom(
  '2023-12-31',
  '2024-01-01',
  '2024-02-28',
  '2024-02-29',
  '2024-03-01',
  '2019-12-31',
  '2020-01-01',
  '2024-11-30',
  '2024-12-01',
);

test('over 3,000 windows and forty dates of each: a day inside is reached by some wrap, a day outside by none', () => {
  let reached = 0;
  fc.assert(
    fc.property(
      fc.oneof(day('2010-01-01', '2035-12-31'), edges),
      fc.oneof(fc.nat({ max: 90 }), fc.nat({ max: 900 }), fc.nat({ max: 30_000 })),
      fc.oneof(fc.nat({ max: 90 }), fc.nat({ max: 900 })),
      fc.nat({ max: longestKey }),
      fc.nat({ max: longestKey }),
      fc.array(fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 35_000 })), { minLength: 40, maxLength: 40 }),
      (today, back, length, validity, later, ages) => {
        const from = addDays(today, -back) < '1900-01-01' ? '1900-01-01' : addDays(today, -back);
        const to = addDays(from, length);
        const validUntil = addDays(today, validity);
        const cover = timeCover(from, to, today, validUntil);
        const last = [to, validUntil].sort()[0]!;
        const readOn = addDays(today, Math.min(later, validity));
        for (const node of cover) {
          if (node === 'always') continue;
          expect(daysOf(node).first >= from && daysOf(node).last <= last, `${node} lies in ${from} to ${last}`).toBe(true);
        }
        for (const age of ages) {
          const record = addDays(readOn, 3 - age);
          if (record < '1900-01-01') continue;
          const wraps = wrapBudget([record], readOn);
          const opened = wraps.filter((node) => cover.includes(node));
          const inside = record >= from && record <= last;
          // Wraps of whole periods in the window, as they stand on the day of reading: one of them must be named.
          const could = wraps.filter((node) => daysOf(node).first >= from && daysOf(node).last <= last);
          if (!inside) expect(opened, `${record} is outside ${from} to ${last}`).toEqual([]);
          else if (could.length > 0) {
            expect(opened, `${record} is inside ${from} to ${last}, issued ${today}, read ${readOn}`).not.toEqual([]);
            reached++;
          } else {
            // Cut by the window and too old for finer wraps: a key holder wraps its month on demand.
            expect(record.slice(0, 4) === from.slice(0, 4) || record.slice(0, 4) === last.slice(0, 4)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(reached).toBeGreaterThan(3000);
});

test('every day of the last 24 months that a window holds is reached, whatever the window', () => {
  const today = '2026-11-20';
  for (const from of ['2024-12-01', '2025-02-10', '2026-01-01', '2026-09-22', '2026-10-05', '2026-11-03']) {
    const cover = timeCover(from, today, today);
    // From the window's first whole month on, and every day of the last sixty.
    const first = from.endsWith('-01') || from >= addDays(today, 1 - daysWrapped) ? from : `${addMonths(from, 1)}-01`;
    for (let record = first; record <= today; record = addDays(record, 1)) {
      expect(
        wrapBudget([record], today).some((node) => cover.includes(node)),
        `${record} from ${from}`,
      ).toBe(true);
    }
  }
  expect(monthsWrapped).toBe(24);
});

test('a history of 130 years with a quarter ahead takes 160 rows, or some more at the end of a decade', () => {
  const sizes: number[] = [];
  let over = 0;
  for (let today = '2025-01-01'; today < '2036-01-01'; today = addDays(today, 11)) {
    for (const shift of [0, 97, 200, 333, 1500, 2500, 3400]) {
      const from = addDays(today, -130 * 365 - shift);
      const { length } = timeCover(from, addDays(today, longestKey), today, addDays(today, longestKey));
      sizes.push(length);
      if (length > 160) over++;
    }
  }
  sizes.sort((a, b) => a - b);
  const share = over / sizes.length;
  console.log(
    `rows of 130 years and a quarter: median ${sizes[sizes.length >> 1]}, most ${sizes.at(-1)}, over 160 in ${(share * 100).toFixed(1)} %`,
  );
  expect(sizes[sizes.length >> 1]).toBeLessThanOrEqual(160);
  expect(sizes.at(-1)).toBeLessThanOrEqual(181);
});
