import { describe, expect, it } from 'vitest';
import { along, domainOf, ticks } from './scale.ts';

describe('a value axis', () => {
  it('holds all values and bands, with round ends', () => {
    const [low, high] = domainOf([72, 149], [{ low: 74, high: 84 }], 40);
    expect(low).toBeLessThan(72);
    expect(high).toBeGreaterThan(149);
    expect(low % 20).toBe(0);
    expect(high % 20).toBe(0);
  });

  it('gives a steady value air instead of a mountain', () => {
    const [low, high] = domainOf([70, 70.1], [], 20);
    expect(high - low).toBeGreaterThanOrEqual(20);
  });

  it('stands without any value', () => {
    expect(domainOf([], [null], 5)).toEqual([0, 5]);
  });

  it('does not hear of values that are not numbers', () => {
    const [low, high] = domainOf([Number.NaN, 5, Number.POSITIVE_INFINITY], [], 1);
    expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
  });

  it('has lines at round values only', () => {
    expect(ticks([60, 160], 5)).toEqual([60, 80, 100, 120, 140, 160]);
    expect(ticks([0, 0.35], 4)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it('never has more lines than asked for and one', () => {
    for (const [low, high] of [
      [0, 1],
      [3, 97],
      [58, 163],
      [-40, 41],
      [0, 12345],
    ] as const) {
      const lines = ticks([low, high], 5);
      expect(lines.length).toBeLessThanOrEqual(6);
      expect(lines.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('ends also for values beyond all counting', () => {
    expect(ticks([1e17, 1e17 + 64], 5).length).toBeLessThanOrEqual(7);
    expect(ticks(domainOf([1e308, -1e308]), 5).length).toBeLessThanOrEqual(7);
  });

  it('goes straight from values to pixels', () => {
    const y = along([0, 10], 100, 0);
    expect([y(0), y(5), y(10)]).toEqual([100, 50, 0]);
  });

  it('puts everything in the middle where it has no height', () => {
    expect(along([5, 5], 0, 100)(5)).toBe(50);
  });
});
