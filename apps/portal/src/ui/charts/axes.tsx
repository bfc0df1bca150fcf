/**
 * What charts have around their readings: two axes, the band of what is usual, and a line for something that happened.
 * Time runs left to right in every language.
 *
 * @module
 */
import classes from './plot.module.css';
import { type Band, type Domain, ticks } from './scale.ts';
import { type TimeStep, timeTicks } from './time.ts';

/** Pixels around the plot, kept for labels. */
export const edges = { left: 44, right: 16, top: 14, bottom: 28 } as const;

type Across = (ms: number) => number;
type Up = (value: number) => number;

/** Pixels that a label of the time axis takes, and that one of the value axis takes with the air around it. */
const labelWidth = 84;
const labelHeight = 52;

/** Lines across at round values, and their numbers. */
export function ValueAxis({
  domain,
  width,
  height,
  y,
  format,
}: {
  domain: Domain;
  width: number;
  height: number;
  y: Up;
  format: (value: number) => string;
}) {
  return (
    <>
      {ticks(domain, Math.max(2, Math.floor(height / labelHeight))).map((value) => {
        const line = Math.round(y(value)) + 0.5;
        return (
          <g key={value}>
            <line x1={edges.left} x2={width - edges.right} y1={line} y2={line} className={classes.grid} />
            <text x={edges.left - 8} y={y(value)} dy="0.35em" textAnchor="end" className={classes.label}>
              {format(value)}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** Days, hours or months below the plot, as many as have room. */
export function TimeAxis({
  from,
  to,
  width,
  height,
  x,
  format,
  least = 'hour',
}: {
  from: number;
  to: number;
  width: number;
  height: number;
  x: Across;
  format: (ms: number, step: TimeStep) => string;
  /** `day` where one reading stands for a whole day. */
  least?: 'hour' | 'day';
}) {
  const room = Math.max(2, Math.floor((width - edges.left - edges.right) / labelWidth));
  return (
    <>
      {timeTicks(from, to, room, least).map(({ at, step }) => (
        <text key={at} x={x(at)} y={height - 6} textAnchor={x(at) > width - 32 ? 'end' : 'middle'} className={classes.label}>
          {format(at, step)}
        </text>
      ))}
    </>
  );
}

/** What is usual, from edge to edge, behind everything. */
export function UsualBand({ band, width, y }: { band: Band; width: number; y: Up }) {
  return (
    <rect
      x={edges.left}
      width={Math.max(0, width - edges.left - edges.right)}
      y={y(band.high)}
      height={Math.max(0, y(band.low) - y(band.high))}
      className={classes.band}
    />
  );
}

/** Something that happened, as a dashed line; its words stand in the key. */
export function EventLine({ x, height }: { x: number; height: number }) {
  return <line x1={x} x2={x} y1={edges.top} y2={height - edges.bottom} className={classes.event} />;
}
