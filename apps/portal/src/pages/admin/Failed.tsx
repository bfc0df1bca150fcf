import { HouseFailure } from '../../house/errors.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { useWords, type Words } from '../../words/words.ts';

/** What to do about a failure, in a sentence. */
export function nextStep(t: Words, failure: unknown): string {
  if (!(failure instanceof HouseFailure)) return t('failed.unavailable');
  const { kind, message } = failure;
  const known = kind === 'unavailable' || kind === 'denied' || kind === 'conflict' || kind === 'missing' || kind === 'invalid';
  return t(known ? `failed.${kind}` : 'failed.other', { message });
}

/** A part of the page that could not be filled. */
export function Failed({ title, failure, retry }: { title: string; failure: unknown; retry: () => void }) {
  const t = useWords('admin');
  return (
    <ErrorState title={title} text={`${t('failed.safe')} ${nextStep(t, failure)}`} retry={{ label: t('failed.again'), onRetry: retry }} />
  );
}
