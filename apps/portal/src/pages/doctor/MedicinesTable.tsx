import type { Moment } from '../../house/items.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import type { Medicine, Stretch } from './lanes.ts';

/** Lanes as a table: what, from when, until when, and what nobody wrote. */
export function MedicinesTable({ medicines }: { medicines: readonly Medicine[] }) {
  const t = useWords('doctor');
  const format = useFormat();
  const day = ({ at, precision }: Moment) => format.when(at, precision === 'instant' ? 'day' : precision);
  const untilOf = ({ end }: Stretch) =>
    end.kind === 'at' ? day(end.when) : t(end.kind === 'open' ? 'chart.laneOpen' : 'chart.laneUnknown');
  return (
    <DataTable
      caption={t('chart.lanes')}
      showCaption
      rows={medicines.flatMap(({ key, stretches }) => stretches.map((stretch, at) => ({ ...stretch, key: `${key} ${at}` })))}
      keyOf={({ key }) => key}
      columns={[
        { key: 'title', name: t('chart.medicine'), head: true, cell: ({ title }) => title },
        {
          key: 'from',
          name: t('chart.laneFrom'),
          phoneName: t('chart.laneFrom'),
          cell: ({ from }) => (from === null ? t('chart.laneUnknown') : day(from)),
        },
        { key: 'until', name: t('chart.laneUntil'), phone: 'end', phoneName: '–', cell: untilOf },
      ]}
    />
  );
}

/** A stretch in a few words, beside a lane: `Amlodipine 10 mg tablet, since 19 Nov`. */
export function useStretchWords(axis: number): (stretch: Stretch) => string {
  const t = useWords('doctor');
  const format = useFormat();
  const day = ({ at, precision }: Moment) =>
    precision === 'instant' || precision === 'day' ? format.shortDate(at) : format.when(at, precision);
  return ({ title, from, end }) => {
    const until = end.kind === 'at' ? day(end.when) : '';
    if (from === null || from.at <= axis) {
      if (end.kind === 'at') return t('chart.laneTo', { title, until });
      return t(from === null ? 'chart.laneNow' : 'chart.laneAll', { title });
    }
    const words = { title, from: day(from), until };
    if (end.kind === 'at') return t('chart.laneFromTo', words);
    return t(end.kind === 'open' ? 'chart.laneSince' : 'chart.laneLost', words);
  };
}
