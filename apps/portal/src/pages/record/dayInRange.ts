import type { VitalCard } from '../../house/vitals.ts';

/** Readings without which a day has not been watched: one an hour. */
const fewest = 24;

/** Shares of the last day with readings, if it was watched all day: a few single readings are no share of a day. */
export function dayInRange({ range, spark }: Pick<VitalCard, 'range' | 'spark'>): VitalCard['range'] {
  return (spark.at(-1)?.readings ?? 0) >= fewest ? range : null;
}
