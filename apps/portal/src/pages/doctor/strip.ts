/**
 * Which vital signs a chart leads with.
 *
 * @module
 */
import type { VitalCard } from '../../house/vitals.ts';

/** Cells side by side on a desk. */
const cells = 5;

const day = 86_400_000;
/** A reading out of the usual presses for a week; after that it is history. */
const pressesFor = 7 * day;

/** Days the large chart shows. */
export const chartDays = 30;

/**
 * The first few vital signs in the order they came; those out of the usual this week are among them.
 *
 * @param now UTC milliseconds
 */
export function strip(vitals: readonly VitalCard[], now: number): VitalCard[] {
  const chosen = new Set([...new Set([...vitals.filter((card) => presses(card, now)), ...vitals])].slice(0, cells));
  return vitals.filter((card) => chosen.has(card));
}

/**
 * The one to draw large: blood pressure if it is out, else what is out on most days, else blood pressure, else the first.
 * What was not measured within the chart's days is none of them.
 */
export function pressing(vitals: readonly VitalCard[], now: number): VitalCard | undefined {
  const recent = vitals.filter(({ latest }) => now - latest.at < chartDays * day);
  const out = recent.filter((card) => presses(card, now));
  const pressure = (cards: readonly VitalCard[]) => cards.find(({ vital }) => vital === 'blood-pressure');
  return pressure(out) ?? out.toSorted((a, b) => b.out.days - a.out.days)[0] ?? pressure(recent) ?? recent[0];
}

const presses = ({ latest, out }: VitalCard, now: number): boolean =>
  out.days > 0 || ((latest.standing === 'above' || latest.standing === 'below') && now - latest.at < pressesFor);
