/**
 * Sharing and taking back, and what is said of it.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { HouseFailure } from '../../house/errors.ts';
import { house } from '../../house/front.ts';
import type { Given, ShareWish } from '../../house/sharing.ts';
import { sharing } from '../../shell/sharing.ts';
import { useToast } from '../../ui/Toast.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/** With whom, and by which name. */
export type Whom = Pick<Given['doctor'], 'id' | 'name'> & { readonly carer?: boolean; readonly team?: boolean };

export type Sharing = {
  /** Whether it is shared then; why not is told by `useSharingWork`, with `at`: the sheet, or a line of the list. */
  share(doctor: Whom, what: Omit<ShareWish, 'doctor' | 'carer' | 'team'>, at: string): Promise<boolean>;
  /** @throws what the house throws */
  takeBack(grants: readonly string[]): Promise<Given['state'] | 'ended'>;
};

export function useShare(): Sharing {
  const t = useWords('sharing');
  const format = useFormat();
  const queries = useQueryClient();
  const say = useToast();

  /** Who sees what has changed, on the list and on every record; and it left a receipt. */
  const refresh = useCallback(() => {
    // Looking through receipts takes its time, and nobody waits for it.
    void queries.invalidateQueries({ queryKey: ['receipts'] });
    return Promise.all([['sharing', 'whoReads'], ['requests'], ['patient']].map((queryKey) => queries.invalidateQueries({ queryKey })));
  }, [queries]);
  const takeBack = useCallback(
    async (grants: readonly string[]) => {
      const state = await house.unshare(grants);
      // Whatever the bar still says of it is no longer so.
      say(null);
      await refresh();
      return state;
    },
    [refresh, say],
  );
  const undo = async ({ name }: Whom, grants: readonly string[]) => {
    try {
      const state = await takeBack(grants);
      say({ text: t(state === 'ended' ? 'undone' : 'undoneHalf', { name }) });
    } catch {
      say({ text: t('undoFailed', { name }) });
    }
  };
  return {
    takeBack,
    async share(doctor, what, at) {
      const ended = sharing.begin(doctor.name, at);
      try {
        const as = doctor.team ? { team: true as const } : doctor.carer ? { carer: { name: doctor.name } } : {};
        const grants = await house.share({ doctor: doctor.id, ...as, ...what });
        ended();
        const text = t('done', { name: doctor.name, until: format.born(what.until) });
        say({ text, undo: { label: t('undo'), run: () => void undo(doctor, grants) } });
        await refresh();
        return true;
      } catch (failure) {
        if (what.answering && failure instanceof HouseFailure && failure.kind === 'conflict') sharing.unasked();
        ended(failure);
        return false;
      }
    },
  };
}
