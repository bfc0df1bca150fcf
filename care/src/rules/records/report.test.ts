import { expect, test } from 'vitest';
import { type Remark, summary } from './report.ts';

test('the same remark in many entries is one line with a number', () => {
  const unknown = (entry: number): Remark => ({
    kind: 'unknown-field',
    place: `entry ${entry} at byte ${entry * 9}: Patient.shoeSize`,
    because: 'kept',
  });
  const refused: Remark = { kind: 'refused', place: 'entry 3: Patient.id', because: 'an id' };
  expect(summary([refused, unknown(1), unknown(2)]).map(({ remark, times }) => [remark.place, times])).toEqual([
    ['entry 1 at byte 9: Patient.shoeSize', 2],
    ['entry 3: Patient.id', 1],
  ]);
});
