/**
 * What somebody probably meant who mistyped a word.
 *
 * @module
 */

/** The nearest of the known words, if one is near: one slip in four letters, or the only one that begins alike. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const [best] = known.map((one) => ({ one, far: slips(lower, one.toLowerCase()) })).sort((a, b) => a.far - b.far);
  if (best && best.far <= Math.max(1, Math.floor(best.one.length / 4))) return best.one;
  const begun = known.filter((one) => lower.length >= 2 && one.toLowerCase().startsWith(lower.slice(0, 3)));
  return begun.length === 1 ? begun[0] : undefined;
}

/** ` Did you mean "import"?`, or nothing. */
export function suggestion(word: string, known: readonly string[], before = ''): string {
  const found = nearest(word, known);
  return found === undefined ? '' : ` Did you mean ${before === '' ? `"${found}"` : before + found}?`;
}

/** Letters to add, drop, change or swap with a neighbour until one word is the other (optimal string alignment). */
function slips(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
