import { Radio, TextInput } from '@mantine/core';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { type Draft, dayAhead, lastDayOf, lengths, longest, untilOf } from './draft.ts';
import classes from './ShareSheet.module.css';
import type { StepProps } from './ShareSheet.tsx';

/** Until when: a few lengths with their last days, or a day; never longer than a year and a month. */
export function UntilStep({ draft, fill }: StepProps) {
  const t = useWords('sharing');
  const format = useFormat();
  const now = Date.now();
  const last = format.born(dayAhead(now, longest));
  return (
    <>
      <Radio.Group aria-label={t('until.list')} value={draft.until} onChange={(until) => fill({ until: until as Draft['until'] })}>
        <div className={classes.radios}>
          {lengths.map((length) => (
            <Radio
              key={length}
              value={length}
              label={t(`until.${length}`)}
              description={
                length === 'day' ? t('until.latest', { date: last }) : t('until.last', { date: format.born(lastDayOf(length, now)) })
              }
            />
          ))}
        </div>
      </Radio.Group>
      {draft.until === 'day' && (
        <TextInput
          className={classes.day}
          type="date"
          inputWrapperOrder={['label', 'error', 'input']}
          label={t('until.dayLabel')}
          value={draft.untilDay}
          min={dayAhead(now, 0)}
          max={dayAhead(now, longest)}
          onChange={({ currentTarget }) => fill({ untilDay: currentTarget.value })}
          error={draft.untilDay !== '' && untilOf(draft, now) === null && t('until.bad', { date: last })}
        />
      )}
      <p className={classes.note}>{t('until.note')}</p>
    </>
  );
}
