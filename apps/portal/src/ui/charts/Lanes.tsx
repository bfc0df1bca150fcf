import type { CSSProperties, ReactNode } from 'react';
import classes from './Lanes.module.css';
import { along } from './scale.ts';

export type LaneSpan = {
  /** UTC milliseconds; `null` is before the axis, drawn square. */
  readonly from: number | null;
  /** `null` is still going on, drawn as an arrow. */
  readonly to: number | null;
  /** Its beginning or end is not known: drawn in dashes. */
  readonly unknown?: boolean;
  /** Drawn darker: another dose than before. */
  readonly strong?: boolean;
};

/** A medicine over time. */
export type Lane = {
  /** What its spans say, one after the other: "Ramipril 5 mg, all these days". */
  readonly name: readonly string[];
  readonly spans: readonly LaneSpan[];
};

/** What ran alongside, under the same time axis as the chart above. */
export function Lanes({
  name,
  lanes,
  from,
  to,
  start,
  end,
  more,
}: {
  name: string;
  lanes: readonly Lane[];
  from: number;
  to: number;
  /** Pixels between the figure's edges and the axis. */
  start: number;
  end: number;
  /** Said below: how many are not drawn. */
  more?: ReactNode;
}) {
  const share = along([from, to], 0, 100);
  const inside = (at: number) => Math.max(0, Math.min(100, share(at)));
  return (
    <div className={classes.lanes} style={{ '--start': `${start}px`, '--end': `${end}px` } as CSSProperties}>
      <ul aria-label={name}>
        {lanes.map((lane, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lanes keep their places
          <li key={at}>
            {lane.name.map((words, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: and so do their words
              <p key={index} className="meta">
                {words}
              </p>
            ))}
            <span className={classes.lane} aria-hidden="true">
              {lane.spans.map((span, index) => {
                const left = span.from === null ? 0 : inside(span.from);
                const right = span.to === null ? 100 : inside(span.to);
                if (right < left) return null;
                return (
                  <i
                    // biome-ignore lint/suspicious/noArrayIndexKey: spans that began before the axis look alike
                    key={index}
                    data-strong={span.strong || undefined}
                    data-unknown={span.unknown || undefined}
                    data-from={span.from === null ? 'before' : undefined}
                    data-to={span.to === null ? 'open' : undefined}
                    style={{ left: `${left}%`, right: `${100 - right}%` }}
                  />
                );
              })}
            </span>
          </li>
        ))}
      </ul>
      {more && <p className="meta">{more}</p>}
    </div>
  );
}
