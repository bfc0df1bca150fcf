import type { VitalCard } from '../../house/vitals.ts';

/** What the last seven days come to. `days` of them are out of the usual, on `of` there are readings. */
export type WeekSaid =
  | {
      readonly kind: 'above' | 'below' | 'out' | 'usual';
      readonly against: 'own' | 'reference';
      readonly days: number;
      readonly of: number;
    }
  /** Nothing to compare with yet. */
  | { readonly kind: 'learning' }
  | { readonly kind: 'quiet' };

const week = 7 * 86_400_000;

/**
 * The heading of a vital sign's chart, before it is put into words.
 *
 * @param now UTC milliseconds
 */
export function weekSaid({ out: { days, of }, latest, usual }: Pick<VitalCard, 'out' | 'latest' | 'usual'>, now: number): WeekSaid {
  if (usual.kind === 'none') return { kind: 'learning' };
  if (of === 0 || now - latest.at > week) return { kind: 'quiet' };
  const side = latest.standing === 'above' || latest.standing === 'below' ? latest.standing : 'out';
  return { kind: days === 0 ? 'usual' : side, against: usual.kind, days, of };
}
