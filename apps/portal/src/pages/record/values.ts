/**
 * Values as text: numbers in the reader's units, codes in the reader's words.
 *
 * @module
 */
import { useMemo } from 'react';
import type { Quantity } from '../../house/items.ts';
import type { Band, VitalName } from '../../house/vitals.ts';
import { type Format, type Shown, useFormat } from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';

/** What the values of a vital sign are counted in. */
export type Of = { readonly unit: string; readonly decimals: number; readonly vital?: VitalName };

export type Values = {
  /** A value of a vital sign, or of none: number and unit apart. */
  readonly shown: (value: number, unit: string, decimals: number, vital?: VitalName | null) => Shown;
  /** `5.4 mmol/L`, with a space that does not break. */
  readonly text: (quantity: Quantity, vital?: VitalName | null) => string;
  /** `148/91 mmHg`: all values of one reading. */
  readonly reading: (values: readonly number[], of: Of) => string;
  /** `122 to 136 over 74 to 84`, `94 or more`. */
  readonly bands: (bands: readonly (Band | null)[], of: Of) => string;
  /** A code of the record in the reader's language; anything else as it is. */
  readonly word: (word: string) => string;
};

export function useValues(): Values {
  const vitals = useWords('vitals');
  const record = useWords('record');
  const format = useFormat();
  // biome-ignore lint/correctness/useExhaustiveDependencies: words are made anew on each draw; `format` follows the language
  return useMemo(() => valuesFor(vitals, record, format), [format]);
}

/** The same without React: what the hook gives. */
export function valuesFor(vitals: Words, record: Words, format: Format): Values {
  const sign = (value: number, { unit, decimals, vital }: Of): Shown => {
    // A record of glucose does not say so in its unit.
    const shown = format.quantity(value, vital === 'glucose' && unit === 'mmol/L' ? `${unit}{glucose}` : unit, decimals);
    // Beats and breaths are both counted a minute.
    return vital === 'respiratory-rate' ? { ...shown, unit: vitals('unit.respiratory-rate') } : shown;
  };
  const shown: Values['shown'] = (value, unit, decimals, vital = null) =>
    vital === null ? format.written(value, unit, decimals) : sign(value, { unit, decimals, vital });
  const joined = (value: string, unit: string): string => (unit === '' ? value : vitals('quantity', { value, unit }));
  const number = (value: number, of: Of) => sign(value, of).value;
  return {
    shown,
    text({ value, unit, decimals }, vital) {
      const { value: text, unit: of } = shown(value, unit, decimals, vital);
      return joined(text, of);
    },
    reading(values, of) {
      const text = values.map((value) => number(value, of)).join('/');
      return joined(text, sign(values[0] ?? 0, of).unit);
    },
    bands(bands, of) {
      const said = bands.flatMap((band) => {
        if (!band) return [];
        const [low, high] = [Number.isFinite(band.low), Number.isFinite(band.high)];
        if (low && high) return vitals('range', { low: number(band.low, of), high: number(band.high, of) });
        if (low) return vitals('orMore', { low: number(band.low, of) });
        return high ? vitals('upTo', { high: number(band.high, of) }) : [];
      });
      return said.length === 2 ? vitals('over', { top: said[0], bottom: said[1] }) : (said[0] ?? '');
    },
    word: (word) => (/^[a-z][a-z-]*$/.test(word) ? record(`word.${word}`, { defaultValue: word }) : word),
  };
}
