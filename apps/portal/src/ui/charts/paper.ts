/**
 * Draws millimetre paper and a heart trace on a canvas.
 *
 * All lengths are CSS pixels; the canvas is scaled by its caller (`sized`).
 *
 * @module
 */
import { extremes } from './decimate.ts';
import { type Lead, leadInMm, mmPerMillivolt, mmPerSecond, type View } from './trace.ts';

export type PaperColours = Readonly<Record<'mm' | 'mm-5' | 'ecg' | 'surface', string>>;

/** The canvas as many device pixels as it takes on the screen, and a pen that draws in CSS pixels. */
export function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const ctx = canvas.getContext('2d');
  ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

/** The paper. Its lines move with the trace: a thick line stands at second zero. */
export function drawPaper(ctx: CanvasRenderingContext2D, width: number, height: number, { from, px }: View, colours: PaperColours): void {
  ctx.fillStyle = colours.surface;
  ctx.fillRect(0, 0, width, height);
  const zero = -from * mmPerSecond * px;
  const hair = 1 / (devicePixelRatio || 1);
  const lines = (every: number, colour: string) => {
    ctx.fillStyle = colour;
    const gap = every * px;
    for (let x = zero - Math.floor(zero / gap) * gap; x < width; x += gap) ctx.fillRect(Math.round(x), 0, hair, height);
    for (let y = 0; y <= height; y += gap) ctx.fillRect(0, Math.round(y), width, hair);
  };
  // Lines closer than three pixels are no lines any more.
  if (px >= 3) lines(1, colours.mm);
  lines(px >= 1 ? 5 : 25, colours['mm-5']);
}

/** One lead around its zero line at `baseline` pixels. */
export function drawLead(
  ctx: CanvasRenderingContext2D,
  lead: Lead,
  { from, px }: View,
  width: number,
  baseline: number,
  colour: string,
): void {
  const { millivolts, perSecond } = lead;
  const first = Math.max(0, Math.floor(from * perSecond) - 1);
  const last = Math.min(millivolts.length, Math.ceil((from + width / px / mmPerSecond) * perSecond) + 1);
  if (last <= first) return;
  const x = (sample: number) => (sample / perSecond - from) * mmPerSecond * px;
  const y = (mv: number) => baseline - mv * mmPerMillivolt * px;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.lineJoin = 'round';
  ctx.beginPath();
  const ratio = devicePixelRatio || 1;
  if ((last - first) / (width * ratio) <= 2) drawSamples(ctx, millivolts, first, last, x, y);
  else {
    const columns = Math.max(1, Math.round((x(last) - x(first)) * ratio));
    const { low, high } = extremes(millivolts, columns, first, last);
    let pen = false;
    for (let column = 0; column < columns; column++) {
      if (Number.isNaN(low[column]!)) {
        pen = false;
        continue;
      }
      const at = x(first) + column / ratio;
      if (pen) ctx.lineTo(at, y(high[column]!));
      else ctx.moveTo(at, y(high[column]!));
      ctx.lineTo(at, y(low[column]!));
      pen = true;
    }
  }
  ctx.stroke();
}

function drawSamples(
  ctx: CanvasRenderingContext2D,
  millivolts: Float64Array,
  first: number,
  last: number,
  x: (sample: number) => number,
  y: (mv: number) => number,
): void {
  let pen = false;
  for (let at = first; at < last; at++) {
    const mv = millivolts[at]!;
    if (Number.isNaN(mv)) pen = false;
    else if (pen) ctx.lineTo(x(at), y(mv));
    else {
      ctx.moveTo(x(at), y(mv));
      pen = true;
    }
  }
}

/** The 1 mV step before second zero: 5 mm wide and 10 mm tall, so that the paper proves its own scale. */
export function drawStep(ctx: CanvasRenderingContext2D, { from, px }: View, baseline: number, colour: string): void {
  const start = (-from * mmPerSecond - leadInMm + 2) * px;
  if (start + 7 * px < 0) return;
  const top = baseline - mmPerMillivolt * px;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.lineJoin = 'miter';
  ctx.beginPath();
  ctx.moveTo(start, baseline);
  ctx.lineTo(start + px, baseline);
  ctx.lineTo(start + px, top);
  ctx.lineTo(start + 6 * px, top);
  ctx.lineTo(start + 6 * px, baseline);
  ctx.lineTo(start + 7 * px, baseline);
  ctx.stroke();
}
