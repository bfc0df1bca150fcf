import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useLayoutEffect, useRef } from 'react';
import { extremes } from './decimate.ts';
import classes from './HeartTrace.module.css';
import { sized } from './paper.ts';
import { along } from './scale.ts';
import type { Lead, Row } from './trace.ts';
import { useTokens } from './useTokens.ts';

const height = 44;

/**
 * The whole trace, small, with the window that is seen above; dragging the window moves the trace. It is for the pointer only:
 * the keyboard moves the trace itself.
 */
export function TraceOverview({
  lead,
  row,
  seconds,
  from,
  shown,
  onMove,
}: {
  lead: Lead;
  row: Row;
  seconds: number;
  from: number;
  shown: number;
  /** The second that should stand at the left edge. */
  onMove: (second: number) => void;
}) {
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<number | null>(null);
  const colours = useTokens('ecg', 'surface');
  useLayoutEffect(() => {
    const ctx = canvas.current && width > 0 && colours ? sized(canvas.current, width, height) : null;
    if (!ctx || !colours) return;
    const columns = Math.max(1, Math.round(width));
    const { low, high } = extremes(lead.millivolts, columns);
    const y = along([(row.baselineMm - row.heightMm) / 10, row.baselineMm / 10], height - 4, 4);
    const across = (lead.millivolts.length / lead.perSecond / seconds) * width;
    ctx.fillStyle = colours.surface;
    ctx.fillRect(0, 0, width, height);
    ctx.fillStyle = colours.ecg;
    for (let column = 0; column < columns; column++) {
      if (Number.isNaN(low[column]!)) continue;
      const top = y(high[column]!);
      ctx.fillRect((column / columns) * across, top, 1, Math.max(1, y(low[column]!) - top));
    }
  }, [lead, row, seconds, width, colours]);

  const secondAt = (event: PointerEvent<HTMLElement>) =>
    ((event.clientX - event.currentTarget.getBoundingClientRect().left) / Math.max(1, width)) * seconds;
  const take = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const second = secondAt(event);
    // Taken by the window it moves with the hand; taken beside it, its middle jumps there.
    const inside = second >= from && second <= from + shown;
    held.current = inside ? second - from : shown / 2;
    if (!inside) onMove(second - shown / 2);
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (held.current !== null) onMove(secondAt(event) - held.current);
  };
  const drop = () => {
    held.current = null;
  };
  return (
    <div
      ref={ref}
      className={classes.overview}
      style={{ height }}
      aria-hidden="true"
      onPointerDown={take}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
    >
      <canvas ref={canvas} className={classes.canvas} style={{ height }} />
      <span
        className={classes.window}
        style={{ left: `${(from / seconds) * 100}%`, width: `${Math.min(100, (shown / seconds) * 100)}%` }}
      />
    </div>
  );
}
