/**
 * Saying limits, and what is said of them.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { house } from '../../house/front.ts';
import type { LimitedPlace } from '../../house/limits.ts';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';

/** A doctor by all her cards, and by name. */
type Who = { readonly ids: readonly string[]; readonly name: string };

/** Each throws what the house throws. */
export type Limiting = {
  deny(doctor: Who): Promise<void>;
  allow(doctor: Who): Promise<void>;
  nameOnly(place: LimitedPlace, byName: boolean): Promise<void>;
};

export function useLimits(): Limiting {
  const t = useWords('limits');
  const queries = useQueryClient();
  const say = useToast();

  /** The limits, who reads, and every record's audience; and it left a receipt. */
  const refresh = async () => {
    void queries.invalidateQueries({ queryKey: ['receipts'] });
    await Promise.all([['sharing'], ['requests'], ['patient']].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  /** What is undone from the bar has no place of its own to fail at. */
  const undo = (back: () => Promise<void>) => ({
    label: t('undo'),
    run: () => void back().catch(() => say({ text: t('undoFailed') })),
  });

  const deny = async (doctor: Who) => {
    const { ids, name } = doctor;
    const heard = await house.deny(ids);
    await refresh();
    say({ text: t(heard === 'told' ? 'denied' : 'deniedHalf', { name }), undo: undo(() => allow(doctor)) });
  };
  const allow = async ({ ids, name }: Who) => {
    await house.allow(ids);
    await refresh();
    say({ text: t('allowed', { name }) });
  };
  const nameOnly = async (place: LimitedPlace, byName: boolean) => {
    await house.nameOnly(place.chart, byName);
    await refresh();
    const of = { place: place.place };
    say({ text: t(byName ? 'saidNamed' : 'saidAll', of), undo: undo(() => nameOnly(place, !byName)) });
  };
  return { deny, allow, nameOnly };
}
