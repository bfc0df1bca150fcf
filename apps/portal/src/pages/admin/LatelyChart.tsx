import { useQuery } from '@tanstack/react-query';
import type { Lately } from '../../house/admin.ts';
import { ask } from '../../queries.ts';
import type { CountSpan } from '../../ui/charts/CountBars.tsx';
import { CountChart } from '../../ui/charts/CountChart.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Card } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Failed } from './Failed.tsx';
import classes from './StatusPage.module.css';

const every = 2 * 60_000;

/** How many strips came in over the last two hours, and what became of them. It keeps itself up to date. */
export function LatelyChart() {
  const t = useWords('admin');
  const lately = useQuery(ask.lately());
  if (lately.isError && !lately.data) {
    return <Failed title={t('failed.title')} failure={lately.error} retry={() => void lately.refetch()} />;
  }
  if (!lately.data) return <div aria-hidden="true" className={classes.bone} data-tall />;
  return (
    <Card className={classes.lately}>
      <Strips lately={lately.data} />
    </Card>
  );
}

function Strips({ lately: { spans: told, outages, silent } }: { lately: Lately }) {
  const t = useWords('admin');
  const format = useFormat();
  const spans = told.map(({ from, passed, waiting }): CountSpan => ({ from, solid: passed, hollow: waiting }));
  const without = silent.length > 0 && <p className="meta">{t('lately.without', { clinics: format.list(silent) })}</p>;
  if (spans.every(({ solid, hollow }) => solid + hollow === 0)) {
    return (
      <>
        <EmptyState icon="watch" title={t('lately.none')} text={t('lately.noneAbout')} level={2} />
        {without}
      </>
    );
  }
  const last = spans.at(-1)!.from;
  const counted = ({ from, solid, hollow }: CountSpan) => ({
    from: format.time(from),
    to: format.time(from + every),
    passed: solid,
    waiting: hollow,
  });
  const since = outages.find(({ to }) => to === null)?.from;
  return (
    <>
      <CountChart
        spans={spans}
        every={every}
        away={outages}
        title={<h2>{t('lately.title')}</h2>}
        name={(shown) =>
          t('lately.name', {
            from: format.time(shown[0]!.from),
            to: format.time(last + every),
            passed: shown.reduce((sum, { solid }) => sum + solid, 0),
            waiting: shown.reduce((sum, { hollow }) => sum + hollow, 0),
          })
        }
        words={{
          solid: t('lately.passed'),
          hollow: t('lately.waiting'),
          away: since === undefined ? t('lately.away') : t('lately.awaySince', { when: format.time(since) }),
        }}
        say={(span) => t(span.from === last ? 'lately.sayNow' : 'lately.say', counted(span))}
        formatTime={format.time}
        formatValue={format.number}
        table={{ show: t('lately.table'), hide: t('lately.picture'), draw: () => <SpanTable spans={spans} /> }}
      />
      <p className="meta">{t('lately.about')}</p>
      {without}
    </>
  );
}

/** The same as a table, newest first. */
function SpanTable({ spans }: { spans: readonly CountSpan[] }) {
  const t = useWords('admin');
  const format = useFormat();
  const last = spans.at(-1)!.from;
  const time = ({ from }: CountSpan) =>
    t(from === last ? 'lately.timeNow' : 'lately.timeSpan', { from: format.time(from), to: format.time(from + every) });
  return (
    <DataTable
      caption={t('lately.title')}
      rows={spans.toReversed()}
      keyOf={({ from }) => String(from)}
      columns={[
        { key: 'time', name: t('lately.time'), head: true, phone: 'title', cell: time },
        {
          key: 'passed',
          name: t('status.forwarded'),
          align: 'end',
          phone: 'line',
          phoneName: t('status.forwarded'),
          cell: ({ solid }) => format.number(solid),
        },
        {
          key: 'waiting',
          name: t('status.waiting'),
          align: 'end',
          phone: 'end',
          phoneName: t('status.waiting'),
          cell: ({ hollow }) => format.number(hollow),
        },
      ]}
    />
  );
}
