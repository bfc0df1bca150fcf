/**
 * Vital signs, ready to be drawn.
 *
 * @module
 */

export const vitalNames = [
  'blood-pressure',
  'heart-rate',
  'oxygen',
  'respiratory-rate',
  'body-temperature',
  'glucose',
  'body-weight',
  'body-height',
  'body-mass-index',
  'steps',
] as const;
export type VitalName = (typeof vitalNames)[number];

/** Below, in or above a band; `unknown` without one. */
export type Standing = 'below' | 'usual' | 'above' | 'unknown';

export type Band = { readonly low: number; readonly high: number };

/** What a value is compared with: the person's own usual, or what is usual for adults. */
export type Usual = {
  readonly kind: 'own' | 'reference' | 'none';
  /** Of blood pressure, of the top number. */
  readonly band: Band | null;
  /** Of blood pressure, of the bottom number. */
  readonly second: Band | null;
};

/** One measured value; blood pressure has two, top and bottom. */
export type Measured = {
  readonly at: number;
  readonly values: readonly number[];
  readonly standing: Standing;
  /** As the record names it; `null` where it says nothing. */
  readonly device: string | null;
  /** The record it stands in. */
  readonly item: string;
  /** Taken within ten minutes of others: how many there were, this being the middle one. */
  readonly of: number;
};

/** A card on Home, a cell of a chart's strip. */
export type VitalCard = {
  readonly vital: VitalName;
  /** UCUM, as shown: `mm[Hg]`, `/min`, `%`, `Cel`, `kg`, `mmol/L`. */
  readonly unit: string;
  readonly decimals: number;
  readonly latest: Measured;
  readonly usual: Usual;
  /** One a day, at most the last fourteen days that have any, oldest first. Of blood pressure the day's range of both. */
  readonly spark: readonly SparkDay[];
  /** Days out of the usual among the last seven that have readings. */
  readonly out: { readonly days: number; readonly of: number; readonly since: number | null };
  readonly audience: Audience;
  /** Shares of the last day with readings, of glucose only. */
  readonly range: { readonly low: number; readonly within: number; readonly high: number } | null;
};

export type SparkDay = {
  /** Midnight of the day, where this person is. */
  readonly day: number;
  readonly low: number;
  readonly high: number;
  /** The day's middle value. */
  readonly middle: number;
  readonly second: { readonly low: number; readonly high: number; readonly middle: number } | null;
  readonly readings: number;
};

/** Who may open it beside oneself: the staff of organisations, and doctors whom one lets read oneself. */
export type Audience = { readonly organisations: readonly string[]; readonly people: readonly string[] };

/** A page about one vital sign. */
export type VitalView = VitalCard & {
  /** Every reading of the span, oldest first. Blood pressure: `values` the top, `seconds` the bottom number. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly seconds: Float64Array | null;
  readonly days: readonly SparkDay[];
  /** The last readings, newest first, at most two hundred. */
  readonly rows: readonly Measured[];
  /** How many readings there are in all, in and before the span. */
  readonly total: number;
  /** Middle values over stretches: `null` where there are no readings. */
  readonly averages: {
    readonly week: readonly number[] | null;
    readonly month: readonly number[] | null;
    readonly yearAgo: readonly number[] | null;
  };
};

export type HeartTrace = {
  /** When it begins. */
  readonly start: number;
  readonly seconds: number;
  readonly leads: readonly { readonly name: string; readonly perSecond: number; readonly millivolts: Float64Array }[];
  readonly device: string | null;
  /** Beats a minute and whether they come evenly, where the trace is clear enough to say so. */
  readonly rhythm: { readonly rate: number; readonly even: boolean } | null;
};
