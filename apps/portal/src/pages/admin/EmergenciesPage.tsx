import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { EmergencyToReview } from '../../house/break-glass.ts';
import { HouseFailure } from '../../house/errors.ts';
import { house } from '../../house/front.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Back, Card } from '../../ui/kit.tsx';
import { Word } from '../../ui/Mark.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Emergencies.module.css';
import { Failed } from './Failed.tsx';

/** Emergencies at one's organisation: who opened more, when and why, and what one says of it. */
export function EmergenciesPage() {
  const t = useWords('admin');
  const reviews = useQuery(ask.reviews());
  const place = reviews.data?.place ?? '';
  const emergencies = reviews.data?.emergencies;
  const open = emergencies?.filter(({ verdict }) => verdict === null).length ?? 0;
  const title = emergencies ? t('review.title', { count: open }) : t('review.name');
  useTitle(title);
  return (
    <>
      <Back href={paths.admin.status}>{t('review.back')}</Back>
      <h1>{title}</h1>
      {emergencies && <p className="lede">{t('review.lede', { place })}</p>}
      {reviews.isError && !reviews.data ? (
        <Failed title={t('failed.list')} failure={reviews.error} retry={() => void reviews.refetch()} />
      ) : !reviews.data ? (
        <SkeletonRows rows={3} name={t('review.loading')} />
      ) : !emergencies ? (
        <EmptyState icon="warning" title={t('review.nowhere', { place })} text={t('review.nowhereAbout')} />
      ) : emergencies.length === 0 ? (
        <EmptyState icon="check-square" title={t('review.none')} text={t('review.noneAbout', { place })} />
      ) : (
        <ul className={classes.list}>
          {emergencies.map((one) => (
            <li key={one.id}>
              <Review one={one} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const known = ['unavailable', 'denied', 'conflict', 'missing'];

function Review({ one }: { one: EmergencyToReview }) {
  const t = useWords('admin');
  const format = useFormat();
  const queries = useQueryClient();
  const [anew, setAnew] = useState(false);
  const say = useMutation({
    mutationFn: (verdict: 'justified' | 'not-justified') => house.review(one.id, verdict),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ask.reviews().queryKey });
      setAnew(false);
    },
  });
  const kind = say.error instanceof HouseFailure && known.includes(say.error.kind) ? say.error.kind : 'other';
  const asking = one.verdict === null || anew;
  const times = { day: format.day(one.since), from: format.time(one.since), until: format.time(one.until) };
  return (
    <Card className={classes.one}>
      <h2>{one.doctor.name}</h2>
      <p>{t('review.when', times)}</p>
      <p className="soft">
        {t('review.what', {
          chart: one.chart,
          parts: format.list(one.parts.map((part) => t(`review.part.${part}`, { defaultValue: part }))),
        })}
      </p>
      {one.why === null ? (
        <p>{t('review.sealed')}</p>
      ) : (
        <blockquote className={classes.why}>
          <bdi>{one.why}</bdi>
        </blockquote>
      )}
      <p role="status">
        {one.older ? (
          <Word kind="urgent">{t('review.older')}</Word>
        ) : one.verdict === null ? (
          <Word kind="waiting">{t('review.open')}</Word>
        ) : (
          <Word kind={one.verdict === 'justified' ? 'done' : 'stopped'}>{t(`review.said.${one.verdict}`)}</Word>
        )}
      </p>
      {say.isError && <p role="alert">{t(`review.failed.${kind}`)}</p>}
      {asking ? (
        <div className={classes.acts}>
          <Button variant="default" loading={say.isPending && say.variables === 'justified'} onClick={() => say.mutate('justified')}>
            {t('review.justified')}
          </Button>
          <Button
            variant="default"
            color="red"
            loading={say.isPending && say.variables === 'not-justified'}
            onClick={() => say.mutate('not-justified')}
          >
            {t('review.notJustified')}
          </Button>
        </div>
      ) : (
        <div className={classes.acts}>
          <Button variant="subtle" onClick={() => setAnew(true)}>
            {t('review.anew')}
          </Button>
        </div>
      )}
      {asking && <p className="meta">{t('review.then')}</p>}
    </Card>
  );
}
