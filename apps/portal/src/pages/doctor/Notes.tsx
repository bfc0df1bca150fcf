import { useQuery } from '@tanstack/react-query';
import type { Item } from '../../house/items.ts';
import type { Overview } from '../../house/patients.ts';
import { ask } from '../../queries.ts';
import { Action, Section } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { useRecordPaths } from '../record/recordPaths.ts';
import classes from './ChartPage.module.css';
import { shownNotes } from './documents.ts';
import { excerpt } from './excerpt.ts';

/** As much of a note as shows on the chart; the rest is on its page. */
const longest = 420;

/** The newest notes with their text. */
export function Notes({ overview }: { overview: Overview }) {
  const t = useWords('doctor');
  const format = useFormat();
  const { above } = useRecordPaths(overview.id);
  const notes = shownNotes(overview);
  const all = overview.counts.notes ?? 0;
  return (
    <Section
      title={t('chart.notes')}
      aside={
        all > notes.length && (
          <Action href={`${above}?kind=notes#everything`} end="caret-right">
            {t('chart.all', { count: format.number(all) })}
          </Action>
        )
      }
    >
      {notes.length === 0 ? (
        <p className="soft">{t('chart.none')}</p>
      ) : (
        <ol className={classes.notes}>
          {notes.map((item) => (
            <Note key={item.id} patient={overview.id} item={item} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function Note({ patient, item }: { patient: string; item: Item }) {
  const t = useWords('doctor');
  const format = useFormat();
  const titleOf = useItemTitle();
  const links = useRecordPaths(patient);
  const note = useQuery(ask.item(patient, item.id));
  return (
    <li>
      <h3 className={classes.noteHead}>
        <Link href={links.record(item.id)}>{titleOf(item)}</Link>
        <span className="meta">
          {item.when === null ? t('chart.undated') : format.when(item.when, item.precision)}, {item.place.name}
        </span>
      </h3>
      {note.isPending ? (
        <SkeletonRows rows={1} name={t('chart.opening')} />
      ) : (
        excerpt(note.data?.blocks ?? [], item.title, longest).map((text) => (
          <p key={text} className={classes.noteText}>
            {text}
          </p>
        ))
      )}
    </li>
  );
}
