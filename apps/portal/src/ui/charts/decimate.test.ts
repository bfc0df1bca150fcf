import { describe, expect, it } from 'vitest';
import { decimate, extremes } from './decimate.ts';

const whole = (times: number[], values: number[], columns: number, gap?: number) =>
  decimate(times, values, { from: times[0]!, to: times.at(-1)!, columns, gap });

describe('fewer points', () => {
  it('keep first, lowest, highest and last of a column, in order of time', () => {
    const times = [0, 1, 2, 3, 4, 5];
    expect(decimate(times, [5, 9, 7, 1, 4, 6], { from: 0, to: 6, columns: 1 })).toEqual({ times: [0, 1, 3, 5], values: [5, 9, 1, 6] });
  });

  it('leave few points as they are', () => {
    expect(whole([0, 10, 20], [1, 2, 3], 600)).toEqual({ times: [0, 10, 20], values: [1, 2, 3] });
  });

  it('never exceed four a column and keep the highest of fifty thousand', () => {
    const times = Float64Array.from({ length: 50_000 }, (_, at) => at * 60_000);
    const values = Float64Array.from(times, (_, at) => Math.sin(at / 50) * 10);
    values[31_415] = 99;
    const out = decimate(times, values, { from: 0, to: 50_000 * 60_000, columns: 800 });
    expect(out.times.length).toBeLessThanOrEqual(3200);
    expect(out.values).toContain(99);
    expect(out.times).toEqual([...out.times].sort((a, b) => a - b));
  });

  it('break where nothing was measured, once', () => {
    expect(whole([0, 1, 2, 3, 4], [1, Number.NaN, Number.NaN, 4, 5], 400).values).toEqual([1, null, 4, 5]);
  });

  it('do not begin with a break', () => {
    expect(whole([0, 1, 2], [Number.NaN, 2, 3], 400).values).toEqual([2, 3]);
  });

  it('break where readings lie further apart than the gap', () => {
    expect(whole([0, 1, 11, 12], [1, 2, 3, 4], 400, 5)).toEqual({ times: [0, 1, 6, 11, 12], values: [1, 2, null, 3, 4] });
  });

  it('leave out what lies outside', () => {
    expect(decimate([0, 1, 2, 3], [1, 2, 3, 4], { from: 1, to: 2, columns: 100 }).values).toEqual([2, 3]);
  });
});

describe('extremes', () => {
  it('are lowest and highest of each column', () => {
    const { low, high } = extremes([1, 5, -2, 3], 2);
    expect([...low]).toEqual([1, -2]);
    expect([...high]).toEqual([5, 3]);
  });

  it('are nothing where nothing was measured', () => {
    const { low, high } = extremes([Number.NaN, Number.NaN, 3, Number.NaN], 2);
    expect([...low]).toEqual([Number.NaN, 3]);
    expect([...high]).toEqual([Number.NaN, 3]);
  });

  it('give every column a sample when there are more columns than samples', () => {
    expect([...extremes([1, 2], 4).low]).toEqual([1, 1, 2, 2]);
  });

  it('look at no more than the stretch asked for', () => {
    const { low, high } = extremes([9, 1, 2, 9], 1, 1, 3);
    expect([low[0], high[0]]).toEqual([1, 2]);
  });
});
