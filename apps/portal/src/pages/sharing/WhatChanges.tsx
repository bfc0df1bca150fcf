import { Icon } from '../../ui/Icon.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Check.module.css';
import { type Beyond, changed } from './changed.ts';
import { type Draft, fromOf, kindsMeant, untilOf } from './draft.ts';
import { useWhatWords } from './whatWords.ts';

/** What somebody sees more and less than so far, in sentences. */
export function WhatChanges({ draft }: { draft: Draft & { readonly instead: NonNullable<Draft['instead']> } }) {
  const t = useWords('sharing');
  const format = useFormat();
  const words = useWhatWords();
  const now = Date.now();
  const { doctor, what } = draft.instead;
  const { name } = doctor;
  const change = changed(what, {
    kinds: kindsMeant(draft),
    sensitive: draft.sensitive,
    from: fromOf(draft, now) ?? 'beginning',
    until: untilOf(draft, now) ?? what.until,
  });
  const said = ({ kinds, sensitive }: Beyond) => {
    if (sensitive.length === 0) return words.kinds(kinds);
    return kinds.length === 0
      ? t('change.marked', { groups: words.sensitive(sensitive) })
      : words.what({ kinds, sensitive, from: 'beginning' });
  };
  const first = (day: string) => (day === 'beginning' ? t('change.beginning') : t('row.fromDay', { date: format.born(day) }));
  const sentences = [
    ...(change === null ? [{ icon: 'check' as const, text: t('change.nothing') }] : []),
    ...(change?.more ? [{ icon: 'eye' as const, text: t('change.more', { name, what: said(change.more) }) }] : []),
    ...(change?.less ? [{ icon: 'lock' as const, text: t('change.less', { name, what: said(change.less) }) }] : []),
    ...(change?.from
      ? [{ icon: 'file-text' as const, text: t('change.from', { now: first(change.from.now), before: first(change.from.before) }) }]
      : []),
    ...(change?.until
      ? [
          {
            icon: 'calendar-blank' as const,
            text: t('change.until', { now: format.born(change.until.now), before: format.born(change.until.before) }),
          },
        ]
      : []),
  ];
  return (
    <section className={classes.changes} aria-labelledby="changes">
      <h4 id="changes">{t('change.title')}</h4>
      <ul>
        {sentences.map(({ icon, text }) => (
          <li key={icon}>
            <Icon name={icon} size={20} />
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
