/**
 * The trace of a trend on a canvas, drawn by uPlot, which is fetched when the first trend is shown. Axes and bands are drawn
 * around it as SVG.
 *
 * @module
 */
import { type RefObject, useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { edges } from './axes.tsx';
import { decimate } from './decimate.ts';
import type { Domain } from './scale.ts';
import { useTokens } from './useTokens.ts';

export type Trend = {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
  readonly domain: Domain;
  /** Readings further apart than this are not joined, ms. */
  readonly gap: number | undefined;
  readonly kind: 'line' | 'points';
};

/** Draws the trend into the element that gets the returned ref, and anew when trend, size or colours change. */
export function useTrendPlot(trend: Trend, width: number, height: number): RefObject<HTMLDivElement | null> {
  const host = useRef<HTMLDivElement>(null);
  const colours = useTokens('trace', 'surface');
  useEffect(() => {
    const target = host.current;
    const columns = Math.round(width - edges.left - edges.right);
    if (!target || !colours || columns < 20) return;
    let plot: uPlot | null = null;
    let gone = false;
    void load().then((Plot) => {
      if (gone) return;
      const points = decimate(trend.times, trend.values, { ...trend, columns });
      // Readings far enough apart to be seen one by one are seen as such.
      const apart = trend.kind === 'points' || points.times.length < columns / 14;
      plot = new Plot(optionsOf(trend, apart, width, height, colours), [points.times, points.values], target);
    });
    return () => {
      gone = true;
      plot?.destroy();
    };
  }, [trend, width, height, colours]);
  return host;
}

const load = async () => {
  const [{ default: Plot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  return Plot;
};

function optionsOf(
  { from, to, domain, kind }: Trend,
  apart: boolean,
  width: number,
  height: number,
  { trace, surface }: Readonly<Record<'trace' | 'surface', string>>,
): uPlot.Options {
  return {
    width,
    height,
    padding: [edges.top, edges.right, edges.bottom, edges.left],
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false, range: () => [from, to] }, y: { range: () => [...domain] } },
    series: [
      {},
      {
        stroke: trace,
        width: 2,
        ...(kind === 'points' ? { paths: () => null } : {}),
        points: { show: apart, size: 10, width: 1.5, fill: trace, stroke: surface },
      },
    ],
  };
}
