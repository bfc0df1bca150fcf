/**
 * Readings as a reader finds them: coded where a sign is known, kept under their name where not, told where neither.
 *
 * @module
 */
import {
  asCareletError,
  checkReading,
  fixed,
  type OtherReading,
  printedVital,
  type Reading,
  readingLimits,
  type VitalSign,
} from '@carelet/care/model';
import type { FormatOptions } from './format.ts';
import { signUnit } from './units.ts';

/** Where in the file, when, and for how long. */
export type Moment = { readonly where: string; readonly at: number | undefined; readonly lasts?: number | undefined };

/** A value as the file prints it. */
export type Printed = { readonly name: string; readonly value: string; readonly unit?: string | undefined };

/** Readings given at once. */
const batch = 500;

export class Gathering {
  readonly #options: FormatOptions;
  #readings: Reading[] = [];

  constructor(options: FormatOptions) {
    this.#options = options;
  }

  /**
   * A known sign, one printed value for each measure; `shift` moves the point to the right.
   *
   * A unit the sign does not come in, or more digits than a reading holds, leave the values under their own names.
   */
  vital(sign: VitalSign, moment: Moment, printed: readonly Printed[], shift = 0): void {
    const units = printed.map(({ unit = '' }) => signUnit(sign, unit));
    const [unit] = units;
    if (unit === undefined || units.some((one) => one !== unit) || printed.some(({ value }) => isNumber(value) && !fixed(value))) {
      for (const one of printed) this.other(moment, one);
      return;
    }
    const at = this.#timeOf(moment);
    if (at === undefined) return;
    try {
      const texts = printed.map(({ value }) => (shift === 0 ? value : shifted(value, shift)));
      this.#readings.push(printedVital(sign, at, this.#options.device, texts, { unit, lasts: moment.lasts }));
    } catch (error) {
      this.leftOut(moment.where, asCareletError(error, 'read recording').because);
    }
  }

  /** A value without a code: as it is printed. */
  other(moment: Moment, { name, value, unit = '' }: Printed): void {
    const at = this.#timeOf(moment);
    if (at === undefined) return;
    const lasts = moment.lasts === undefined || moment.lasts === 0 ? undefined : { lasts: moment.lasts };
    try {
      const reading: OtherReading = {
        kind: 'other',
        at,
        device: this.#options.device,
        name: plain(name, readingLimits.name),
        unit: plain(unit, readingLimits.name),
        value: plain(value, readingLimits.text),
        ...lasts,
      };
      this.#readings.push(checkReading(reading));
    } catch (error) {
      this.leftOut(moment.where, asCareletError(error, 'read recording').because);
    }
  }

  leftOut(where: string, because: string): void {
    this.#options.onLeftOut?.({ where, because });
  }

  unread(name: string): void {
    this.#options.onUnread?.(name);
  }

  /** Whether it is time to give what there is. */
  get full(): boolean {
    return this.#readings.length >= batch;
  }

  /** What was gathered since the last time. */
  taken(): Reading[] {
    const readings = this.#readings;
    this.#readings = [];
    return readings;
  }

  #timeOf({ where, at }: Moment): number | undefined {
    if (at === undefined) this.leftOut(where, 'it has no time that can be read');
    return at;
  }
}

const isNumber = (text: string): boolean => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);

/** `0.98` shifted by 2 is `98`. */
function shifted(text: string, places: number): string {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  return `${mantissa}e${Number(power) + places}`;
}

/** What a line cannot hold becomes blanks; a text too long ends in an ellipsis. */
function plain(text: string, most: number): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  if (clean.length <= most) return clean;
  return `${clean.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
