import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '../kit.tsx';
import { ChartFigure, type ChartTable } from './ChartFigure.tsx';
import classes from './HeartTrace.module.css';
import { drawLead, drawPaper, drawStep, sized } from './paper.ts';
import { TraceOverview } from './TraceOverview.tsx';
import { kept, type Lead, leastZoom, mostZoom, rowOf, secondsAcross, secondsOf, type View, zoomedAt, zoomStep } from './trace.ts';
import { useTokens } from './useTokens.ts';
import { useTraceHand } from './useTraceHand.ts';

export type HeartTraceWords = {
  /** "25 mm a second, 10 mm a millivolt" */
  readonly scale: string;
  /** "One small square is 0.04 seconds and 0.1 millivolt." */
  readonly square: string;
  readonly back: string;
  readonly on: string;
  readonly smaller: string;
  readonly larger: string;
  /** How it is moved by keys, for those who have them: "Arrow keys move, + and − change the size". */
  readonly keys: string;
};

/**
 * A heart trace on millimetre paper, 25 mm a second and 10 mm a millivolt at any zoom.
 *
 * It is moved by dragging, by the wheel, by the arrow keys, Home and End, or on the overview below; it is enlarged by Ctrl and
 * the wheel, by two fingers or by + and −. Several leads stand one below the other. Time runs left to right in every language.
 */
export function HeartTrace({
  leads,
  name,
  words,
  say,
  formatSecond,
  formatZoom,
  table,
}: {
  leads: readonly Lead[];
  /** A sentence that tells what the trace shows. */
  name: string;
  words: HeartTraceWords;
  /** Which stretch is seen, in seconds: "2 to 8 of 30 seconds". */
  say: (from: number, to: number, of: number) => string;
  /** A label of the time axis: "3 s". */
  formatSecond: (second: number) => string;
  /** A share of the usual size: "125 %". */
  formatZoom: (share: number) => string;
  table?: ChartTable;
}) {
  const { ref: measure, width } = useElementSize();
  const paper = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(measure, paper);
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useTokens('mm', 'mm-5', 'ecg', 'surface');
  const seconds = useMemo(() => secondsOf(leads), [leads]);
  const rows = useMemo(() => leads.map(({ millivolts }) => rowOf(millivolts, leads.length > 1 ? 5 : 0)), [leads]);
  const [asked, setView] = useState<View>({ from: Number.NEGATIVE_INFINITY, px: leads.length > 1 ? 4 : 5 });
  const view = kept(asked, width, seconds);
  const { from, px } = view;
  const shown = secondsAcross(width, px);
  const heightMm = rows.reduce((sum, row) => sum + row.heightMm, 0);
  const height = heightMm * px;

  const change = useCallback(
    (to: (view: View) => View) => setView((before) => kept(to(kept(before, width, seconds)), width, seconds)),
    [width, seconds],
  );
  useTraceHand(paper, change);
  const move = (by: number) => change((before) => ({ ...before, from: before.from + by }));
  const zoom = (by: 1 | -1) => change((before) => zoomedAt(before, zoomStep(before.px, by), width / 2));

  useLayoutEffect(() => {
    const ctx = canvas.current && width > 0 && colours ? sized(canvas.current, width, height) : null;
    if (!ctx || !colours) return;
    drawPaper(ctx, width, height, { from, px }, colours);
    let top = 0;
    leads.forEach((lead, at) => {
      const baseline = (top + rows[at]!.baselineMm) * px;
      drawLead(ctx, lead, { from, px }, width, baseline, colours.ecg);
      drawStep(ctx, { from, px }, baseline, colours.ecg);
      top += rows[at]!.heightMm;
    });
  }, [leads, rows, width, height, from, px, colours]);

  const pressed = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act({ move, zoom, page: Math.max(0.2, shown * 0.9), seconds });
  };
  const ends = Math.min(seconds, from + shown);
  const atStart = from <= kept({ from: Number.NEGATIVE_INFINITY, px }, width, seconds).from + 1e-6;
  const atEnd = from >= kept({ from: Number.POSITIVE_INFINITY, px }, width, seconds).from - 1e-6;

  return (
    <ChartFigure name={name} table={table}>
      <div className={classes.head}>
        <p className="label">{words.scale}</p>
        <div className={classes.tools}>
          <IconButton icon="caret-left" name={words.back} onClick={() => move(-2)} disabled={atStart} mirror={false} />
          <IconButton icon="caret-right" name={words.on} onClick={() => move(2)} disabled={atEnd} mirror={false} />
          <IconButton icon="magnifying-glass-minus" name={words.smaller} onClick={() => zoom(-1)} disabled={px <= leastZoom} />
          <span className={classes.zoom} aria-live="polite">
            {formatZoom(px / 4)}
          </span>
          <IconButton icon="magnifying-glass-plus" name={words.larger} onClick={() => zoom(1)} disabled={px >= mostZoom} />
        </div>
      </div>
      <div
        ref={ref}
        className={classes.paper}
        style={{ height }}
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-description={words.keys}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.ceil(seconds)}
        aria-valuenow={Math.round(Math.max(0, from))}
        aria-valuetext={say(Math.max(0, from), ends, seconds)}
        onKeyDown={pressed}
      >
        <canvas ref={canvas} className={classes.canvas} style={{ height }} />
        {leads.length > 1 &&
          leads.map((lead, at) => (
            <bdi
              key={lead.name}
              className={classes.lead}
              aria-hidden="true"
              style={{ top: rows.slice(0, at).reduce((sum, row) => sum + row.heightMm, 0) * px + 2 }}
            >
              {lead.name}
            </bdi>
          ))}
      </div>
      <Ruler from={from} shown={shown} width={width} px={px} seconds={seconds} format={formatSecond} />
      {leads[0] && (
        <TraceOverview
          lead={leads[0]}
          row={rows[0]!}
          seconds={seconds}
          from={Math.max(0, from)}
          shown={Math.min(shown, seconds)}
          onMove={(second) => change((before) => ({ ...before, from: second }))}
        />
      )}
      <div className={classes.foot}>
        <p className="meta">{words.square}</p>
        <p className={`meta ${classes.hint}`}>{words.keys}</p>
      </div>
    </ChartFigure>
  );
}

