import type { ItemView, LabLine } from '../../house/items.ts';
import { RangeBar } from '../../ui/charts/RangeBar.tsx';
import { Spark } from '../../ui/charts/Spark.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Section } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './LabLines.module.css';
import { type RecordPaths, useRecordPaths } from './recordPaths.ts';
import { RangeWord } from './StandingWord.tsx';
import { useValues } from './values.ts';

/** The results of a record: each with its value, where that lies, and how it was before. */
export function LabLines({ patient, item }: { patient: string; item: ItemView }) {
  const t = useWords('record');
  const paths = useRecordPaths(patient);
  const lines = item.labs.map((line, at) => ({ line, key: String(at) }));
  return (
    <Section title={t('page.results')}>
      <DataTable
        caption={t('page.results')}
        rows={lines}
        keyOf={({ key }) => key}
        columns={[
          {
            key: 'name',
            name: t('lab.name'),
            head: true,
            phone: 'title',
            width: '26%',
            cell: ({ line }) => (line.item === null ? line.title : <Link href={paths.record(line.item)}>{line.title}</Link>),
          },
          { key: 'value', name: t('lab.value'), phone: 'value', width: '22%', cell: ({ line }) => <Result line={line} /> },
          {
            key: 'range',
            name: t('lab.range'),
            phone: 'line',
            phoneName: t('lab.range'),
            width: '28%',
            cell: ({ line }) => <Range line={line} />,
          },
          { key: 'before', name: t('lab.earlier'), phone: 'line', cell: ({ line }) => <Before line={line} paths={paths} /> },
        ]}
      />
    </Section>
  );
}

function Result({ line: { value, text, standing } }: { line: LabLine }) {
  const values = useValues();
  return (
    <div className={classes.result}>
      <b>
        <bdi>{value ? values.text(value) : text === null ? '' : values.word(text)}</bdi>
      </b>
      <RangeWord standing={standing} />
    </div>
  );
}

function Range({ line: { title, value, range, standing } }: { line: LabLine }) {
  const t = useWords('record');
  const format = useFormat();
  const values = useValues();
  const { low, high } = range;
  const number = (of: number) => format.number(of, decimalsOf(of));
  const said =
    low !== null && high !== null
      ? t('lab.between', { low: number(low), high: number(high) })
      : low !== null
        ? t('lab.from', { low: number(low) })
        : high !== null
          ? t('lab.to', { high: number(high) })
          : range.text;
  if (said === null) return <span className="meta">{t('lab.none')}</span>;
  if (!value || (low === null && high === null)) return <bdi>{said}</bdi>;
  const word = standing === 'unknown' ? '' : t(`standing.${standing}`);
  return (
    <div className={classes.range}>
      <RangeBar
        value={value.value}
        low={low}
        high={high}
        lowText={low === null ? '' : number(low)}
        highText={high === null ? '' : number(high)}
        name={t('lab.bar', { title, value: values.text(value), standing: word, range: said })}
      />
    </div>
  );
}

/** As many decimals as a number has. */
const decimalsOf = (value: number): number => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;

function Before({ line: { value, before, range }, paths }: { line: LabLine; paths: RecordPaths }) {
  const t = useWords('record');
  const format = useFormat();
  const values = useValues();
  const last = before.at(-1);
  if (!value || !last) return null;
  const { unit, decimals } = value;
  const numbers = before.map((one) => one.value);
  const text = (of: number) => values.text({ value: of, unit, decimals });
  const name = t('lab.before', { count: before.length, low: text(Math.min(...numbers)), high: text(Math.max(...numbers)) });
  return (
    <div className={classes.before}>
      <Spark
        values={[...numbers, value.value]}
        band={range.low !== null && range.high !== null ? { low: range.low, high: range.high } : null}
        name={name}
        least={Math.abs(value.value) * 0.1 || 1}
      />
      <Link href={paths.record(last.item)} className="meta">
        {t('lab.last', { when: format.day(last.at), value: text(last.value) })}
      </Link>
    </div>
  );
}
