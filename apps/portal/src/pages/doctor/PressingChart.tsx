import { useQuery } from '@tanstack/react-query';
import type { Overview } from '../../house/patients.ts';
import type { VitalCard } from '../../house/vitals.ts';
import { ask } from '../../queries.ts';
import { Action, Card, Section } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { useRecordPaths } from '../record/recordPaths.ts';
import { Failed } from '../record/Waiting.tsx';
import classes from './ChartPage.module.css';
import { DaysChart } from './DaysChart.tsx';
import { lanesOf } from './lanes.ts';
import { useReadingWords } from './reading.tsx';
import { chartDays, pressing } from './strip.ts';

/** The vital sign that presses most over the last month, with the medicines under the same time axis. */
export function PressingChart({ overview }: { overview: Overview }) {
  const card = pressing(overview.vitals, Date.now());
  return card ? <VitalChart overview={overview} card={card} /> : null;
}

function VitalChart({ overview, card: { vital, unit, decimals } }: { overview: Overview; card: VitalCard }) {
  const t = useWords('doctor');
  const format = useFormat();
  const reading = useReadingWords();
  const titleOf = useItemTitle();
  const links = useRecordPaths(overview.id);
  const view = useQuery(ask.vital(overview.id, vital, chartDays));
  const words = { vital: reading.vital(vital) };
  const today = new Date().setHours(0, 0, 0, 0);
  const from = new Date(today).setDate(new Date(today).getDate() - chartDays + 1);
  const lanes = lanesOf(overview.medications, from, (item, since) =>
    since === null
      ? t('chart.laneAll', { title: titleOf(item) })
      : t('chart.laneSince', { title: titleOf(item), when: format.shortDate(since.when!) }),
  );
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
