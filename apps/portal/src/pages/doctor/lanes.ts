/**
 * Medicines as lanes under a time axis.
 *
 * @module
 */
import type { Item } from '../../house/items.ts';
import type { Lane } from '../../ui/charts/Lanes.tsx';

/** Lanes under a chart; more would push it out of sight. */
const most = 6;

/**
 * A lane for each medicine somebody takes now, from the day it was first written. A record that says no day gives none:
 * nothing is drawn that nobody wrote.
 *
 * @param medicines current ones; the same one written anew is one lane
 * @param nameOf its words; `since` is `null` when it began before the axis does
 */
export function lanesOf(medicines: readonly Item[], from: number, nameOf: (item: Item, since: Item | null) => string): Lane[] {
  const first = new Map<string, Item>();
  for (const item of medicines) {
    const known = first.get(item.title);
    if (item.when !== null && (!known || item.when < known.when!)) first.set(item.title, item);
  }
  return [...first.values()].slice(0, most).map((item) => {
    const before = item.when! <= from;
    return { name: nameOf(item, before ? null : item), spans: [{ from: before ? null : item.when, to: null }] };
  });
}
