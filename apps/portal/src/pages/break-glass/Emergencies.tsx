import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EmergencyToMe } from '../../house/break-glass.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { Banner, Hidden } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import asked from '../requests/Requests.module.css';
import classes from './BreakGlass.module.css';

const week = 7 * 86_400_000;

/** What doctors opened in emergencies, told to whose records they are; on the first page those of the last week alone. */
export function Emergencies({ lately = false }: { lately?: boolean }) {
  const t = useWords('break-glass');
  const format = useFormat();
  const { data } = useQuery(ask.emergencies());
  const shown = data?.filter(({ since }) => !lately || since > Date.now() - week) ?? [];
  const review = ({ place, verdict, older }: EmergencyToMe) =>
    older
      ? t('older', { place })
      : verdict === null
        ? t('unreviewed', { place })
        : t(verdict === 'justified' ? 'justified' : 'notJustified', { place });
  if (shown.length === 0) return null;
  const told = shown.map((one) => {
    const isOpen = one.until > Date.now();
    return (
      <Banner
        key={one.id}
        icon="warning"
        tone={isOpen || one.verdict === 'not-justified' ? 'danger' : 'quiet'}
        action={
          <Button variant="default" component={Link} href={paths.patient.receipts}>
            {t('looks')}
            <Hidden> {one.doctor.name}</Hidden>
          </Button>
        }
      >
        <p>
          {t('told', {
            name: one.doctor.name,
            place: one.place,
            day: format.day(one.since),
            from: format.time(one.since),
            until: format.time(one.until),
          })}
        </p>
        {one.why !== null && (
          <blockquote className={asked.why}>
            <bdi>{one.why}</bdi>
          </blockquote>
        )}
        <p className="meta">
          {isOpen && (
            <>
              <Word kind="urgent">{t('still')}</Word>{' '}
            </>
          )}
          {review(one)}
        </p>
      </Banner>
    );
  });
  return <div className={classes.news}>{told}</div>;
}
