import { useQuery } from '@tanstack/react-query';
import { ask } from '../../queries.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Check.module.css';
import { type Draft, fromOf, kindsMeant, untilOf } from './draft.ts';
import { WhatChanges } from './WhatChanges.tsx';
import { groups, iconOfGroup, kindsIn, privateGroups } from './what.ts';
import { capital, useWhatWords } from './whatWords.ts';

/** What the doctor will see, what not, and what else follows from it. */
export function Check({ draft }: { draft: Draft }) {
  const t = useWords('sharing');
  const format = useFormat();
  const words = useWhatWords();
  const meant = kindsMeant(draft);
  const now = Date.now();
  const name = draft.doctor?.name ?? '';
  const shares = useQuery(ask.whoReads()).data?.some(({ doctor, state }) => doctor.id === draft.doctor?.id && state === 'holds');
  const from = fromOf(draft, now) ?? 'beginning';
  const until = untilOf(draft, now);
  const notShared = [
    ...groups.filter((group) => !draft.groups.includes(group)).map((group) => t(`group.${group}`)),
    ...draft.left.map((kind) => t(`kind.${kind}`)),
    ...(draft.sensitive.length === 0
      ? [t('check.nothingPrivate')]
      : privateGroups.filter((group) => !draft.sensitive.includes(group)).map((group) => t(`sensitive.${group}`))),
  ];
  return (
    <div className={classes.check}>
      {draft.instead && <WhatChanges draft={{ ...draft, instead: draft.instead }} />}
      <section className={classes.sees} aria-labelledby="will-see">
        <h4 id="will-see">
          <Icon name="eye" size={20} />
          {t('check.sees', { name })}
        </h4>
        <ul>
          {draft.groups.map((group) => (
            <li key={group}>
              <Icon name={iconOfGroup[group]} size={18} />
              <span>
                {capital(words.kinds(kindsIn[group].filter((kind) => meant.includes(kind))))}
                {kindsIn[group].every((kind) => meant.includes(kind)) && <span className="meta">{t(`what.about.${group}`)}</span>}
              </span>
            </li>
          ))}
        </ul>
        {draft.sensitive.length > 0 && (
          <p>{t('check.private', { groups: format.list(draft.sensitive.map((group) => t(`sensitive.${group}`))) })}</p>
        )}
        <p>{from === 'beginning' ? t('check.all') : t('check.from', { date: format.born(from) })}</p>
      </section>
      {notShared.length > 0 && (
        <section className={classes.not} aria-labelledby="will-not-see">
          <h4 id="will-not-see">
            <Icon name="lock" size={20} />
            {t('check.not', { name })}
          </h4>
          <p className="soft">{capital(format.list(notShared))}.</p>
        </section>
      )}
      <ul className={classes.terms}>
        {until !== null && (
          <li>
            <Icon name="calendar-blank" size={20} />
            <span>{t('check.ends', { date: format.born(until) })}</span>
          </li>
        )}
        {draft.doctor?.team && (
          <li>
            <Icon name="users" size={20} />
            <span>{t('check.team')}</span>
          </li>
        )}
        {shares && !draft.instead && (
          <li>
            <Icon name="users" size={20} />
            <span>{t('check.beside', { name })}</span>
          </li>
        )}
        <li>
          <Icon name="hospital" size={20} />
          <span>{t('check.box')}</span>
        </li>
        <li>
          <Icon name="arrow-counter-clockwise" size={20} />
          <span>{t('check.stop')}</span>
        </li>
      </ul>
    </div>
  );
}
