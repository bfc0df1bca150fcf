import { describe, expect, it } from 'vitest';
import { rangePlace } from './range.ts';

describe('a result on its bar', () => {
  it('lies in the middle when it is in the middle of what is usual', () => {
    expect(rangePlace(4, 3, 5)).toEqual({ value: 0.5, from: 0.25, to: 0.75, standing: 'within' });
  });

  it('is within at both ends of what is usual', () => {
    expect(rangePlace(3, 3, 5)).toMatchObject({ value: 0.25, standing: 'within' });
    expect(rangePlace(5, 3, 5)).toMatchObject({ value: 0.75, standing: 'within' });
  });

  it('stays at the edge when it is far out', () => {
    expect(rangePlace(500, 3, 5)).toMatchObject({ value: 0.98, standing: 'above' });
    expect(rangePlace(-500, 3, 5)).toMatchObject({ value: 0.02, standing: 'below' });
  });

  it('has an open end where nothing is too low', () => {
    expect(rangePlace(5.9, null, 5)).toMatchObject({ from: 0, standing: 'above' });
    expect(rangePlace(5.9, null, 5)!.value).toBeGreaterThan(2 / 3);
    expect(rangePlace(4.9, null, 5)!.value).toBeLessThan(2 / 3);
  });

  it('has an open end where nothing is too high', () => {
    expect(rangePlace(0.9, 1, null)).toMatchObject({ to: 1, standing: 'below' });
    expect(rangePlace(0.9, 1, null)!.value).toBeLessThan(1 / 3);
    expect(rangePlace(7, 1, null)).toMatchObject({ value: 0.98, standing: 'within' });
  });

  it('has no place where nothing is known to be usual', () => {
    expect(rangePlace(5, null, null)).toBeNull();
  });

  it('is a number even where what is usual is one value, or zero', () => {
    for (const place of [rangePlace(1, 1, 1), rangePlace(1, null, 0), rangePlace(-1, 0, null)]) {
      expect(Number.isFinite(place!.value)).toBe(true);
    }
  });
});
