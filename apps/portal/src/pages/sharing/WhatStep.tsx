import { Checkbox, Radio, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { ask } from '../../queries.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useWhose } from '../record/whose.ts';
import { beginnings, type Draft, dayAhead, fromOf, kindsMeant } from './draft.ts';
import classes from './ShareSheet.module.css';
import type { StepProps } from './ShareSheet.tsx';
import { groups, iconOfGroup, kindsIn, privateGroups } from './what.ts';
import { capital, useWhatWords } from './whatWords.ts';

/** What: groups with what each holds, what is more private apart and off, and since when. */
export function WhatStep({ draft, fill }: StepProps) {
  const t = useWords('sharing');
  const format = useFormat();
  const { id } = useWhose();
  const counts = useQuery({ ...ask.overview(id ?? ''), enabled: id !== undefined }).data?.counts;
  const about = useId();
  const words = useWhatWords();
  const r = useWords('requests');
  const meant = kindsMeant(draft);
  /** Where only some of a group are meant, as a doctor asked. */
  const only = (group: (typeof groups)[number]) => {
    const some = kindsIn[group].filter((kind) => meant.includes(kind));
    return some.length > 0 && some.length < kindsIn[group].length ? words.kinds(some) : null;
  };
  return (
    <>
      <Checkbox.Group
        aria-label={t('what.groups')}
        value={[...draft.groups]}
        onChange={(chosen) => fill({ groups: groups.filter((group) => chosen.includes(group)) })}
      >
        <div className={classes.rows}>
          {groups.map((group) => {
            const count = counts && kindsIn[group].reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
            return (
              <label
                key={group}
                htmlFor={`${about}${group}box`}
                className={classes.choice}
                data-on={draft.groups.includes(group) || undefined}
              >
                <Icon name={iconOfGroup[group]} size={22} />
                <span className={classes.name}>
                  <span>{capital(t(`group.${group}`))}</span>
                  <span id={`${about}${group}`} className="meta">
                    {t(`what.about.${group}`)}
                    {only(group) !== null && ` ${r('only', { kinds: only(group) })}`}
                    {count !== undefined && ` ${count === 0 ? t('what.noneYet') : t('what.count', { count })}`}
                  </span>
                </span>
                <Checkbox
                  id={`${about}${group}box`}
                  value={group}
                  aria-label={capital(t(`group.${group}`))}
                  aria-describedby={`${about}${group}`}
                  styles={{ inner: { marginBlockStart: 0 } }}
                />
              </label>
            );
          })}
        </div>
      </Checkbox.Group>
      <div className={classes.part2}>
        <h4>{t('what.private')}</h4>
        <p className="meta">{t('what.privateText')}</p>
        <Checkbox.Group
          aria-label={t('what.private')}
          value={[...draft.sensitive]}
          onChange={(chosen) => fill({ sensitive: privateGroups.filter((group) => chosen.includes(group)) })}
        >
          <div className={classes.closer}>
            {privateGroups.map((group) => (
              <label key={group} htmlFor={`${about}${group}box`} className={classes.choice}>
                <span className={classes.name}>
                  <span>{capital(t(`sensitive.${group}`))}</span>
                  <span id={`${about}${group}`} className="meta">
                    {t(`what.sensitive.${group}`)}
                  </span>
                </span>
                <Checkbox
                  id={`${about}${group}box`}
                  value={group}
                  aria-label={capital(t(`sensitive.${group}`))}
                  aria-describedby={`${about}${group}`}
                  styles={{ inner: { marginBlockStart: 0 } }}
                />
              </label>
            ))}
          </div>
        </Checkbox.Group>
      </div>
      <div className={classes.part2}>
        <h4>{t('what.from')}</h4>
        <Radio.Group aria-label={t('what.from')} value={draft.from} onChange={(from) => fill({ from: from as Draft['from'] })}>
          <div className={classes.radios}>
            {beginnings.map((from) => (
              <Radio
                key={from}
                value={from}
                label={t(`what.begins.${from}`)}
                description={from === 'year' ? format.born(dayAhead(Date.now(), -365)) : undefined}
              />
            ))}
          </div>
        </Radio.Group>
        {draft.from === 'day' && (
          <TextInput
            className={classes.day}
            type="date"
            inputWrapperOrder={['label', 'error', 'input']}
            label={t('what.fromDay')}
            value={draft.fromDay}
            min="1900-01-01"
            max={dayAhead(Date.now(), 0)}
            onChange={({ currentTarget }) => fill({ fromDay: currentTarget.value })}
            error={draft.fromDay !== '' && fromOf(draft, Date.now()) === null && t('what.badFrom')}
          />
        )}
      </div>
    </>
  );
}
