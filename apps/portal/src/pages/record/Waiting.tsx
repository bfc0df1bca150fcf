import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { HouseFailure, house } from '../../house/front.ts';
import { useOpening } from '../../shell/opening.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Waiting.module.css';
import { useVoice } from './whose.ts';

/** Until a page has what it shows: how far the opening has come, and rows in place of what comes. */
export function Waiting({ patient, children }: { patient: string | undefined; children?: ReactNode }) {
  const t = useWords('record');
  const s = useWords('shell');
  const format = useFormat();
  const voice = useVoice();
  const opening = useOpening(patient);
  return (
    <>
      {opening && (
        <div className={classes.opening}>
          <Progress
            value={opening.opened}
            of={opening.of}
            label={
              opening.of === null
                ? s('opening.first', { count: opening.opened })
                : s('opening.some', { opened: format.number(opening.opened), of: format.number(opening.of) })
            }
          />
          <p className="soft">{t('opening.waiting', voice)}</p>
          {patient !== undefined && (
            <Button variant="default" onClick={() => void house.stop(patient)}>
              {s('opening.stop')}
            </Button>
          )}
        </div>
      )}
      {children ?? <SkeletonRows name={t('opening.name')} />}
    </>
  );
}

/** In place of what could not be fetched: the fact, what is safe, the next step. */
export function Failed({ failure, again, level = 2 }: { failure: unknown; again: () => void; level?: 1 | 2 }) {
  const t = useWords('record');
  const s = useWords('shell');
  if (failure instanceof HouseFailure && failure.stopped) {
    const retry = { label: s('opening.go'), onRetry: again };
    return <ErrorState level={level} tone="wait" title={s('opening.stopped')} text={s('opening.stoppedText')} retry={retry} />;
  }
  const kind = failure instanceof HouseFailure ? failure.kind : 'internal';
  const { title, text } = saidOf[kind] ?? saidOf.internal!;
  return (
    <ErrorState
      level={level}
      tone={kind === 'tampered' ? 'danger' : 'wait'}
      title={t(`failed.${title}`)}
      text={t(`failed.${text}`)}
      {...(saidOf[kind] === missing ? {} : { retry: { label: t('failed.again'), onRetry: again } })}
    />
  );
}

/** What others may not see and what is not there are told in the same words. */
const missing = { title: 'missing', text: 'missingText' };

const saidOf: Readonly<Partial<Record<HouseFailure['kind'], { readonly title: string; readonly text: string }>>> = {
  missing,
  denied: missing,
  tampered: { title: 'tampered', text: 'tamperedText' },
  'cannot-open': { title: 'cannot-open', text: 'cannot-openText' },
  unavailable: { title: 'title', text: 'unavailable' },
  internal: { title: 'title', text: 'safe' },
};
