import { expect, it } from 'vitest';
import { sliced } from './slices.ts';

const days = [
  { key: 'today', items: ['a', 'b'] },
  { key: 'yesterday', items: ['c', 'd', 'e'] },
  { key: 'before', items: ['f'] },
];

it('a slice ends inside a group and leaves later ones out', () => {
  expect(sliced(days, 3)).toEqual([
    { key: 'today', items: ['a', 'b'] },
    { key: 'yesterday', items: ['c'] },
  ]);
});

it('a slice at a group’s end has no empty group behind it', () => {
  expect(sliced(days, 2).map(({ key }) => key)).toEqual(['today']);
});

it('a slice longer than everything is everything, and the very same groups', () => {
  expect(sliced(days, 99)).toEqual(days);
  expect(sliced(days, 99)[0]).toBe(days[0]);
});
