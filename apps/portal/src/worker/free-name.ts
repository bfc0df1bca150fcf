/**
 * Short names for keyrings.
 *
 * @module
 */

/**
 * A title as a short name that nobody has yet: `Dr Mei Chen` as `dr-mei-chen`, or as `dr-mei-chen-2`.
 *
 * @example
 * ```ts no-run
 * freeName('Dr Mei Chen', new Set(['dr-mei-chen'])); // 'dr-mei-chen-2'
 * ```
 */
export function freeName(title: string, taken: ReadonlySet<string>): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const name = plain === '' ? 'keyring' : plain;
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? name : `${name}-${i}`;
    if (!taken.has(candidate)) return candidate;
  }
}
