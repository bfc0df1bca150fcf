import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { edges, TimeAxis, ValueAxis } from './axes.tsx';
import { ChartFigure, type ChartTable, type KeyLine } from './ChartFigure.tsx';
import { CountBars, type CountSpan } from './CountBars.tsx';
import classes from './plot.module.css';
import { along, type Domain } from './scale.ts';
import type { TimeStep } from './time.ts';
import { useCursor } from './useCursor.ts';

/** Under so many pixels a bar could not be hollow, so there are half as many bars. */
const leastWidth = 500;

/** No bar fills the picture, so that few look like few. */
const leastTop = 4;

/**
 * How many came in, a bar for every span of time: solid are those that went on, hollow above them those that wait. Nothing
 * is ever simply missing. Arrow keys go from span to span.
 */
export function CountChart({
  spans: all,
  every,
  away,
  title,
  name,
  words,
  say,
  formatTime,
  formatValue,
  table,
  height = 190,
}: {
  /** Oldest first, one after the other. */
  spans: readonly CountSpan[];
  /** How long each is, ms. */
  every: number;
  /** Times in which none could go on; `to` is null while that lasts. */
  away: readonly { readonly from: number; readonly to: number | null }[];
  title: ReactNode;
  /** A sentence that tells what the chart shows, which may be the later half. */
  name: (shown: readonly CountSpan[]) => string;
  /** Of the key; `hollow` and `away` are left out where there are none. */
  words: { readonly solid: string; readonly hollow: string; readonly away: string };
  say: (span: CountSpan) => string;
  formatTime: (ms: number, step: TimeStep) => string;
  formatValue: (value: number) => string;
  table: ChartTable;
  height?: number;
}) {
  const { ref, width } = useElementSize();
  const spans = width > 0 && width < leastWidth ? all.slice(all.length / 2) : all;
  const from = spans[0]?.from ?? 0;
  const to = from + spans.length * every;
  const domain: Domain = [0, Math.max(leastTop, ...spans.map(({ solid, hollow }) => (solid + hollow) * 1.08))];
  const x = along([from, to], edges.left, width - edges.right);
  const y = along(domain, height - edges.bottom, edges.top);
  const back = along([edges.left, width - edges.right], 0, spans.length);
  const said = name(spans);
  const { at, handle } = useCursor({
    name: said,
    count: spans.length,
    pick: (px) => Math.max(0, Math.min(spans.length - 1, Math.floor(back(px)))),
    say: (index) => say(spans[index]!),
  });
  const shown = at === null ? null : spans[at]!;
  const gaps = away.flatMap((one) => {
    const [first, last] = [Math.max(from, one.from), Math.min(to, one.to ?? to)];
    return last > first ? [{ first, last }] : [];
  });
  const lines: KeyLine[] = [
    { shape: 'solid', text: words.solid },
    ...(spans.some(({ hollow }) => hollow > 0) ? [{ shape: 'hollow', text: words.hollow } as const] : []),
    ...(gaps.length > 0 ? [{ shape: 'away', text: words.away } as const] : []),
  ];

  return (
    <ChartFigure name={said} title={title} lines={lines} table={table}>
      <div ref={ref} className={classes.plot} style={{ height }} {...handle}>
        {width > 0 && (
          <svg width={width} height={height} className={classes.picture} aria-hidden="true">
            {gaps.map(({ first, last }) => (
              <g key={first}>
                <rect
                  x={x(first)}
                  y={edges.top}
                  width={x(last) - x(first)}
                  height={height - edges.top - edges.bottom}
                  className={classes.away}
                />
                <line x1={x(first)} x2={x(first)} y1={edges.top} y2={height - edges.bottom} className={classes.awayEdge} />
              </g>
            ))}
            <ValueAxis domain={domain} width={width} height={height} y={y} format={formatValue} />
            {shown && (
              <line
                x1={x(shown.from + every / 2)}
                x2={x(shown.from + every / 2)}
                y1={edges.top}
                y2={height - edges.bottom}
                className={classes.cursor}
              />
            )}
            <CountBars spans={spans} every={every} x={x} y={y} />
            <TimeAxis from={from} to={to} width={width} height={height} x={x} format={formatTime} />
          </svg>
        )}
        {shown && (
          <div className={classes.tip} data-side={x(shown.from) > width / 2 ? 'left' : 'right'} aria-hidden="true">
            {say(shown)}
          </div>
        )}
      </div>
    </ChartFigure>
  );
}
