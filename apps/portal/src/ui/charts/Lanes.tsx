import type { CSSProperties } from 'react';
import classes from './Lanes.module.css';
import { along } from './scale.ts';

/** A medicine over time. `null` is an end that lies outside or is not known. */
export type Lane = {
  /** With its dose: "Ramipril 5 mg, all month". */
  readonly name: string;
  readonly spans: readonly {
    readonly from: number | null;
    readonly to: number | null;
    /** Drawn darker: a higher dose. */
    readonly strong?: boolean;
  }[];
};

/** What ran alongside, under the same time axis as the chart above. */
export function Lanes({
  name,
  lanes,
  from,
  to,
  start,
  end,
}: {
  name: string;
  lanes: readonly Lane[];
  from: number;
  to: number;
  /** Pixels between the figure's edges and the axis. */
  start: number;
  end: number;
}) {
  const share = along([from, to], 0, 100);
  const inside = (at: number) => Math.max(0, Math.min(100, share(at)));
  return (
    <ul className={classes.lanes} aria-label={name} style={{ '--start': `${start}px`, '--end': `${end}px` } as CSSProperties}>
      {lanes.map((lane, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same medicine may stand in two prescriptions
        <li key={at}>
          <p className="meta">{lane.name}</p>
          <span className={classes.lane} aria-hidden="true">
            {lane.spans.map((span, index) => {
              const left = span.from === null ? 0 : inside(span.from);
              const right = span.to === null ? 100 : inside(span.to);
              if (right <= left) return null;
              // biome-ignore lint/suspicious/noArrayIndexKey: spans that began before the axis look alike
              return <i key={index} data-strong={span.strong || undefined} style={{ left: `${left}%`, right: `${100 - right}%` }} />;
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
