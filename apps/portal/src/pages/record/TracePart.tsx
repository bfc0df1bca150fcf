import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ItemView } from '../../house/items.ts';
import type { HeartTrace as Trace } from '../../house/vitals.ts';
import { ask } from '../../queries.ts';
import { HeartTrace } from '../../ui/charts/HeartTrace.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Card, Section } from '../../ui/kit.tsx';
import { SkeletonCards } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { RhythmWord } from './RhythmWord.tsx';
import { extremesBySecond } from './seconds.ts';
import classes from './TracePart.module.css';
import { Failed } from './Waiting.tsx';
import { useVoice } from './whose.ts';

const all = 'all';

/** A heart trace to move through and enlarge, lead by lead, and what can be said of it. */
export function TracePart({ patient, item }: { patient: string; item: ItemView }) {
  const t = useWords('record');
  const query = useQuery(ask.trace(patient, item.id));
  if (query.error) return <Failed failure={query.error} again={() => void query.refetch()} />;
  // The beginning came along with the record: it is looked at while the whole is fetched.
  const trace = query.data ?? item.trace0;
  if (!trace) return <SkeletonCards cards={1} name={t('opening.name')} />;
  return <Shown trace={trace} />;
}

function Shown({ trace }: { trace: Trace }) {
  const t = useWords('record');
  const format = useFormat();
  const voice = useVoice();
  const [chosen, setChosen] = useState(all);
  // biome-ignore lint/correctness/useExhaustiveDependencies: words are made anew on each draw; `format` follows the language
  const named = useMemo(
    () =>
      trace.leads.map((lead, at) => ({ ...lead, name: lead.name === '' ? t('trace.lead', { number: format.number(at + 1) }) : lead.name })),
    [trace, format],
  );
  const leads = useMemo(() => (chosen === all ? named : named.filter((_, at) => String(at) === chosen)), [named, chosen]);
  const seconds = format.number(trace.seconds, trace.seconds < 10 && !Number.isInteger(trace.seconds) ? 1 : 0);
  const about = t('trace.about', { count: trace.leads.length, seconds });
  const rhythm = t(trace.rhythm === null ? 'trace.unclear' : trace.rhythm.even ? 'trace.even' : 'trace.uneven');
  return (
    <>
      <Section
        title={trace.device === null ? about : t('trace.device', { about, device: trace.device })}
        aside={
          named.length > 1 && (
            <FilterBar
              name={t('trace.leads')}
              value={chosen}
              onChange={setChosen}
              options={[{ value: all, label: t('trace.allLeads') }, ...named.map(({ name }, at) => ({ value: String(at), label: name }))]}
            />
          )
        }
      >
        <Card>
          <HeartTrace
            leads={leads}
            name={t('trace.name', { count: leads.length, when: format.moment(trace.start), seconds, rhythm })}
            words={{
              scale: t('trace.speed'),
              square: t('trace.square'),
              back: t('trace.back'),
              on: t('trace.on'),
              smaller: t('trace.farther'),
              larger: t('trace.nearer'),
              keys: t('trace.keys'),
            }}
            say={(from, to, of) => t('trace.window', { from: format.number(from, 1), to: format.number(to, 1), of: format.number(of) })}
            formatSecond={(second) => t('trace.second', { seconds: format.number(second) })}
            formatZoom={format.percent}
            table={{ show: t('trace.table'), hide: t('trace.picture'), draw: () => <SecondsTable leads={leads} /> }}
          />
        </Card>
      </Section>
      <Section title={t('trace.tell')}>
        <div className={classes.tell}>
          <RhythmWord rhythm={trace.rhythm} />
          <p>
            {trace.rhythm === null
              ? t('trace.tellUnclear')
              : t(trace.rhythm.even ? 'trace.tellEven' : 'trace.tellUneven', { ...voice, rate: format.number(trace.rhythm.rate) })}
          </p>
          <p className="soft">
            {t('trace.counted')} {t('trace.tellLimit', voice)}
          </p>
        </div>
      </Section>
    </>
  );
}

/** Lowest and highest of each second, for who reads numbers rather than a line. */
function SecondsTable({ leads }: { leads: Trace['leads'] }) {
  const t = useWords('record');
  const format = useFormat();
  const rows = leads.flatMap((lead) => extremesBySecond(lead).map((second) => ({ ...second, lead: lead.name })));
  const text = (value: number) => t('trace.millivolts', { value: format.number(value, 2) });
  return (
    <DataTable
      caption={t('trace.table')}
      keyOf={(row) => `${row.lead} ${row.second}`}
      rows={rows}
      columns={[
        { key: 'second', name: t('trace.minute'), head: true, phone: 'title', cell: (row) => format.number(row.second) },
        ...(leads.length > 1
          ? [{ key: 'lead', name: t('trace.leads'), phone: 'value' as const, cell: (row: (typeof rows)[number]) => row.lead }]
          : []),
        { key: 'low', name: t('trace.lowest'), phone: 'line', phoneName: t('trace.lowest'), align: 'end', cell: (row) => text(row.low) },
        { key: 'high', name: t('trace.highest'), phone: 'end', phoneName: t('trace.highest'), align: 'end', cell: (row) => text(row.high) },
      ]}
    />
  );
}
