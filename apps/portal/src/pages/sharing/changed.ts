/**
 * What somebody would see more and less than so far.
 *
 * @module
 */
import type { SharedWhat } from '../../house/sharing.ts';

export type Beyond = Pick<SharedWhat, 'kinds' | 'sensitive'>;
type Instead = { readonly before: string; readonly now: string };

/** What both say alike is left out. */
export type Changed = { readonly more?: Beyond; readonly less?: Beyond; readonly from?: Instead; readonly until?: Instead };

/**
 * How what is meant differs from what is shared; `null` where it does not.
 *
 * @example
 * ```ts no-run
 * changed(before, { ...before, until: '2026-12-20' }); // { until: { before: '2026-11-30', now: '2026-12-20' } }
 * ```
 */
export function changed(before: SharedWhat, now: SharedWhat): Changed | null {
  const [more, less] = [beyond(now, before), beyond(before, now)];
  const change: Changed = {
    ...(more && { more }),
    ...(less && { less }),
    ...(before.from !== now.from && { from: { before: before.from, now: now.from } }),
    ...(before.until !== now.until && { until: { before: before.until, now: now.until } }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

function beyond(one: Beyond, other: Beyond): Beyond | null {
  const kinds = one.kinds.filter((kind) => !other.kinds.includes(kind));
  const sensitive = one.sensitive.filter((group) => !other.sensitive.includes(group));
  return kinds.length + sensitive.length === 0 ? null : { kinds, sensitive };
}
