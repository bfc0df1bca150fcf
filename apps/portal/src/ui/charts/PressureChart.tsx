import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { EventLine, edges, TimeAxis, UsualBand, ValueAxis } from './axes.tsx';
import { ChartFigure, type ChartTable, type KeyLine } from './ChartFigure.tsx';
import { byWeek, type ChartDay, nearest } from './days.ts';
import { type Lane, Lanes } from './Lanes.tsx';
import { PressureBars } from './PressureBars.tsx';
import classes from './plot.module.css';
import { along, type Band, domainOf } from './scale.ts';
import { dayMs, midnight, type TimeStep } from './time.ts';
import { useCursor } from './useCursor.ts';

/** Under seven pixels a day a bar can no longer be hollow, so a week becomes one pair of bars. */
const leastPixels = 7;

/**
 * Blood pressure as paired range bars: a day has two bars, each from the lowest to the highest reading.
 *
 * The top number is solid and the bottom number hollow, so that the pair can be told apart without colour. Bands lie behind
 * everything; a ▲ stands over a day whose top or bottom number rose above its band. Arrow keys go from day to day.
 */
export function PressureChart({
  days: all,
  band,
  second,
  from,
  to,
  name,
  words,
  say,
  formatTime,
  formatValue = String,
  event,
  lanes,
  table,
  height = 320,
  compact = false,
}: {
  /** Oldest first. */
  days: readonly ChartDay[];
  /** What is usual for the top number, and for the bottom number. */
  band: Band | null;
  second: Band | null;
  /** Ends of the time axis, ms; without them the first and last day. */
  from?: number;
  to?: number;
  /** A sentence that tells what the chart shows. */
  name: string;
  words: {
    readonly top: string;
    readonly bottom: string;
    /** "Your usual, 122 to 136 over 74 to 84"; left out without a band. */
    readonly usual?: string;
    /** Name of the lanes: "Medicines over the same 30 days". */
    readonly lanes?: string;
    /** Said below the lanes: "and 2 more". */
    readonly lanesMore?: string;
  };
  /** A sentence about one day, or about the seven days that end with it. */
  say: (day: ChartDay, span: 'day' | 'week') => string;
  formatTime: (ms: number, step: TimeStep) => string;
  formatValue?: (value: number) => string;
  /** Something that happened, as a line: "Stronger tablets from today". */
  event?: { readonly at: number; readonly text: string };
  lanes?: readonly Lane[];
  table?: ChartTable;
  /** Pixels. */
  height?: number;
  /** Without a key, for a small place beside other things. */
  compact?: boolean;
}) {
  const { ref, width } = useElementSize();
  const known = all.length > 0 || from !== undefined;
  const first = midnight(from ?? all[0]?.day ?? 0);
  const last = Math.max(first, midnight(to ?? all.at(-1)?.day ?? first));
  const count = Math.max(1, Math.round((last - first) / dayMs));
  const weekly = width > 0 && (width - edges.left - edges.right) / count < leastPixels;
  const days = useMemo(() => {
    const inside = all.filter(({ day }) => day >= first - dayMs / 2 && day <= last + dayMs / 2);
    return weekly ? byWeek(inside) : inside;
  }, [weekly, all, first, last]);
  const domain = useMemo(
    () =>
      domainOf(
        all.flatMap((day) => [day.low, day.high, ...(day.second ? [day.second.low, day.second.high] : [])]),
        [band, second],
        40,
      ),
    [all, band, second],
  );
  // A bar has room on both sides of its day.
  const air = dayMs * (weekly ? 4 : 0.7);
  const time = [first - air, last + air] as const;
  const x = along(time, edges.left, width - edges.right);
  const y = along(domain, height - edges.bottom, edges.top);
  const back = along([edges.left, width - edges.right], time[0], time[1]);
  const times = useMemo(() => days.map((day) => day.day), [days]);
  const { at, handle } = useCursor({
    name,
    count: days.length,
    pick: (px) => nearest(times, back(px)),
    say: (index) => say(days[index]!, weekly ? 'week' : 'day'),
  });
  const shown = at === null ? null : days[at]!;
  const lines: KeyLine[] = compact
    ? []
    : [
        { shape: 'solid', text: words.top },
        { shape: 'hollow', text: words.bottom },
        ...(words.usual !== undefined && (band || second) ? [{ shape: 'band', text: words.usual } as const] : []),
        ...(event ? [{ shape: 'event', text: event.text } as const] : []),
      ];

  return (
    <ChartFigure name={name} lines={lines} table={table}>
      <div ref={ref} className={classes.plot} style={{ height }} {...handle}>
        {width > 0 && (
          <svg width={width} height={height} className={classes.picture} aria-hidden="true">
            <ValueAxis domain={domain} width={width} height={height} y={y} format={formatValue} />
            {band && <UsualBand band={band} width={width} y={y} />}
            {second && <UsualBand band={second} width={width} y={y} />}
            {event && event.at > time[0] && event.at < time[1] && <EventLine x={x(event.at)} height={height} />}
            {shown && <line x1={x(shown.day)} x2={x(shown.day)} y1={edges.top} y2={height - edges.bottom} className={classes.cursor} />}
            <PressureBars days={days} x={x} y={y} step={(x(last) - x(first)) / count / (weekly ? 1 / 7 : 1)} band={band} second={second} />
            {known && <TimeAxis from={first} to={last} width={width} height={height} x={x} format={formatTime} least="day" />}
          </svg>
        )}
        {shown && (
          <div className={classes.tip} data-side={x(shown.day) > width / 2 ? 'left' : 'right'} aria-hidden="true">
            {say(shown, weekly ? 'week' : 'day')}
          </div>
        )}
      </div>
      {lanes && lanes.length > 0 && (
        <Lanes
          name={words.lanes ?? name}
          lanes={lanes}
          from={time[0]}
          to={time[1]}
          start={edges.left}
          end={edges.right}
          more={words.lanesMore}
        />
      )}
    </ChartFigure>
  );
}
