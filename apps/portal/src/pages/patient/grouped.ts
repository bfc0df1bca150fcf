/**
 * Records under headings of days or months.
 *
 * @module
 */
import type { Item } from '../../house/items.ts';

/** Records of one heading. `at` is a moment in it, `precision` how exact the heading is; `null` without a date. */
export type Group = {
  readonly key: string;
  readonly at: number | null;
  readonly precision: 'day' | 'month' | 'year';
  readonly items: readonly Item[];
};

/**
 * Puts records, newest first, under headings; a record that only says a year stands under its year.
 *
 * @param by how fine headings are at most
 */
export function grouped(items: readonly Item[], by: 'day' | 'month'): Group[] {
  const groups: { key: string; at: number | null; precision: Group['precision']; items: Item[] }[] = [];
  for (const item of items) {
    const precision = item.precision === 'year' ? 'year' : item.precision === 'month' || by === 'month' ? 'month' : 'day';
    const key = item.when === null ? 'undated' : keyOf(item.when, precision);
    const last = groups.at(-1);
    if (last?.key === key) last.items.push(item);
    else groups.push({ key, at: item.when, precision, items: [item] });
  }
  return apart(groups);
}

function keyOf(ms: number, precision: Group['precision']): string {
  const date = new Date(ms);
  const [year, month, day] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return [year, precision === 'year' ? '' : month, precision === 'day' ? day : ''].join('-');
}

/** A heading may come twice (a mere year lies between two months): its key is told apart. */
function apart(groups: readonly Group[]): Group[] {
  const seen = new Map<string, number>();
  return groups.map((group) => {
    const before = seen.get(group.key) ?? 0;
    seen.set(group.key, before + 1);
    return before === 0 ? group : { ...group, key: `${group.key}·${before}` };
  });
}
