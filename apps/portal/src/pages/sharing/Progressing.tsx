import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { HouseFailure } from '../../house/errors.ts';
import { ask } from '../../queries.ts';
import { type SharingWork, sharing } from '../../shell/sharing.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/** How many keys are made of how many, and what comes after the last. */
export function MakingKeys({ work: { name, done, of } }: { work: SharingWork & { kind: 'working' } }) {
  const t = useWords('sharing');
  const format = useFormat();
  const label =
    of === null
      ? t('making.first', { name })
      : done < of
        ? t('making.some', { name, done: format.number(done), of: format.number(of) })
        : t('making.last', { name });
  return (
    <div role="status">
      <Progress label={label} value={done} of={of} />
    </div>
  );
}

/** It could not be shared: nothing is, and what to do. In a sheet one goes back instead of leaving it. */
export function NotShared({
  work: { name, failure },
  again,
  inSheet = false,
}: {
  work: SharingWork & { kind: 'failed' };
  again: () => void;
  inSheet?: boolean;
}) {
  const t = useWords('sharing');
  const l = useWords('limits');
  const isShutOut = useQuery(ask.limits()).data?.denied.some((doctor) => doctor.name === name) === true;
  const kind = failure instanceof HouseFailure ? failure.kind : 'internal';
  const known = kind === 'unavailable' || kind === 'missing' || kind === 'tampered' || kind === 'invalid' || kind === 'conflict';
  return (
    <ErrorState
      level={3}
      tone={kind === 'tampered' ? 'danger' : 'wait'}
      title={t('failed.title', { name })}
      text={`${t('failed.safe', { name })} ${kind === 'conflict' && isShutOut ? l('shutOut', { name }) : t(`failed.${known ? kind : 'other'}`, { name })}`}
      retry={{ label: t('failed.again'), onRetry: again }}
      acts={
        !inSheet && (
          <Button variant="subtle" onClick={() => sharing.settle()}>
            {t('failed.leave')}
          </Button>
        )
      }
    />
  );
}
