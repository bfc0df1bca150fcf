/**
 * When a share was opened last.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { Given } from '../../house/sharing.ts';
import { ask } from '../../queries.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { lastOpened } from './list.ts';

/** A line for a share: its name and what it says; nothing while the receipts are being looked through. */
export function useLastOpened({
  doctor,
  given,
}: Pick<Given, 'doctor' | 'given'>): { readonly name: string; readonly value: string } | null {
  const t = useWords('receipts');
  const format = useFormat();
  const { data, error } = useQuery({ ...ask.receipts(), refetchOnMount: false });
  const name = t('row.opened');
  if (error || (data && data.problems.length > 0)) return { name, value: t('row.unknown') };
  if (!data) return null;
  const last = lastOpened(data.looks, doctor.id, given, doctor.team ? doctor.name : undefined);
  return { name, value: last ? t('row.times', { count: last.count, when: format.moment(last.at) }) : t('row.never') };
}
