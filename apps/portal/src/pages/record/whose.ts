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
export type Whose = { readonly id: string | undefined; readonly failure: Error | null; readonly again: () => void };

/** The patient named in the address, or at her own door she herself. */
export function useWhose(): Whose {
  const { patient } = useParams({ strict: false }) as { patient?: string };
  const { door } = useSomeone();
  const own = useQuery({ ...ask.patients(), enabled: door === 'patient' });
  return {
    id: door === 'patient' ? own.data?.[0]?.id : patient,
    failure: own.error,
    again: () => void own.refetch(),
  };
}

/** Which form of a sentence is meant: to the patient herself, or to a doctor about her. */
export function useVoice(): { readonly context: 'doctor' } | undefined {
  return useSomeone().door === 'patient' ? undefined : about;
}

const about = { context: 'doctor' } as const;
