import { useQuery } from '@tanstack/react-query';
import type { Overview } from '../../house/patients.ts';
import type { VitalCard } from '../../house/vitals.ts';
import { ask } from '../../queries.ts';
import { Action, Card, Section } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useWords } from '../../words/words.ts';
import { useRecordPaths } from '../record/recordPaths.ts';
import { Failed } from '../record/Waiting.tsx';
import classes from './ChartPage.module.css';
import { DaysChart } from './DaysChart.tsx';
import { lanesOf, medicinesOf, withoutLane } from './lanes.ts';
import { MedicinesTable, useStretchWords } from './MedicinesTable.tsx';
import { useReadingWords } from './reading.tsx';
import { chartDays, pressing } from './strip.ts';

/** The vital sign that presses most over the last month, with the medicines under the same time axis. */
export function PressingChart({ overview }: { overview: Overview }) {
  const card = pressing(overview.vitals, Date.now());
  return card ? <VitalChart overview={overview} card={card} /> : null;
}

function VitalChart({ overview, card: { vital, unit, decimals } }: { overview: Overview; card: VitalCard }) {
  const t = useWords('doctor');
  const reading = useReadingWords();
  const links = useRecordPaths(overview.id);
  const view = useQuery(ask.vital(overview.id, vital, chartDays));
  const words = { vital: reading.vital(vital) };
  const today = new Date().setHours(0, 0, 0, 0);
  const from = new Date(today).setDate(new Date(today).getDate() - chartDays + 1);
  const medicines = medicinesOf(overview.courses, from, Date.now());
  const lanes = lanesOf(medicines, from, useStretchWords(from));
  const more = withoutLane(medicines);
  return (
    <Card className={classes.chart}>
      <Section
        title={t(lanes.length > 0 ? 'chart.chartedWithMedicines' : 'chart.charted', words)}
        aside={
          view.data && (
            <Action href={links.vital(vital)} end="caret-right">
              {t('chart.readings', { count: view.data.total })}
            </Action>
          )
        }
      >
        {view.data ? (
          <DaysChart
            vital={vital}
            scale={{ unit, decimals }}
            days={view.data.days}
            usual={view.data.usual}
            height={236}
            from={from}
            to={today}
            lanes={lanes}
            lanesMore={more > 0 ? t('chart.lanesMore', { count: more }) : undefined}
            alsoInTable={() => medicines.length > 0 && <MedicinesTable medicines={medicines} />}
            name={
              view.data.out.days > 0
                ? t('chart.spanOut', { ...words, count: chartDays, days: view.data.out.days, of: view.data.out.of })
                : t('chart.span', { ...words, count: chartDays })
            }
          />
        ) : view.isError ? (
          <Failed failure={view.error} again={() => void view.refetch()} />
        ) : (
          <SkeletonRows rows={4} name={t('chart.opening')} />
        )}
      </Section>
    </Card>
  );
}
