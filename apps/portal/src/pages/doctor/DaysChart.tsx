import type { ReactNode } from 'react';
import type { SparkDay, Usual, VitalName } from '../../house/vitals.ts';
import type { ChartTable } from '../../ui/charts/ChartFigure.tsx';
import type { ChartDay } from '../../ui/charts/days.ts';
import type { Lane } from '../../ui/charts/Lanes.tsx';
import { PressureChart } from '../../ui/charts/PressureChart.tsx';
import { TrendChart } from '../../ui/charts/TrendChart.tsx';
import type { TimeStep } from '../../ui/charts/time.ts';
import { type Format, useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { DaysTable } from './DaysTable.tsx';
import { type Scale, useReadingWords } from './reading.tsx';

/** Days of a vital sign before what is usual: pairs of bars for blood pressure, a line of middle values for the others. */
export function DaysChart({
  vital,
  scale,
  days,
  usual,
  name,
  height,
  compact = false,
  from,
  to,
  lanes,
  lanesMore,
  alsoInTable,
}: {
  vital: VitalName;
  scale: Scale;
  /** Oldest first. */
  days: readonly SparkDay[];
  usual: Usual | null;
  /** A sentence that tells what the chart shows. */
  name: string;
  height: number;
  compact?: boolean;
  /** Ends of the time axis; without them those of the days. */
  from?: number;
  to?: number;
  lanes?: readonly Lane[];
  /** Said below them: how many are not drawn. */
  lanesMore?: string | undefined;
  /** The lanes as a table, below that of the days. */
  alsoInTable?: () => ReactNode;
}) {
  const t = useWords('doctor');
  const format = useFormat();
  const reading = useReadingWords();
  const number = (value: number) => format.quantity(value, scale.unit, scale.decimals).value;
  const usualText = usual ? reading.usual(usual, scale) : '';
  const table: ChartTable | undefined = compact
    ? undefined
    : {
        show: t('chart.table'),
        hide: t('chart.tableHide'),
        draw: () => (
          <>
            <DaysTable caption={name} days={days} number={number} />
            {alsoInTable?.()}
          </>
        ),
      };
  const common = {
    name,
    height,
    formatTime: (ms: number, step: TimeStep) => tick(format, ms, step),
    formatValue: number,
    band: usual?.band ?? null,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(lanes && { lanes: lanes.map(onDays) }),
    ...(table && { table }),
  };
  const words = { lanes: t('chart.lanes'), ...(lanesMore !== undefined && { lanesMore }), ...(usualText !== '' && { usual: usualText }) };
  const said = ({ day, low, high, second }: ChartDay) =>
    second
      ? t('chart.saidPressure', {
          day: format.day(day),
          low: number(low),
          high: number(high),
          low2: number(second.low),
          high2: number(second.high),
        })
      : t('chart.saidDay', { day: format.day(day), low: number(low), high: number(high) });
  if (vital === 'blood-pressure') {
    return (
      <PressureChart
        {...common}
        days={days}
        second={usual?.second ?? null}
        compact={compact}
        say={said}
        words={{ ...words, top: t('chart.top'), bottom: t('chart.bottom') }}
      />
    );
  }
  return (
    <TrendChart
      {...common}
      times={days.map(({ day }) => day)}
      values={days.map(({ middle }) => middle)}
      say={(time, value) => t('chart.saidValue', { day: format.day(time), value: reading.value([value], scale) })}
      words={{ ...words, value: t('chart.middle') }}
    />
  );
}

/** A day is drawn around its midnight, so what happened at noon stands where its day does. */
function onDays(lane: Lane): Lane {
  const noon = (at: number | null) => at && at - 43_200_000;
  return { ...lane, spans: lane.spans.map((span) => ({ ...span, from: noon(span.from), to: noon(span.to) })) };
}

function tick(format: Format, ms: number, step: TimeStep): string {
  switch (step) {
    case 'hour':
      return format.time(ms);
    case 'day':
      return format.shortDate(ms);
    case 'month':
      return format.when(ms, 'month');
    case 'year':
      return format.when(ms, 'year');
  }
}
