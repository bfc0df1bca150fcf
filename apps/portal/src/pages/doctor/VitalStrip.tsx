import type { VitalCard } from '../../house/vitals.ts';
import { Card, Value } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useRecordPaths } from '../record/recordPaths.ts';
import { markOf } from '../record/StandingWord.tsx';
import classes from './ChartPage.module.css';
import { Numbers, unitOf, useReadingWords } from './reading.tsx';
import { strip } from './strip.ts';

/** The latest vital signs side by side, each a link to its course. */
export function VitalStrip({ patient, vitals }: { patient: string; vitals: readonly VitalCard[] }) {
  const t = useWords('doctor');
  const cells = strip(vitals, Date.now());
  return (
    <section aria-label={t('chart.vitals')} className={classes.vitals}>
      <Card flush>
        {cells.length === 0 ? (
          <p className={classes.noVitals}>{t('chart.noVitals')}</p>
        ) : (
          <ul data-count={cells.length}>
            {cells.map((card) => (
              <Cell key={card.vital} patient={patient} card={card} />
            ))}
          </ul>
        )}
      </Card>
    </section>
  );
}

function Cell({ patient, card: { vital, unit, decimals, latest, out } }: { patient: string; card: VitalCard }) {
  const t = useWords('doctor');
  const format = useFormat();
  const reading = useReadingWords();
  const links = useRecordPaths(patient);
  const side = latest.standing;
  const days = out.days > 1 && (side === 'above' || side === 'below');
  return (
    <li>
      <h2 className={classes.vitalName}>
        <Link href={links.vital(vital)} className={classes.vitalLink}>
          {reading.vital(vital)}
        </Link>
      </h2>
      <Value size="sm" unit={unitOf(unit, t, format)}>
        <Numbers values={latest.values} scale={{ unit, decimals }} />
      </Value>
      <Word kind={markOf[side]}>{days ? t(`standing.${side}Days`, { count: out.days }) : t(`standing.${side}`)}</Word>
      <p className="meta">{reading.taken(latest)}</p>
    </li>
  );
}
