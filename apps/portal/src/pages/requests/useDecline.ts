/**
 * Declining what a doctor asks, with one undo while she has not heard of it.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { house } from '../../house/front.ts';
import type { RequestToMe } from '../../house/requests.ts';
import { ask } from '../../queries.ts';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';

export function useDecline(): (request: RequestToMe) => Promise<void> {
  const t = useWords('requests');
  const say = useToast();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ask.requests().queryKey });
  return async ({ chart, request, doctor }) => {
    const { name } = doctor;
    await house.decline({ chart, request, doctor: doctor.id });
    const undo = async () => {
      const inTime = await house.undecline({ chart, request });
      say({ text: t(inTime ? 'undone' : 'tooLate', { name }) });
      await refresh();
    };
    say({ text: t('declined', { name }), undo: { label: t('undo'), run: () => void undo() } });
    await refresh();
  };
}
