import { describe, expect, it } from 'vitest';
import { earliest, kept, leastZoom, mostZoom, rowOf, secondsAcross, secondsOf, zoomedAt, zoomStep, zooms } from './trace.ts';

describe('a heart trace', () => {
  it('shows 25 mm a second at any zoom', () => {
    for (const px of zooms) expect(secondsAcross(25 * px, px)).toBe(1);
  });

  it('stops where the paper ends', () => {
    const width = 1000;
    expect(kept({ from: -99, px: 4 }, width, 30).from).toBe(earliest);
    expect(kept({ from: 99, px: 4 }, width, 30).from).toBe(30 - secondsAcross(width, 4));
    expect(kept({ from: 5, px: 99 }, width, 30).px).toBe(mostZoom);
    expect(kept({ from: 5, px: 0 }, width, 30).px).toBe(leastZoom);
  });

  it('stays at its beginning when all of it is seen', () => {
    expect(kept({ from: 3, px: 4 }, 5000, 10).from).toBe(earliest);
  });

  it('keeps the second under the hand while it grows', () => {
    const view = { from: 2, px: 4 };
    const x = 300;
    const grown = zoomedAt(view, 8, x);
    expect(grown.from + secondsAcross(x, grown.px)).toBeCloseTo(view.from + secondsAcross(x, view.px), 10);
  });

  it('goes from zoom to zoom, also from between', () => {
    expect(zoomStep(4, 1)).toBe(5);
    expect(zoomStep(4, -1)).toBe(3);
    expect(zoomStep(4.4, 1)).toBe(5);
    expect(zoomStep(4.4, -1)).toBe(4);
    expect(zoomStep(mostZoom, 1)).toBe(mostZoom);
    expect(zoomStep(leastZoom, -1)).toBe(leastZoom);
  });

  it('has room for its highest and lowest, in whole squares', () => {
    const row = rowOf([0.1, 2.2, -1.4, Number.NaN]);
    expect(row.baselineMm).toBeGreaterThanOrEqual(22);
    expect(row.heightMm - row.baselineMm).toBeGreaterThanOrEqual(14);
    expect(row.heightMm % 5).toBe(0);
    expect(row.baselineMm % 5).toBe(0);
  });

  it('has room for the 1 mV step even where the heart is quiet, and no more than five millivolts where it is torn off', () => {
    expect(rowOf([0, 0.01]).baselineMm).toBeGreaterThan(10);
    expect(rowOf([400, -400]).heightMm).toBeLessThanOrEqual(110);
  });

  it('is as long as its longest lead', () => {
    const lead = (length: number, perSecond: number) => ({ name: 'I', perSecond, millivolts: new Float64Array(length) });
    expect(secondsOf([lead(500, 250), lead(720, 360), lead(900, 250)])).toBe(3.6);
    expect(secondsOf([])).toBe(0);
  });
});
