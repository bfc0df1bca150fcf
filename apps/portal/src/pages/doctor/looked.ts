/**
 * Marking patients as looked at, and taking that back.
 *
 * It is noted at once and lasts, sealed in this browser, until something comes that asks for another look.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { house } from '../../house/front.ts';
import { ask } from '../../queries.ts';
import { useSession } from '../../shell/session.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';

export type Looking = {
  /** Notes a look and says so, with an undo. */
  look(patient: string): void;
  /** Takes a look back: whatever it was for is to be looked at once more. */
  takeBack(patient: string): void;
};

export function useLooking(): Looking {
  const t = useWords('doctor');
  const say = useToast();
  const { shared } = useSession();
  const note = useNote();

  const takeBack = useCallback(
    (patient: string) => void note('notLookedAt', patient).catch(() => say({ text: t('today.lookFailed') })),
    [note, say, t],
  );
  const look = useCallback(
    async (patient: string) => {
      try {
        await note('lookedAt', patient);
      } catch {
        say({ text: t('today.lookFailed') });
        return;
      }
      // No name: the bar may outlast the page.
      const text = t(shared ? 'today.lookedShared' : 'today.looked');
      say({ text, undo: { label: t('today.undo'), run: () => takeBack(patient) } });
    },
    [note, say, shared, takeBack, t],
  );
  return { look: (patient) => void look(patient), takeBack };
}

/**
 * Who opens a chart looks at it; once, so that what comes while it lies open asks for another look. Gives when she did
 * while that is being noted, else `null`.
 */
export function useLookOnOpening(patient: string): number | null {
  const note = useNote();
  const [noting, setNoting] = useState<number | null>(() => Date.now());
  useEffect(() => {
    // A look that was not noted is asked for once more: nothing is lost by it.
    note('lookedAt', patient)
      .catch(() => undefined)
      .finally(() => setNoting(null));
  }, [note, patient]);
  return noting;
}

function useNote(): (what: 'lookedAt' | 'notLookedAt', patient: string) => Promise<void> {
  const queries = useQueryClient();
  return useCallback(
    async (what, patient) => {
      await house[what](patient);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ask.triage().queryKey }),
        queries.invalidateQueries({ queryKey: ask.overview(patient).queryKey }),
      ]);
    },
    [queries],
  );
}
