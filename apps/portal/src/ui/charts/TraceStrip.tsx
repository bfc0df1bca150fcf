import { useElementSize } from '@mantine/hooks';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { drawLead, drawPaper, drawStep, sized } from './paper.ts';
import { earliest, type Lead, rowOf } from './trace.ts';
import { useTokens } from './useTokens.ts';

/**
 * The beginning of a heart trace on its paper, as a picture: for a card, or for a chart that leads to the whole trace.
 *
 * @param px pixels a millimetre has
 * @param step whether the 1 mV step stands before it
 */
export function TraceStrip({ lead, px = 3.5, step = false, name }: { lead: Lead; px?: number; step?: boolean; name: string }) {
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useTokens('mm', 'mm-5', 'ecg', 'surface');
  const row = useMemo(() => rowOf(lead.millivolts), [lead]);
  const height = row.heightMm * px;
  useLayoutEffect(() => {
    const ctx = canvas.current && width > 0 && colours ? sized(canvas.current, width, height) : null;
    if (!ctx || !colours) return;
    const view = { from: step ? earliest : 0, px };
    drawPaper(ctx, width, height, view, colours);
    drawLead(ctx, lead, view, width, row.baselineMm * px, colours.ecg);
    if (step) drawStep(ctx, view, row.baselineMm * px, colours.ecg);
  }, [lead, width, height, row.baselineMm, px, step, colours]);
  return (
    <div ref={ref} role="img" aria-label={name} style={{ minWidth: 0, height, overflow: 'hidden', direction: 'ltr' }}>
      <canvas ref={canvas} style={{ display: 'block', width: '100%', height }} />
    </div>
  );
}
