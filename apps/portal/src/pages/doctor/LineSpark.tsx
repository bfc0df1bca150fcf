import type { TriageLine } from '../../house/patients.ts';
import { Spark } from '../../ui/charts/Spark.tsx';
import { useWords } from '../../words/words.ts';
import { useReadingWords } from './reading.tsx';

/** The last days of the vital sign a line is about; of blood pressure the top number. */
export function LineSpark({ line: { vital, unit, decimals, spark, usual } }: { line: TriageLine }) {
  const t = useWords('doctor');
  const reading = useReadingWords();
  if (vital === null || unit === null || spark.length < 2) return null;
  const scale = { unit, decimals };
  const value = (at: number) => {
    const { middle, second } = spark.at(at)!;
    return reading.value(second ? [middle, second.middle] : [middle], scale);
  };
  const name = t('today.trend', { vital: reading.vital(vital), count: spark.length, first: value(0), last: value(-1) });
  return <Spark values={spark.map(({ middle }) => middle)} {...(usual?.band && { band: usual.band })} name={name} />;
}
