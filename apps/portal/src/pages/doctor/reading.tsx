/**
 * A measured value in numbers and words, short as staff read it.
 *
 * @module
 */
import type { Measured, Usual, VitalName } from '../../house/vitals.ts';
import { Pressure } from '../../ui/kit.tsx';
import { type Format, useFormat } from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import { useValues } from '../record/values.ts';

/** What a vital sign is counted in. */
export type Scale = { readonly unit: string; readonly decimals: number };

/** The unit as a doctor reads it: pulses and breaths are both counted `/min`. */
export const unitOf = (unit: string, t: Words, format: Format): string => (unit === '/min' ? t('reading.perMinute') : format.unit(unit));

/** The number alone: `148/91`, `97`. */
export function Numbers({ values, scale: { unit, decimals } }: { values: readonly number[]; scale: Scale }) {
  const format = useFormat();
  const shown = values.map((value) => format.quantity(value, unit, decimals).value);
  return shown.length === 2 ? <Pressure top={shown[0]} bottom={shown[1]} /> : shown[0];
}

export type ReadingWords = {
  /** `148/91 mmHg`, for a sentence. */
  value(values: readonly number[], scale: Scale): string;
  /** `Today 07:52, arm cuff, middle of 3`. */
  taken(measured: Measured): string;
  /** `Usual 122 to 136 over 74 to 84.`; empty when none is known. */
  usual(usual: Usual, scale: Scale): string;
  /** Since when, without the "since": the hour today, else the day. */
  sinceDay(ms: number): string;
  /** `Looked at 09:41`, with the day when that is over. */
  looked(ms: number): string;
  vital(vital: VitalName): string;
};

export function useReadingWords(): ReadingWords {
  const t = useWords('doctor');
  const v = useWords('vitals');
  const format = useFormat();
  const { bands } = useValues();
  return {
    value: (values, { unit, decimals }) =>
      `${values.map((value) => format.quantity(value, unit, decimals).value).join('/')}\u00a0${unitOf(unit, t, format)}`,
    taken: ({ at, device, of }) =>
      [format.moment(at), device, of > 1 ? t('reading.of', { count: of }) : null].filter((fact) => fact !== null).join(', '),
    usual({ kind, band, second }, scale) {
      const range = kind === 'none' ? '' : bands([band, second], scale);
      return range === '' ? '' : t(`reading.${kind}`, { range });
    },
    sinceDay(ms) {
      const back = (days: number) => new Date(new Date().setDate(new Date().getDate() - days)).toDateString();
      const day = new Date(ms).toDateString();
      return day === back(0) ? format.time(ms) : day === back(1) ? t('reading.yesterday') : format.day(ms);
    },
    looked: (ms) =>
      new Date(ms).toDateString() === new Date().toDateString()
        ? t('today.lookedAt', { time: format.time(ms) })
        : t('today.lookedAtDay', { when: format.moment(ms) }),
    vital: (vital) => v(`name.${vital}`),
  };
}
