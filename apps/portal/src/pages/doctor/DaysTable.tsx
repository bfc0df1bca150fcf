import type { SparkDay } from '../../house/vitals.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/** Days as numbers, newest first. */
export function DaysTable({ caption, days, number }: { caption: string; days: readonly SparkDay[]; number: (value: number) => string }) {
  const t = useWords('doctor');
  const format = useFormat();
  const pair = (one: number, other: number | undefined) => (other === undefined ? number(one) : `${number(one)}/${number(other)}`);
  return (
    <DataTable
      caption={caption}
      rows={days.toReversed()}
      keyOf={({ day }) => String(day)}
      columns={[
        { key: 'day', name: t('chart.day'), head: true, cell: ({ day }) => format.day(day) },
        { key: 'low', name: t('chart.low'), align: 'end', phoneName: t('chart.low'), cell: ({ low, second }) => pair(low, second?.low) },
        {
          key: 'high',
          name: t('chart.high'),
          align: 'end',
          phone: 'value',
          phoneName: t('chart.high'),
          cell: ({ high, second }) => pair(high, second?.high),
        },
        {
          key: 'count',
          name: t('chart.count'),
          align: 'end',
          phone: 'end',
          phoneName: t('chart.count'),
          cell: ({ readings }) => format.number(readings),
        },
      ]}
    />
  );
}
