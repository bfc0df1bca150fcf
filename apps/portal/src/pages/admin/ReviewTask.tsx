import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { Action, Banner } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Emergencies.module.css';

/** Emergencies that wait for a word of one's organisation, as something to do; where none does, the way to those before. */
export function ReviewTask() {
  const t = useWords('admin');
  const { data } = useQuery(ask.reviews());
  if (!data?.emergencies) return null;
  const open = data.emergencies.filter(({ verdict }) => verdict === null).length;
  if (open === 0) {
    return (
      <div className={classes.task}>
        <Action href={paths.admin.emergencies}>{t('review.link', { place: data.place })}</Action>
      </div>
    );
  }
  return (
    <div className={classes.task}>
      <Banner
        icon="warning"
        action={
          <Button variant="default" component={Link} href={paths.admin.emergencies}>
            {t('review.look')}
          </Button>
        }
      >
        {t('review.waiting', { count: open, place: data.place })}
      </Banner>
    </div>
  );
}
