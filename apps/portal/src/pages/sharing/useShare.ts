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
import type { Replaced } from './draft.ts';

/** With whom, and by which name. */
export type Whom = Pick<Given['doctor'], 'id' | 'name'> & { readonly carer?: boolean; readonly team?: boolean };

type Wished = Omit<ShareWish, 'doctor' | 'carer' | 'team'>;

export type Sharing = {
  /** Whether it is shared then; why not is told by `useSharingWork`, with `at`: the sheet, or a line of the list. */
  share(doctor: Whom, what: Wished, at: string, instead?: Replaced | null): Promise<boolean>;
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
  const give = ({ id, name, carer, team }: Whom, what: Wished) => {
    const as = team ? { team: true as const } : carer ? { carer: { name } } : {};
    return house.share({ doctor: id, ...as, ...what });
  };
  const changeBack = async (doctor: Whom, instead: readonly string[], before: Replaced['what']) => {
    let text = t('changedBack', { name: doctor.name });
    try {
      await give(doctor, { ...before, instead });
    } catch {
      text = t('notChangedBack', { name: doctor.name });
    }
    await refresh();
    say({ text });
  };
  return {
    takeBack,
    async share(doctor, what, at, instead) {
      const ended = sharing.begin(doctor.name, at);
      try {
        const grants = await give(doctor, what);
        ended();
        const text = t(instead ? 'changed' : 'done', { name: doctor.name, until: format.born(what.until) });
        const run = () => void (instead ? changeBack(doctor, grants, instead.what) : undo(doctor, grants));
        // What stood there before is no longer so.
        if (instead) await refresh();
        say({ text, undo: { label: t('undo'), run } });
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
