/**
 * Numbers, units, days and times as the reader's language and region write them.
 *
 * @module
 */
import { useMemo } from 'react';
import { localeOf, useLanguage, useWords, type Words } from './words.ts';

/** A number and its unit, apart, so that the unit can step back. */
export type Shown = { readonly value: string; readonly unit: string };

export type Format = {
  number(value: number, decimals?: number): string;
  /**
   * A vital sign, in what is usual in the region: °C or °F, kg or lb, and of glucose, whose unit says so
   * (`mmol/L{glucose}`), mmol/L or mg/dL.
   */
  quantity(value: number, ucum: string, decimals?: number): Shown;
  /** The unit alone, as `quantity` would write it. */
  unit(ucum: string): string;
  /** Anything else, in the unit it was written in: a result means what its laboratory meant. */
  written(value: number, ucum: string, decimals?: number): Shown;
  /** A share of one: `81 %`. */
  percent(share: number): string;
  /** `07:52` */
  time(ms: number): string;
  /** `20 November 2026` */
  date(ms: number): string;
  /** `20 Nov` */
  shortDate(ms: number): string;
  /** `Friday 20 November` */
  weekday(ms: number): string;
  /** `Today`, `Yesterday`, `Wednesday` within a week, else the date. */
  day(ms: number): string;
  /** `Today 07:52` */
  moment(ms: number): string;
  /** As exact as the record is: `2011`, `March 2011`, `3 October 2026`, `Today 07:52`. */
  when(ms: number, precision: 'instant' | 'day' | 'month' | 'year'): string;
  /** A birthday, `YYYY-MM-DD` or less: `14 March 1955`. */
  born(date: string): string;
  list(items: readonly string[]): string;
  /** The same in pieces, each item of which can be drawn by itself; `item` is its place, `null` for what stands between. */
  listed(items: readonly string[]): { readonly text: string; readonly item: number | null }[];
  /** `2 MB` */
  bytes(count: number): string;
  /** `12 min`, `3 h`, `2 days`: how long since. */
  since(ms: number, now?: number): string;
};

type Conversion = { readonly to: string; readonly turn: (value: number) => number; readonly decimals: number };

/** Regions that read other units; everyone else reads what the record canonically holds. */
function conversionsFor(region: string | undefined): Readonly<Record<string, Conversion>> {
  if (region !== 'US') return {};
  return {
    Cel: { to: '[degF]', turn: (value) => value * 1.8 + 32, decimals: 1 },
    kg: { to: '[lb_av]', turn: (value) => value / 0.453_592_37, decimals: 1 },
    cm: { to: '[in_i]', turn: (value) => value / 2.54, decimals: 1 },
    // Only of glucose: what a millimole weighs is another number for each substance.
    'mmol/L{glucose}': { to: 'mg/dL', turn: (value) => value * 18.0156, decimals: 0 },
  };
}

const dayMs = 86_400_000;

export function formatFor(locale: string, words: Words): Format {
  const conversions = conversionsFor(new Intl.Locale(locale).region);
  const numbers = new Map<number, Intl.NumberFormat>();
  const number = (value: number, decimals = 0) => {
    let format = numbers.get(decimals);
    if (!format) {
      format = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      numbers.set(decimals, format);
    }
    return format.format(value);
  };
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (ms: number) => format.format(ms);
  };
  const time = dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = dates({ day: 'numeric', month: 'long', year: 'numeric' });
  const month = dates({ month: 'long', year: 'numeric' });
  const year = dates({ year: 'numeric' });
  const shortDate = dates({ day: 'numeric', month: 'short' });
  const weekday = dates({ weekday: 'long', day: 'numeric', month: 'long' });
  const dayName = dates({ weekday: 'long' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const list = new Intl.ListFormat(locale, { type: 'conjunction', style: 'long' });
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);

  const unitAsIs = (ucum: string): string => {
    const bare = ucum.replace('{glucose}', '');
    return words(`unit.${bare.replaceAll('.', '·')}`, { ns: 'shell', defaultValue: bare });
  };
  const unit = (ucum: string): string => unitAsIs(conversions[ucum]?.to ?? ucum);
  const day = (ms: number): string => {
    const back = Math.round((midnight(Date.now()) - midnight(ms)) / dayMs);
    if (back === 0) return words('today', { ns: 'shell' });
    if (back === 1) return words('yesterday', { ns: 'shell' });
    if (back > 1 && back < 7) return dayName(ms);
    return back < 300 && back > -300 ? shortDate(ms) : date(ms);
  };
  const amount = (value: number, of: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: of, unitDisplay: 'short', maximumFractionDigits: 0 }).format(value);

  return {
    number,
    quantity(value, ucum, decimals = 0) {
      const conversion = conversions[ucum];
      return { value: conversion ? number(conversion.turn(value), conversion.decimals) : number(value, decimals), unit: unit(ucum) };
    },
    unit,
    written: (value, ucum, decimals = 0) => ({ value: number(value, decimals), unit: unitAsIs(ucum) }),
    percent: (share) => percent.format(share),
    time,
    date,
    shortDate,
    weekday,
    day,
    moment: (ms) => `${day(ms)} ${time(ms)}`,
    when(ms, precision) {
      switch (precision) {
        case 'instant':
          return `${day(ms)} ${time(ms)}`;
        case 'day':
          return day(ms);
        case 'month':
          return month(ms);
        case 'year':
          return year(ms);
      }
    },
    born(text) {
      const [y, m, d] = text.split('-').map(Number);
      const ms = new Date(y!, (m ?? 1) - 1, d ?? 1).getTime();
      return d !== undefined ? date(ms) : m !== undefined ? month(ms) : year(ms);
    },
    list: (items) => list.format(items),
    listed(items) {
      let next = 0;
      return list.formatToParts(items).map(({ type, value }) => ({ text: value, item: type === 'element' ? next++ : null }));
    },
    bytes(count) {
      if (count < 1000) return amount(count, 'byte');
      return count < 1_000_000 ? amount(count / 1000, 'kilobyte') : amount(count / 1_000_000, 'megabyte');
    },
    since(ms, now = Date.now()) {
      const minutes = Math.max(0, Math.round((now - ms) / 60_000));
      if (minutes < 60) return amount(minutes, 'minute');
      return minutes < 48 * 60 ? amount(Math.round(minutes / 60), 'hour') : amount(Math.round(minutes / 1440), 'day');
    },
  };
}

export function useFormat(): Format {
  const language = useLanguage();
  const words = useWords('shell');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `words` is made anew on each draw and follows the language
  return useMemo(() => formatFor(localeOf(language), words), [language]);
}
