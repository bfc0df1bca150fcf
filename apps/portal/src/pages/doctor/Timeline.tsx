import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ask } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Section } from '../../ui/kit.tsx';
import { LongList } from '../../ui/LongList.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useGo } from '../../useGo.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { grouped } from '../patient/grouped.ts';
import { RecordRow } from '../patient/RecordRow.tsx';
import { askedOf, countsOf, filterIn, type RecordFilter, searchOf } from '../patient/recordFilter.ts';
import { useRecordPaths } from '../record/recordPaths.ts';
import { sectionOf, sections } from '../record/sections.ts';
import { Failed } from '../record/Waiting.tsx';
import classes from './ChartPage.module.css';

const spans = ['month', 'year', 'all'] as const;

/** Everything of a chart, newest first, by kind and time; both are in the address. */
export function Timeline({ patient }: { patient: string }) {
  const t = useWords('doctor');
  const r = useWords('record');
  const format = useFormat();
  const go = useGo();
  const links = useRecordPaths(patient);
  const filter = filterIn(useSearch({ strict: false }));
  const items = useQuery({ ...ask.items(patient, askedOf(filter, Date.now())), placeholderData: keepPreviousData });
  const counts = useMemo(() => countsOf(items.data ?? []), [items.data]);
  const shown = (items.data ?? []).filter(({ kind }) => filter.kind === 'all' || sectionOf(kind) === filter.kind);
  const groups = grouped(shown, filter.time === 'month' ? 'day' : 'month').map(({ key, at, precision, items: some }) => ({
    key,
    title: at === null ? r('undated') : precision === 'day' ? format.day(at) : format.when(at, precision),
    items: some,
  }));
  const choose = (change: Partial<RecordFilter>) => go(searchOf({ ...filter, ...change }), { resetScroll: false });
  return (
    <Section id="everything" title={t('chart.timeline')} className={classes.timeline ?? ''}>
      <div className={classes.filters}>
        <FilterBar
          name={t('chart.kind')}
          value={filter.kind}
          onChange={(kind) => choose({ kind })}
          options={(['all', ...sections] as const)
            .filter((kind) => kind === 'all' || kind === filter.kind || counts[kind] > 0)
            .map((kind) => ({
              value: kind,
              label: kind === 'all' ? t('chart.allKinds') : r(`section.${kind}`),
              count: format.number(counts[kind]),
            }))}
        />
        <FilterBar
          name={t('chart.spans.label')}
          value={spans.find((span) => span === filter.time) ?? 'all'}
          onChange={(time) => choose({ time })}
          options={spans.map((span) => ({ value: span, label: t(`chart.spans.${span}`) }))}
        />
      </div>
      {items.isError ? (
        <Failed failure={items.error} again={() => void items.refetch()} />
      ) : !items.data ? (
        <SkeletonRows rows={6} name={t('chart.opening')} />
      ) : shown.length === 0 ? (
        <EmptyState
          level={3}
          icon="clipboard-text"
          title={t('chart.nothing')}
          text={t('chart.nothingAbout')}
          act={
            <Button variant="default" onClick={() => choose({ kind: 'all', time: 'all', place: null })}>
              {t('chart.clear')}
            </Button>
          }
        />
      ) : (
        <LongList
          name={t('chart.timeline')}
          level={3}
          groups={groups}
          keyOf={(item) => item.id}
          row={(item) => <RecordRow item={item} href={links.record(item.id)} />}
          rowHeight={61}
        />
      )}
    </Section>
  );
}
