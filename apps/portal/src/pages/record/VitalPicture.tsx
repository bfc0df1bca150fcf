import type { VitalCard } from '../../house/vitals.ts';
import { Spark, SparkPressure } from '../../ui/charts/Spark.tsx';
import { TimeInRange } from '../../ui/charts/TimeInRange.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { dayInRange } from './dayInRange.ts';
import { useValues } from './values.ts';
import { leastOf } from './vitalScale.ts';

/** The small picture of a vital sign: pairs of bars, shares of a day, or a line; its name is a sentence. */
export function VitalPicture({ card }: { card: VitalCard }) {
  const t = useWords('vitals');
  const values = useValues();
  const { vital, spark, usual, unit, decimals } = card;
  const range = dayInRange(card);
  if (range) return <DayInRange range={range} />;
  const lowest = (of: readonly { readonly low: number }[]) => Math.min(...of.map(({ low }) => low));
  const highest = (of: readonly { readonly high: number }[]) => Math.max(...of.map(({ high }) => high));
  const text = (value: number) => values.shown(value, unit, decimals, vital).value;
  const seconds = spark.flatMap(({ second }) => second ?? []);
  if (spark.length === 0) return null;
  const said = { vital: t(`name.${vital}`), count: spark.length, low: text(lowest(spark)), high: text(highest(spark)) };
  if (seconds.length > 0) {
    const name = t('chart.sparkPressure', { ...said, bottomLow: text(lowest(seconds)), bottomHigh: text(highest(seconds)) });
    return <SparkPressure days={spark} band={usual.band} second={usual.second} name={name} />;
  }
  return <Spark values={spark.map(({ middle }) => middle)} band={usual.band} name={t('chart.spark', said)} least={leastOf[vital]} />;
}

/** How much of a day glucose was low, in range and high. */
export function DayInRange({ range }: { range: NonNullable<VitalCard['range']> }) {
  const t = useWords('vitals');
  const format = useFormat();
  const [low, within, high] = [range.low, range.within, range.high].map((share) => format.percent(share)) as [string, string, string];
  return (
    <TimeInRange
      {...range}
      words={[t('chart.low', { share: low }), t('chart.within', { share: within }), t('chart.high', { share: high })]}
      name={t('chart.rangeName', { low, within, high })}
    />
  );
}
