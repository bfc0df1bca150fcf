import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Measured, VitalView } from '../../house/vitals.ts';
import { DataTable, type RowGroup } from '../../ui/DataTable.tsx';
import { Pressure } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { StandingWord } from '../record/StandingWord.tsx';
import { type Of, useValues, type Values } from '../record/values.ts';
import classes from './VitalPage.module.css';

const atFirst = 14;

/** The last readings by day; each leads to the record it stands in. */
export function ReadingsTable({ view, record }: { view: VitalView; record: (item: string) => string }) {
  const t = useWords('vitals');
  const format = useFormat();
  const values = useValues();
  const [count, setCount] = useState(atFirst);
  const { vital, unit, decimals, rows, usual } = view;
  const groups = useMemo(() => byDay(rows.slice(0, count), format.day), [rows, count, format]);
  const left = rows.length - count;
  return (
    <>
      <DataTable
        caption={t('readings.title')}
        groups={groups}
        keyOf={(row) => `${row.item} ${row.at}`}
        columns={[
          {
            key: 'time',
            name: t('readings.time'),
            head: true,
            width: '5.5rem',
            phone: 'title',
            cell: (row) => (
              <Link href={record(row.item)} className={classes.time} aria-label={t('readings.open', { when: format.moment(row.at) })}>
                {format.time(row.at)}
              </Link>
            ),
          },
          {
            key: 'value',
            name: t(`name.${vital}`),
            phone: 'value',
            cell: (row) => (
              <span className={classes.reading}>
                <b>{shownOf(row, values, { unit, decimals, vital })}</b>
                {usual.kind !== 'none' && <StandingWord standing={row.standing} against={usual.kind} />}
              </span>
            ),
          },
          { key: 'with', name: t('readings.with'), phone: 'line', cell: (row) => <TakenWith row={row} /> },
        ]}
      />
      {left > 0 && (
        <Button variant="subtle" onClick={() => setCount((before) => before + 50)}>
          {t('readings.more', { count: Math.min(50, left) })}
        </Button>
      )}
    </>
  );
}

function shownOf({ values: both }: Measured, values: Values, { unit, decimals, vital }: Of) {
  const [first, second] = both.map((value) => values.shown(value, unit, decimals, vital).value);
  return <bdi dir="ltr">{second === undefined ? first : <Pressure top={first} bottom={second} />}</bdi>;
}

function TakenWith({ row: { device, of } }: { row: Measured }) {
  const t = useWords('vitals');
  if (of > 1) return <>{device === null ? t('readings.middleAlone', { count: of }) : t('readings.middle', { device, count: of })}</>;
  return <>{device ?? t('readings.unsaid')}</>;
}

/** Under headings of days, newest first as they come. */
function byDay(rows: readonly Measured[], dayOf: (ms: number) => string): RowGroup<Measured>[] {
  const groups: { key: string; title: string; rows: Measured[] }[] = [];
  for (const row of rows) {
    const key = new Date(row.at).toDateString();
    const last = groups.at(-1);
    if (last?.key === key) last.rows.push(row);
    else groups.push({ key, title: dayOf(row.at), rows: [row] });
  }
  return groups;
}
