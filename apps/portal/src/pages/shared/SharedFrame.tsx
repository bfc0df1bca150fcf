import { useQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { ask } from '../../queries.ts';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { SharedWith } from '../sharing/SharedWith.tsx';
import classes from './Shared.module.css';

/** Around every page about somebody who shares with a carer: whose it is, what of it, until when. */
export function SharedFrame() {
  const t = useWords('sharing');
  const { patient } = useParams({ strict: false }) as { patient: string };
  const line = useQuery(ask.sharedWithMe()).data?.find(({ id }) => id === patient);
  return (
    <>
      {line && (
        <div className={classes.apart}>
          <Banner icon="eye" tone="quiet">
            <p>
              <b>{t('with.apart')}</b>
            </p>
            <SharedWith shared={line.shared} />
          </Banner>
        </div>
      )}
      <Outlet />
    </>
  );
}
