/**
 * UCUM for the units recorders print beside their signals.
 *
 * @module
 */

const units: Readonly<Record<string, string>> = {
  mmHg: 'mm[Hg]',
  cmH2O: 'cm[H2O]',
  degC: 'Cel',
  degF: '[degF]',
  bpm: '/min',
  pm: '/min',
  NU: '{NU}',
  NA: '1',
  µV: 'uV',
  '': '1',
};

/** The unit, or an annotation where it is not known: any UCUM reader accepts one. */
export function ucumOf(unit: string): string {
  if (Object.hasOwn(units, unit)) return units[unit]!;
  return /^(?:[munkp]?V|%|L\/min|cm\[H2O\]|Ohm|Hz|1)$/.test(unit) ? unit : `{${unit.replaceAll(/[^!-z|~]/g, '_').slice(0, 30)}}`;
}
