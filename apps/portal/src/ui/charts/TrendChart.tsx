import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { EventLine, edges, TimeAxis, UsualBand, ValueAxis } from './axes.tsx';
import { ChartFigure, type ChartTable, type KeyLine } from './ChartFigure.tsx';
import { nearest } from './days.ts';
import { type Lane, Lanes } from './Lanes.tsx';
import classes from './plot.module.css';
import { along, type Band, domainOf } from './scale.ts';
import type { TimeStep } from './time.ts';
import { useCursor } from './useCursor.ts';
import { type Trend, useTrendPlot } from './useTrendPlot.ts';

/**
 * One value over time as a line or as points, before the band of what is usual. Fifty thousand readings draw at once: of each
 * pixel column only first, lowest, highest and last are drawn. Arrow keys go from reading to reading.
 */
export function TrendChart({
  times,
  values,
  band = null,
  from,
  to,
  gap,
  kind = 'line',
  name,
  words,
  say,
  formatTime,
  formatValue = String,
  event,
  lanes,
  table,
  height = 280,
  least = 1,
}: {
  /** ms, rising. */
  times: ArrayLike<number>;
  /** As many as times; `NaN` where nothing was measured. */
  values: ArrayLike<number>;
  band?: Band | null;
  /** Ends of the time axis, ms; without them the first and last reading. */
  from?: number;
  to?: number;
  /** The line breaks where readings lie further apart than this, ms. */
  gap?: number;
  kind?: 'line' | 'points';
  /** A sentence that tells what the chart shows. */
  name: string;
  words: {
    readonly value: string;
    /** "Your usual, 64 to 78"; left out without a band. */
    readonly usual?: string;
    /** Name of the lanes: "Medicines over the same 30 days". */
    readonly lanes?: string;
    /** Said below the lanes: "and 2 more". */
    readonly lanesMore?: string;
  };
  /** A sentence about one reading; its value is `NaN` where nothing was measured. */
  say: (time: number, value: number) => string;
  formatTime: (ms: number, step: TimeStep) => string;
  formatValue?: (value: number) => string;
  /** Something that happened, as a line: "Stronger tablets from today". */
  event?: { readonly at: number; readonly text: string };
  lanes?: readonly Lane[];
  table?: ChartTable;
  /** Pixels. */
  height?: number;
  /** The smallest height of the value axis, so that a steady value looks steady. */
  least?: number;
}) {
  const { ref, width } = useElementSize();
  const first = from ?? times[0] ?? 0;
  const last = Math.max(to ?? times[times.length - 1] ?? first, first + 1);
  const domain = useMemo(() => domainOf(Array.from(values), [band], least), [values, band, least]);
  const trend = useMemo<Trend>(
    () => ({ times, values, from: first, to: last, domain, gap, kind }),
    [times, values, first, last, domain, gap, kind],
  );
  const host = useTrendPlot(trend, width, height);
  const x = along([first, last], edges.left, width - edges.right);
  const y = along(domain, height - edges.bottom, edges.top);
  const back = along([edges.left, width - edges.right], first, last);
  const { at, handle } = useCursor({
    name,
    count: times.length,
    pick: (px) => nearest(times, back(px)),
    say: (index) => say(times[index]!, values[index]!),
  });
  const lines: KeyLine[] = [
    { shape: 'line', text: words.value },
    ...(words.usual !== undefined && band ? [{ shape: 'band', text: words.usual } as const] : []),
    ...(event ? [{ shape: 'event', text: event.text } as const] : []),
  ];
  return (
    <ChartFigure name={name} lines={lines} table={table}>
      <div ref={ref} className={classes.plot} style={{ height }} {...handle}>
        {width > 0 && (
          <svg width={width} height={height} className={classes.picture} aria-hidden="true">
            <ValueAxis domain={domain} width={width} height={height} y={y} format={formatValue} />
            {band && <UsualBand band={band} width={width} y={y} />}
            {event && event.at > first && event.at < last && <EventLine x={x(event.at)} height={height} />}
            {(times.length > 0 || from !== undefined) && (
              <TimeAxis from={first} to={last} width={width} height={height} x={x} format={formatTime} />
            )}
          </svg>
        )}
        <div ref={host} className={classes.host} aria-hidden="true" />
        {at !== null && (
          <div aria-hidden="true">
            <span className={classes.line} style={{ left: x(times[at]!), top: edges.top, bottom: edges.bottom }} />
            {Number.isFinite(values[at]!) && <span className={classes.dot} style={{ left: x(times[at]!), top: y(values[at]!) }} />}
            <span className={classes.tip} data-side={x(times[at]!) > width / 2 ? 'left' : 'right'}>
              {say(times[at]!, values[at]!)}
            </span>
          </div>
        )}
      </div>
      {lanes && lanes.length > 0 && (
        <Lanes
          name={words.lanes ?? name}
          lanes={lanes}
          from={first}
          to={last}
          start={edges.left}
          end={edges.right}
          more={words.lanesMore}
        />
      )}
    </ChartFigure>
  );
}
