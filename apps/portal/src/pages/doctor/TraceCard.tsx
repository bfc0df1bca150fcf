import { useQuery } from '@tanstack/react-query';
import type { Item } from '../../house/items.ts';
import { ask } from '../../queries.ts';
import { TraceStrip } from '../../ui/charts/TraceStrip.tsx';
import { Action, Card } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useRecordPaths } from '../record/recordPaths.ts';
import { Failed } from '../record/Waiting.tsx';
import classes from './ChartPage.module.css';

/** The beginning of the newest heart trace, and the way to all of it. */
export function TraceCard({ patient, item }: { patient: string; item: Item }) {
  const t = useWords('doctor');
  const r = useWords('record');
  const format = useFormat();
  const links = useRecordPaths(patient);
  const trace = useQuery(ask.trace(patient, item.id));
  const lead = trace.data?.leads[0];
  const facts = trace.data && [
    trace.data.device,
    lead?.name,
    r('trace.second', { seconds: format.number(trace.data.seconds) }),
    trace.data.rhythm && t('chart.rate', { rate: trace.data.rhythm.rate }),
    trace.data.rhythm && r(trace.data.rhythm.even ? 'trace.even' : 'trace.uneven'),
  ];
  const about = facts ? facts.filter((fact) => fact).join(', ') : '';
  return (
    <Card flush>
      <div className={classes.traceHead}>
        <div>
          <h2>{item.when === null ? r('trace.title') : t('chart.trace', { when: format.when(item.when, item.precision) })}</h2>
          <p className="meta">
            {about}. {r('trace.speed')}.
          </p>
        </div>
        <Action href={links.record(item.id)} end="caret-right">
          {t('chart.open')}
        </Action>
      </div>
      {lead ? (
        <TraceStrip lead={lead} px={4} step name={`${r('trace.title')}: ${about}`} />
      ) : trace.isError ? (
        <Failed failure={trace.error} again={() => void trace.refetch()} />
      ) : (
        <SkeletonRows rows={2} name={t('chart.opening')} />
      )}
    </Card>
  );
}
