import { useMemo } from 'react';
import type { VitalView } from '../../house/vitals.ts';
import type { ChartTable } from '../../ui/charts/ChartFigure.tsx';
import type { ChartDay } from '../../ui/charts/days.ts';
import { PressureChart } from '../../ui/charts/PressureChart.tsx';
import { TrendChart } from '../../ui/charts/TrendChart.tsx';
import type { TimeStep } from '../../ui/charts/time.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { type Format, useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useValues } from '../record/values.ts';
import { leastOf } from '../record/vitalScale.ts';
import { useVoice } from '../record/whose.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Labels of a time axis: 08:00, Today, 3 Nov, 2026. */
const labelled =
  (format: Format) =>
  (ms: number, step: TimeStep): string => {
    if (step === 'hour') return format.time(ms);
    if (step === 'year') return format.when(ms, 'year');
    return new Date(ms).toDateString() === new Date().toDateString() ? format.day(ms) : format.shortDate(ms);
  };

/** The readings of a span over time, before the band of what is usual. */
export function VitalChart({ view, from, to, name }: { view: VitalView; from: number; to: number; name: string }) {
  const t = useWords('vitals');
  const voice = useVoice();
  const format = useFormat();
  const values = useValues();
  const { vital, unit, decimals, usual, days } = view;
  const of = { unit, decimals, vital };
  const usualText = values.bands([usual.band, usual.second], of);
  const words = usualText === '' || usual.kind === 'none' ? {} : { usual: t(`chart.${usual.kind}`, { ...voice, range: usualText }) };
  const formatTime = useMemo(() => labelled(format), [format]);
  const formatValue = (value: number) => values.shown(value, unit, decimals === 1 && Number.isInteger(value) ? 0 : decimals, vital).value;
  const table: ChartTable = { show: t('chart.table'), hide: t('chart.picture'), draw: () => <DayTable view={view} /> };
  const line = useMemo(() => lineOf(view), [view]);

  if (vital === 'blood-pressure') {
    const say = (one: ChartDay, span: 'day' | 'week') =>
      t(span === 'week' ? 'chart.sayWeek' : 'chart.say', { when: format.weekday(one.day), value: values.bands([one, one.second], of) });
    return (
      <PressureChart
        days={days}
        band={usual.band}
        second={usual.second}
        from={from}
        to={to}
        name={name}
        words={{ top: t('chart.top'), bottom: t('chart.bottom'), ...words }}
        say={say}
        formatTime={formatTime}
        formatValue={formatValue}
        table={table}
      />
    );
  }
  return (
    <TrendChart
      {...line}
      band={usual.band}
      from={from}
      to={to}
      name={name}
      words={{ value: t('chart.value'), ...words }}
      say={(at, value) =>
        t('chart.say', {
          when: vital === 'steps' ? format.weekday(at) : format.moment(at),
          value: values.text({ value, unit, decimals }, vital),
        })
      }
      formatTime={formatTime}
      formatValue={formatValue}
      table={table}
      least={leastOf[vital]}
    />
  );
}

/**
 * What is drawn: each reading, or of what is counted over a day each day. Where readings come every few minutes a line
 * breaks after two hours without one; where they come now and then, after ten days.
 */
function lineOf({ vital, times, values, days }: VitalView): {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly gap: number;
} {
  if (vital === 'steps') return { times: days.map((one) => one.day), values: days.map(({ middle }) => middle), gap: 3 * day };
  const perDay = times.length / Math.max(1, days.length);
  return { times, values, gap: perDay > 24 ? 2 * hour : 10 * day };
}

/** The same as a table: a day a line, newest first. */
function DayTable({ view }: { view: VitalView }) {
  const t = useWords('vitals');
  const format = useFormat();
  const values = useValues();
  const { vital, unit, decimals, days } = view;
  const text = (first: number, second: number | undefined) =>
    values.reading(second === undefined ? [first] : [first, second], { unit, decimals, vital });
  return (
    <DataTable
      caption={t(`name.${vital}`)}
      keyOf={(one) => String(one.day)}
      rows={[...days].reverse()}
      columns={[
        { key: 'day', name: t('chart.day'), head: true, phone: 'title', cell: (one) => format.weekday(one.day) },
        { key: 'low', name: t('chart.lowest'), phone: 'line', phoneName: t('chart.lowest'), cell: (one) => text(one.low, one.second?.low) },
        {
          key: 'high',
          name: t('chart.highest'),
          phone: 'end',
          phoneName: t('chart.highest'),
          cell: (one) => text(one.high, one.second?.high),
        },
        { key: 'middle', name: t('chart.middle'), phone: 'value', cell: (one) => text(one.middle, one.second?.middle) },
        { key: 'count', name: t('chart.count'), align: 'end', phone: 'hide', cell: (one) => format.number(one.readings) },
      ]}
    />
  );
}
