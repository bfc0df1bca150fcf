/**
 * The first `count` items of groups, whole groups left out once they are reached.
 *
 * @example
 * ```ts no-run
 * sliced([{ items: ['a', 'b'] }, { items: ['c'] }], 1); // [{ items: ['a'] }]
 * ```
 */
export function sliced<T, G extends { readonly items: readonly T[] }>(groups: readonly G[], count: number): G[] {
  const out: G[] = [];
  let left = count;
  for (const group of groups) {
    if (left <= 0) break;
    out.push(group.items.length <= left ? group : { ...group, items: group.items.slice(0, left) });
    left -= group.items.length;
  }
  return out;
}
