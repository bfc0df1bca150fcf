import type { DoctorKey } from '@carelet/client/keyring/keyring';
import { unhex } from '@carelet/crypto/algebra/bytes';
import { expect, test } from 'vitest';
import { endingLines, endingsOf } from './endings.ts';

const [northgate, harbour] = ['aa', 'bb'].map((byte) => byte.repeat(16)) as [string, string];
const end = (day: string) => Date.parse(`${day}T23:59:59Z`) / 1000;
const key = (organisation: string, day: string) => ({ organisation: unhex(organisation), notAfter: end(day) }) as DoctorKey;
const now = Date.parse('2026-11-20T09:41:00Z');

test('a key that ended is remembered, one that was taken away is not, one that was renewed ends later', () => {
  const known = new Map([
    [northgate, end('2026-11-01')],
    [harbour, end('2027-01-31')],
  ]);
  expect(endingsOf([], known, now)).toEqual(new Map([[northgate, end('2026-11-01')]]));
  expect(endingsOf([key(northgate, '2027-02-18')], known, now)).toEqual(new Map([[northgate, end('2027-02-18')]]));
});

test('a key that ends with this day is not over before midnight', () => {
  const known = new Map([[northgate, end('2026-11-20')]]);
  expect(endingsOf([], known, Date.parse('2026-11-20T23:59:59Z'))).toEqual(new Map());
  expect(endingsOf([], known, Date.parse('2026-11-21T00:00:00Z'))).toEqual(known);
});

test('endings are told by the name of the place and the last day, the soonest first', () => {
  const endings = endingsOf([key(northgate, '2027-02-18'), key(harbour, '2026-11-24')], new Map(), now);
  expect(endingLines(endings, (place) => (place === harbour ? 'Harbour Clinic' : undefined))).toEqual([
    { place: { id: harbour, name: 'Harbour Clinic' }, at: Date.parse('2026-11-25'), lastDay: '2026-11-24' },
    { place: { id: northgate, name: northgate }, at: Date.parse('2027-02-19'), lastDay: '2027-02-18' },
  ]);
});
