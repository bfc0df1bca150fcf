import { useState } from 'react';
import type { Item } from '../../house/items.ts';
import { paths, to } from '../../paths.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { useRecordPaths } from '../record/recordPaths.ts';
import { iconOf } from '../record/sections.ts';
import classes from './News.module.css';
import { type NewsLine, newsLines } from './news.ts';

const atFirst = 5;

/** What came since one was last here, a line for each place and sort. */
export function News({ patient, items, lastLook }: { patient: string; items: readonly Item[]; lastLook: number | null }) {
  const t = useWords('patient');
  const format = useFormat();
  const [all, setAll] = useState(false);
  const lines = newsLines(items);
  const shown = all ? lines : lines.slice(0, atFirst);
  if (lines.length === 0)
    return <p className="soft">{lastLook === null ? t('news.first') : t('news.none', { when: format.moment(lastLook) })}</p>;
  return (
    <>
      <ul className={classes.news}>
        {shown.map((line) => (
          <Line key={`${line.section} ${line.place.id}`} patient={patient} line={line} />
        ))}
      </ul>
      {shown.length < lines.length && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {t('news.more', { count: lines.length - shown.length })}
        </button>
      )}
    </>
  );
}

function Line({ patient, line: { section, place, items } }: { patient: string; line: NewsLine }) {
  const t = useWords('patient');
  const r = useWords('record');
  const format = useFormat();
  const title = useItemTitle();
  const { record } = useRecordPaths(patient);
  const [first] = items;
  const query = new URLSearchParams({ kind: section, place: place.id });
  const href = items.length === 1 ? record(first.id) : `${to(paths.patient.records, {})}?${query}`;
  return (
    <li>
      <Icon name={iconOf(first)} size={20} />
      <div>
        <Link href={href} className={classes.link}>
          <Rich text={t(`news.${section}`, { count: items.length, place: place.name, title: title(first) })} />
        </Link>
        <p className="meta">{first.when === null ? r('undated') : format.when(first.when, first.precision)}</p>
      </div>
    </li>
  );
}
