import i18next from 'i18next';
import { describe, expect, test } from 'vitest';
import record from '../../locales/en/record.json' with { type: 'json' };
import shell from '../../locales/en/shell.json' with { type: 'json' };
import vitals from '../../locales/en/vitals.json' with { type: 'json' };
import { formatFor } from '../../words/format.ts';
import { valuesFor } from './values.ts';

const words = i18next.createInstance();
await words.init({
  lng: 'en',
  resources: { en: { shell, record, vitals } },
  interpolation: { escapeValue: false },
  showSupportNotice: false,
});

const valuesIn = (locale: string) =>
  valuesFor(words.getFixedT('en', 'vitals'), words.getFixedT('en', 'record'), formatFor(locale, words.getFixedT('en', 'shell')));
const [british, american] = [valuesIn('en-GB'), valuesIn('en-US')];

const pressure = { unit: 'mm[Hg]', decimals: 0, vital: 'blood-pressure' } as const;

describe('values', () => {
  test('a pressure is one value with one unit, and they are not torn apart', () => {
    expect(british.reading([148, 91], pressure)).toBe('148/91\u00a0mmHg');
  });

  test('bands are said with their open ends', () => {
    const band = (low: number, high: number) => ({ low, high });
    expect(british.bands([band(122, 136), band(74, 84)], pressure)).toBe('122 to 136 over 74 to 84');
    expect(british.bands([band(94, Number.POSITIVE_INFINITY), null], { unit: '%', decimals: 0 })).toBe('94 or more');
    expect(british.bands([band(Number.NEGATIVE_INFINITY, 5.5)], { unit: 'mmol/L', decimals: 1 })).toBe('up to 5.5');
    expect(british.bands([null, null], pressure)).toBe('');
  });

  test('breaths are not beats', () => {
    expect(british.text({ value: 15, unit: '/min', decimals: 0 }, 'respiratory-rate')).toBe('15\u00a0breaths a minute');
    expect(british.text({ value: 15, unit: '/min', decimals: 0 }, 'heart-rate')).toBe('15\u00a0beats a minute');
  });

  test('glucose follows the region; another substance in the same unit never does', () => {
    expect(american.text({ value: 5.6, unit: 'mmol/L', decimals: 1 }, 'glucose')).toBe('101\u00a0mg/dL');
    expect(american.text({ value: 4.4, unit: 'mmol/L', decimals: 1 })).toBe('4.4\u00a0mmol/L');
    expect(british.text({ value: 5.6, unit: 'mmol/L', decimals: 1 }, 'glucose')).toBe('5.6\u00a0mmol/L');
  });

  test('a band is converted with its values', () => {
    expect(american.bands([{ low: 36, high: 37 }], { unit: 'Cel', decimals: 1, vital: 'body-temperature' })).toBe('96.8 to 98.6');
  });

  test('a code is said in words, and what is no code stays as the record says it', () => {
    expect(british.word('active')).toBe('Active');
    expect(british.word('one-of-tomorrow')).toBe('one-of-tomorrow');
    expect(british.word('One each morning')).toBe('One each morning');
  });
});
