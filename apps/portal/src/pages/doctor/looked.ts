/**
 * Marking patients as looked at, with a moment in which she may still say that she did not.
 *
 * @module
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { house } from '../../house/front.ts';
import { ask } from '../../queries.ts';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';
import type { Looked } from './triage.ts';

/** Nothing is noted before "Undo" has gone, in milliseconds. */
const undoWaits = 12_000;

/** Kept among the queries, so that it goes with everything else when the page is locked. */
const key = ['looked-at'] as const;

/**
 * Whom she looked at since she signed in, and how to mark somebody. What is marked shows at once; it is noted after a
 * moment, and taken back when that fails.
 */
export function useLooking(): { readonly looked: Looked; look(patient: string): void } {
  const t = useWords('doctor');
  const queries = useQueryClient();
  const say = useToast();
  const { data: looked } = useQuery<Looked>({
    queryKey: key,
    queryFn: () => queries.getQueryData<Looked>(key) ?? {},
    initialData: {},
    gcTime: Number.POSITIVE_INFINITY,
  });

  const look = useCallback(
    (patient: string) => {
      const mark = (at: number | null) =>
        queries.setQueryData<Looked>(key, (before = {}) => {
          const { [patient]: _, ...others } = before;
          return at === null ? others : { ...others, [patient]: at };
        });
      const note = async () => {
        // Locked meanwhile, it goes unnoted, and is nobody else's look: what is new is shown as new once more.
        if (queries.getQueryData<Looked>(key)?.[patient] === undefined) return;
        try {
          await house.lookedAt(patient);
          await queries.invalidateQueries({ queryKey: ask.triage().queryKey });
        } catch {
          mark(null);
          say({ text: t('today.lookFailed') });
        }
      };
      mark(Date.now());
      const timer = setTimeout(() => void note(), undoWaits);
      say({
        // No name: the bar may outlast the page.
        text: t('today.looked'),
        undo: {
          label: t('today.undo'),
          run() {
            clearTimeout(timer);
            mark(null);
          },
        },
      });
    },
    [queries, say, t],
  );

  return { looked, look };
}
