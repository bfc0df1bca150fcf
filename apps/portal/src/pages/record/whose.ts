/**
 * Whose record a page is about.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';

/** The patient, and what is said while she is not known: a failure, with a way to try again. */
export type Whose = {
  readonly id: string | undefined;
  /** There are no records of one's own yet. */
  readonly none: boolean;
  readonly failure: Error | null;
  readonly again: () => void;
};

/** Whether a page at a patient's door is about somebody who shares with her, and not about herself. */
export function useIsShared(): boolean {
  const { patient } = useParams({ strict: false }) as { patient?: string };
  return useSomeone().door === 'patient' && patient !== undefined;
}

/** The patient named in the address, or at her own door she herself. */
export function useWhose(): Whose {
  const { patient } = useParams({ strict: false }) as { patient?: string };
  const { door } = useSomeone();
  const isOwn = door === 'patient' && patient === undefined;
  const own = useQuery({ ...ask.patients(), enabled: isOwn });
  return {
    id: isOwn ? own.data?.[0]?.id : patient,
    none: isOwn && own.data?.length === 0,
    failure: own.error,
    again: () => void own.refetch(),
  };
}

/** Which form of a sentence is meant: to the patient herself, or to a doctor or carer about her. */
export function useVoice(): { readonly context: 'doctor' } | undefined {
  const isShared = useIsShared();
  return useSomeone().door === 'patient' && !isShared ? undefined : about;
}

const about = { context: 'doctor' } as const;
