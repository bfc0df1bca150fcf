import { Fragment } from 'react';
import type { ChartDay } from './days.ts';
import classes from './plot.module.css';
import type { Band } from './scale.ts';

/** The bars themselves, and a ▲ over each day that rose above what is usual. */
export function PressureBars({
  days,
  x,
  y,
  step,
  band,
  second,
}: {
  days: readonly ChartDay[];
  x: (ms: number) => number;
  y: (value: number) => number;
  /** Pixels from one day, or week, to the next. */
  step: number;
  band: Band | null;
  second: Band | null;
}) {
  const bar = Math.max(5, Math.min(10, step * 0.46));
  const line = bar < 7 ? 1.25 : 2;
  const span = (low: number, high: number, inset: number) => ({
    y: y(high) - bar / 2 + inset,
    height: Math.max(bar, y(low) - y(high) + bar) - 2 * inset,
    width: bar - 2 * inset,
    rx: bar / 2 - inset,
  });
  return (
    <>
      {days.map((day) => {
        const middle = x(day.day);
        const above = (band !== null && day.high > band.high) || (second !== null && day.second !== null && day.second.high > second.high);
        const tip = y(day.high) - bar / 2 - 5;
        return (
          <Fragment key={day.day}>
            <rect x={middle - bar / 2} {...span(day.low, day.high, 0)} className={classes.solid} />
            {day.second && (
              <rect
                x={middle - bar / 2 + line / 2}
                {...span(day.second.low, day.second.high, line / 2)}
                strokeWidth={line}
                className={classes.hollow}
              />
            )}
            {above && <path d={`M${middle} ${tip - 6}l4 6h-8z`} className={classes.above} />}
          </Fragment>
        );
      })}
    </>
  );
}