type Act = (hand: { move: (seconds: number) => void; zoom: (by: 1 | -1) => void; page: number; seconds: number }) => void;

const keys: Readonly<Record<string, Act>> = {
  ArrowLeft: ({ move }) => move(-0.5),
  ArrowRight: ({ move }) => move(0.5),
  PageUp: ({ move, page }) => move(-page),
  PageDown: ({ move, page }) => move(page),
  Home: ({ move, seconds }) => move(-seconds - 1),
  End: ({ move, seconds }) => move(seconds + 1),
  '+': ({ zoom }) => zoom(1),
  '=': ({ zoom }) => zoom(1),
  '-': ({ zoom }) => zoom(-1),
};

/** Seconds below the paper, as many as have room. */
function Ruler({
  from,
  shown,
  width,
  px,
  seconds,
  format,
}: {
  from: number;
  shown: number;
  width: number;
  px: number;
  seconds: number;
  format: (second: number) => string;
}) {
  const every = [1, 2, 5, 10].find((many) => many * px * 25 >= 56) ?? 10;
  const marks: number[] = [];
  for (let second = Math.ceil(Math.max(0, from) / every) * every; second <= Math.min(seconds, from + shown); second += every)
    marks.push(second);
  return (
    <div className={classes.ruler} aria-hidden="true">
      {marks.map((second) => {
        const left = (second - from) * 25 * px;
        // A label must fit whole.
        return left < 16 || left > width - 20 ? null : (
          <span key={second} style={{ left }}>
            {format(second)}
          </span>
        );
      })}
    </div>
  );
}
