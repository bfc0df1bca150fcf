import { Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { Item } from '../../house/items.ts';
import type { Place } from '../../house/patients.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { LongList } from '../../ui/LongList.tsx';
import { useGo } from '../../useGo.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useRecordPaths } from '../record/recordPaths.ts';
import { sectionOf, sections } from '../record/sections.ts';
import { Failed, Waiting } from '../record/Waiting.tsx';
import { useWhose } from '../record/whose.ts';
import { grouped } from './grouped.ts';
import { RecordRow } from './RecordRow.tsx';
import classes from './RecordsPage.module.css';
import { askedOf, countsOf, filterIn, type RecordFilter, searchOf, times } from './recordFilter.ts';

/** Everything in one's records, newest first; by kind, time and place. */
export function RecordsPage() {
  const t = useWords('patient');
  const { id, none, failure, again } = useWhose();
  const places = useQuery(ask.patients()).data?.find((line) => line.id === id)?.places ?? [];
  const empty = <EmptyState icon="clipboard-text" title={t('records.nothing')} text={t('records.nothingText')} />;
  useTitle(t('records.title'));
  return (
    <>
      <h1>{t('records.title')}</h1>
      {failure ? (
        <Failed failure={failure} again={again} />
      ) : none ? (
        empty
      ) : id === undefined ? (
        <Waiting patient={id} />
      ) : (
        <Records patient={id} places={places} empty={empty} />
      )}
    </>
  );
}

/** The list, with what narrows it; `empty` in its place where there is nothing at all. */
export function Records({ patient, places, empty }: { patient: string; places: readonly Place[]; empty: ReactNode }) {
  const t = useWords('patient');
  const r = useWords('record');
  const format = useFormat();
  const go = useGo();
  const filter = filterIn(useSearch({ strict: false }));
  const items = useQuery({ ...ask.items(patient, askedOf(filter, Date.now())), placeholderData: keepPreviousData });
  const counts = useMemo(() => countsOf(items.data ?? []), [items.data]);
  const shown = useMemo(
    () => (filter.kind === 'all' ? (items.data ?? []) : (items.data ?? []).filter(({ kind }) => sectionOf(kind) === filter.kind)),
    [items.data, filter.kind],
  );
  const choose = (change: Partial<RecordFilter>) => go(searchOf({ ...filter, ...change }), { resetScroll: false });

  const narrowed = filter.kind !== 'all' || filter.time !== 'all' || filter.place !== null;
  if (items.error) return <Failed failure={items.error} again={() => void items.refetch()} />;
  if (!items.data) return <Waiting patient={patient} />;
  if (items.data.length === 0 && !narrowed) return empty;

  return (
    <>
      <p className="lede" role="status">
        {t('records.lede', { count: shown.length, time: t(`records.timesIn.${filter.time}`) })}
      </p>
      <div className={classes.filters}>
        <FilterBar
          name={t('records.kinds')}
          value={filter.kind}
          onChange={(kind) => choose({ kind })}
          options={(['all', ...sections] as const)
            .filter((kind) => kind === 'all' || kind === filter.kind || counts[kind] > 0)
            .map((kind) => ({
              value: kind,
              label: kind === 'all' ? t('records.all') : r(`section.${kind}`),
              count: format.number(counts[kind]),
            }))}
        />
        <FilterBar
          name={t('records.time')}
          value={filter.time}
          onChange={(time) => choose({ time })}
          options={times.map((time) => ({ value: time, label: t(`records.times.${time}`) }))}
        />
        {places.length > 1 && (
          <NativeSelect
            aria-label={t('records.place')}
            value={filter.place ?? ''}
            onChange={(event) => choose({ place: event.currentTarget.value || null })}
            data={[{ value: '', label: t('records.everywhere') }, ...places.map(({ id, name }) => ({ value: id, label: name }))]}
          />
        )}
      </div>
      {shown.length === 0 ? (
        <EmptyState
          icon="clipboard-text"
          title={t('records.none')}
          text={t('records.noneText')}
          act={
            <Button variant="default" onClick={() => choose({ kind: 'all', time: 'all', place: null })}>
              {t('records.clear')}
            </Button>
          }
        />
      ) : (
        <RecordList patient={patient} items={shown} by={filter.time === 'week' || filter.time === 'month' ? 'day' : 'month'} />
      )}
    </>
  );
}

function RecordList({ patient, items, by }: { patient: string; items: readonly Item[]; by: 'day' | 'month' }) {
  const t = useWords('patient');
  const r = useWords('record');
  const format = useFormat();
  const { record } = useRecordPaths(patient);
  // biome-ignore lint/correctness/useExhaustiveDependencies: words are made anew on each draw; `format` follows the language
  const groups = useMemo(
    () =>
      grouped(items, by).map(({ key, at, precision, items: some }) => ({
        key,
        title: at === null ? r('undated') : precision === 'day' ? format.day(at) : format.when(at, precision),
        items: some,
      })),
    [items, by, format],
  );
  return (
    <LongList
      name={t('records.title')}
      groups={groups}
      keyOf={(item) => item.id}
      row={(item) => <RecordRow item={item} href={record(item.id)} />}
      rowHeight={61}
    />
  );
}
