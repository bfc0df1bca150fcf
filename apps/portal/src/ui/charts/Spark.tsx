import type { ChartDay } from './days.ts';
import classes from './Spark.module.css';
import { along, type Band, domainOf } from './scale.ts';

/**
 * A trend as a small picture: its line, its last value as a dot, and the band behind.
 *
 * @param values oldest first, evenly spaced; `null` where there is none
 * @param name the trend as a sentence, for those who do not see it
 */
export function Spark({
  values,
  band = null,
  name,
  least = 1,
  tall,
}: {
  values: readonly (number | null)[];
  band?: Band | null;
  name: string;
  /** The smallest height worth drawing, in the value's unit. */
  least?: number;
  tall?: boolean;
}) {
  const there = values.flatMap((value, at) => (value === null ? [] : [{ at, value }]));
  const y = along(
    domainOf(
      there.map(({ value }) => value),
      [band],
      least,
    ),
    100,
    0,
  );
  // One value alone stands where the newest always stands.
  const x = along([Math.min(0, values.length - 2), values.length - 1], 0, 100);
  const last = there.at(-1);
  return (
    <div className={classes.spark} data-tall={tall || undefined} role="img" aria-label={name}>
      {band && <Strip band={band} y={y} />}
      {there.length > 1 && (
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <polyline points={there.map(({ at, value }) => `${x(at).toFixed(2)},${y(value).toFixed(2)}`).join(' ')} />
        </svg>
      )}
      {last && <span className={classes.end} style={{ left: `${x(last.at)}%`, top: `${y(last.value)}%` }} />}
    </div>
  );
}

/** Blood pressure as a small picture: a pair of bars a day, the top number solid, the bottom number hollow. */
export function SparkPressure({
  days,
  band,
  second,
  name,
  tall,
}: {
  /** Oldest first. */
  days: readonly ChartDay[];
  band: Band | null;
  second: Band | null;
  name: string;
  tall?: boolean;
}) {
  const y = along(
    domainOf(
      days.flatMap((day) => [day.low, day.high, ...(day.second ? [day.second.low, day.second.high] : [])]),
      [band, second],
      40,
    ),
    100,
    0,
  );
  const bar = (low: number, high: number) => ({ top: `calc(${y(high)}% - 3px)`, bottom: `calc(${100 - y(low)}% - 3px)` });
  return (
    <div className={classes.spark} data-tall={tall || undefined} role="img" aria-label={name}>
      {band && <Strip band={band} y={y} />}
      {second && <Strip band={second} y={y} />}
      <span className={classes.columns} aria-hidden="true">
        {days.map((day) => (
          <span key={day.day} className={classes.column}>
            <i className={classes.solid} style={bar(day.low, day.high)} />
            {day.second && <i className={classes.hollow} style={bar(day.second.low, day.second.high)} />}
          </span>
        ))}
      </span>
    </div>
  );
}

function Strip({ band, y }: { band: Band; y: (value: number) => number }) {
  return <span className={classes.band} style={{ top: `${y(band.high)}%`, bottom: `${100 - y(band.low)}%` }} />;
}
