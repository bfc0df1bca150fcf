import type { RequestToMe } from '../../house/requests.ts';
import { useWords } from '../../words/words.ts';
import classes from './Requests.module.css';

/** Above the steps of a sheet that was filled in by a request: who asks and why; it can all be changed. */
export function AskedFor({ request: { doctor, why } }: { request: RequestToMe }) {
  const t = useWords('requests');
  return (
    <div className={classes.askedFor}>
      <p>{t('sheet.asks', { name: doctor.name })}</p>
      <blockquote>
        <bdi>{why}</bdi>
      </blockquote>
      <p className="meta">{t('sheet.change')}</p>
    </div>
  );
}
