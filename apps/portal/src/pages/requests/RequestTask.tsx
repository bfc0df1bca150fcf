import { Button } from '@mantine/core';
import type { RequestToMe } from '../../house/requests.ts';
import { paths } from '../../paths.ts';
import { sharing } from '../../shell/sharing.ts';
import { Hidden } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import tasks from '../patient/TodoList.module.css';
import { draftOf } from '../sharing/draft.ts';
import classes from './Requests.module.css';
import { useWishWords } from './useWishWords.ts';

/** A line of what to do: a doctor asks, and the sheet that decides it is filled in. */
export function RequestTask({ request, isFirst }: { request: RequestToMe; isFirst: boolean }) {
  const t = useWords('requests');
  const format = useFormat();
  const wish = useWishWords();
  const { doctor, asked, why } = request;
  return (
    <li className={tasks.task}>
      <p className={tasks.when}>{format.day(asked)}</p>
      <div className={tasks.what}>
        <h3>{t('asks', { name: doctor.name, ...wish(request) })}</h3>
        <blockquote className={classes.why}>
          <bdi>{why}</bdi>
        </blockquote>
      </div>
      <div className={tasks.act}>
        <Button
          variant={isFirst ? 'filled' : 'default'}
          fullWidth
          component={Link}
          href={`${paths.patient.sharing}?step=check`}
          onClick={() => sharing.keep(draftOf(request))}
        >
          {t('decide')}
          <Hidden> {doctor.name}</Hidden>
        </Button>
      </div>
    </li>
  );
}
