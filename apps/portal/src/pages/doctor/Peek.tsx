import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { TriageLine } from '../../house/patients.ts';
import { paths, to } from '../../paths.ts';
import { Value } from '../../ui/kit.tsx';
import { Mark, Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { markOf } from '../record/StandingWord.tsx';
import { DaysChart } from './DaysChart.tsx';
import { usePersonWords } from './person.ts';
import { Numbers, unitOf, useReadingWords } from './reading.tsx';
import classes from './TodayPage.module.css';

/** New records named here; the rest is counted. */
const named = 4;

/** The selected patient beside the list: the latest number, the last days, what is new. */
export function Peek({ line, toggle }: { line: TriageLine; toggle: () => void }) {
  const t = useWords('doctor');
  const format = useFormat();
  const person = usePersonWords();
  const reading = useReadingWords();
  const navigate = useNavigate();
  const titleOf = useItemTitle();
  const { patient, vital, unit, decimals, latest, usual, standing, since, fresh, spark } = line;
  const name = person.name(patient);
  const age = person.age(patient.identity);
  const out = standing === 'above' || standing === 'below';
  return (
    <aside className={classes.peek} aria-label={t('today.glance', { name })}>
      <div className={classes.peekHead}>
        <h2>
          <bdi>{name}</bdi>
          {age !== '' && `, ${age}`}
        </h2>
        {vital !== null && (
          <Word kind={line.urgency === 'now' ? 'urgent' : markOf[standing]}>
            {out && since !== null ? t(`standing.${standing}Since`, { when: reading.sinceDay(since) }) : t(`standing.${standing}`)}
          </Word>
        )}
      </div>
      {vital !== null && unit !== null && latest !== null && (
        <>
          <div className={classes.peekNow}>
            <p className="label">{reading.vital(vital)}</p>
            <Value unit={unitOf(unit, t, format)}>
              <Numbers values={latest.values} scale={{ unit, decimals }} />
            </Value>
            <p className="meta">
              {reading.taken(latest)}. {usual && reading.usual(usual, { unit, decimals })}
            </p>
          </div>
          {spark.length > 1 && (
            <DaysChart
              vital={vital}
              scale={{ unit, decimals }}
              days={spark}
              usual={usual}
              height={188}
              compact
              name={t('chart.span', { vital: reading.vital(vital), count: spark.length })}
            />
          )}
        </>
      )}
      {fresh.length > 0 && (
        <div>
          <h3 className={classes.peekTitle}>{t('today.fresh')}</h3>
          <ul className={classes.peekList}>
            {fresh.slice(0, named).map((item) => (
              <li key={item.id}>
                <Mark kind={markOf[item.standing]} size={14} />
                <span>
                  {titleOf(item)}
                  {item.when !== null && <span className="meta"> {format.when(item.when, item.precision)}</span>}
                </span>
              </li>
            ))}
          </ul>
          {fresh.length > named && <p className="meta">{t('today.more', { count: fresh.length - named })}</p>}
        </div>
      )}
      <div className={classes.peekActs}>
        <Button onClick={() => void navigate({ to: to(paths.doctor.chart, { patient: patient.id }) })}>{t('today.openChart')}</Button>
        <Button variant="subtle" onClick={toggle}>
          {t(line.lookedAt === null ? 'today.lookNow' : 'today.lookBack')}
        </Button>
      </div>
    </aside>
  );
}
