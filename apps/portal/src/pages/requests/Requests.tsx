import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RequestToMe } from '../../house/requests.ts';
import { ask } from '../../queries.ts';
import { Banner, Hidden } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Requests.module.css';
import { useDecline } from './useDecline.ts';
import { useWishWords } from './useWishWords.ts';

/** What doctors ask, above who sees what: each to be decided or declined. The first *Decide* is the page's one filled button. */
export function Requests({ decide }: { decide: (request: RequestToMe) => void }) {
  const t = useWords('requests');
  const { data } = useQuery(ask.requests());
  const wish = useWishWords();
  const decline = useDecline();
  if (!data) return null;
  return (
    <>
      {data.requests.map((request, at) => {
        const { doctor, why } = request;
        const of = { name: doctor.name, ...wish(request) };
        return (
          <Banner
            key={request.request}
            icon="user"
            action={
              <>
                <Button variant={at === 0 ? 'filled' : 'default'} onClick={() => decide(request)}>
                  {t('decide')}
                  <Hidden> {doctor.name}</Hidden>
                </Button>
                <Button variant="subtle" onClick={() => void decline(request)}>
                  {t('decline')}
                  <Hidden> {doctor.name}</Hidden>
                </Button>
              </>
            }
          >
            <p>{doctor.organisation === null ? t('asks', of) : t('asksFrom', { ...of, place: doctor.organisation })}</p>
            <blockquote className={classes.why}>
              <bdi>{why}</bdi>
            </blockquote>
          </Banner>
        );
      })}
      {data.unreadable > 0 && (
        <Banner icon="warning" tone="quiet">
          <p>{t('unreadable', { count: data.unreadable })}</p>
        </Banner>
      )}
    </>
  );
}
