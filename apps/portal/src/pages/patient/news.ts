/**
 * News in few lines: what came from one place of one sort is one line.
 *
 * @module
 */
import type { Item } from '../../house/items.ts';
import { type Section, sectionOf } from '../record/sections.ts';

export type NewsLine = {
  readonly section: Section;
  readonly place: Item['place'];
  /** Newest first. */
  readonly items: readonly [Item, ...Item[]];
};

/**
 * Lines for a list of news, in the order of their newest.
 *
 * @param items newest first
 */
export function newsLines(items: readonly Item[]): NewsLine[] {
  const lines = new Map<string, { section: Section; place: Item['place']; items: [Item, ...Item[]] }>();
  for (const item of items) {
    const section = sectionOf(item.kind);
    const key = `${section} ${item.place.id}`;
    const line = lines.get(key);
    if (line) line.items.push(item);
    else lines.set(key, { section, place: item.place, items: [item] });
  }
  return [...lines.values()];
}
