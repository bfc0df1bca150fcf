/**
 * The vital signs a chart shows: their codes, units and limits.
 *
 * Three limits mean three things. Outside of `plausible` no living person is: such a number is kept, marked, and
 * never counted. The `reference` is a healthy adult's; the person's own usual goes before it (`usual.ts`).
 * At or beyond `danger` a nurse is called. Reference and danger are for adults: for children both depend on age,
 * and none is better than a wrong one.
 *
 * NEWS2 is the Royal College of Physicians' National Early Warning Score 2 (London, 2017), from 16 years on, not
 * in pregnancy. `reference` is where it scores 0 unless another source is named; `danger` is where it scores 3 for
 * a single parameter. Oxygen is by its scale 1; those with a lower target (scale 2) have their own usual.
 *
 * @module
 */
import { type VitalSign, vitalSign } from '../../model/sign.ts';

/** The most telling first. */
export const vitalNames = [
  'blood-pressure',
  'heart-rate',
  'oxygen-saturation',
  'respiratory-rate',
  'body-temperature',
  'glucose',
  'weight',
  'peak-flow',
  'steps',
  'bmi',
  'height',
] as const;
export type VitalName = (typeof vitalNames)[number];

/** Inclusive; a side that is absent is open. */
export type Band = { readonly low?: number; readonly high?: number };

/** One number of a vital sign, in its unit. */
export type MeasureFacts = {
  readonly name: 'systolic' | 'diastolic' | 'value';
  /** LOINC. */
  readonly codes: readonly string[];
  readonly plausible: { readonly low: number; readonly high: number };
  readonly reference?: Band;
  readonly danger?: Band;
  /** The least width of somebody's own usual: a steady week must not make the next ordinary day a finding. */
  readonly narrowest: number;
  /** More of it is no finding. */
  readonly onlyLow?: true;
};

export type VitalFacts = {
  /** The UCUM unit everything is converted to, and digits after its point as shown. */
  readonly ucum: string;
  readonly decimals: number;
  /** How a day's readings become one value. */
  readonly day: 'middle' | 'last' | 'sum';
  /** Whether being out of one's usual is a finding. Height only grows, and body mass says what weight said. */
  readonly watched: boolean;
  readonly measures: readonly MeasureFacts[];
};

/** What the sensors' readings are held to, in this unit. */
function plausible(sign: VitalSign, measure = 0, factor = 1): { readonly low: number; readonly high: number } {
  const { low, high } = vitalSign(sign).measures[measure]!;
  return { low: low * factor, high: high * factor };
}

/** 1 mmol/L of glucose (180.156 g/mol) in mg/dL. */
export const glucoseMass = 18.0156;

const facts: Readonly<Record<VitalName, VitalFacts>> = {
  'blood-pressure': {
    ucum: 'mm[Hg]',
    decimals: 0,
    day: 'middle',
    watched: true,
    measures: [
      {
        name: 'systolic',
        // Unsaid posture, sitting, by a non-invasive cuff. Lying and standing are other measurements.
        codes: ['8480-6', '8459-0', '76534-7'],
        plausible: plausible('blood-pressure'),
        // At home: below 135/85 (NICE NG136, 2019); low below 90/60 (NHS).
        reference: { low: 90, high: 134 },
        danger: { low: 90, high: 220 },
        narrowest: 14,
      },
      {
        name: 'diastolic',
        codes: ['8462-4', '8453-3', '76535-4'],
        plausible: plausible('blood-pressure', 1),
        reference: { low: 60, high: 84 },
        // NEWS2 does not score it. Crisis above 120 (ACC/AHA 2017, section 11.2).
        danger: { high: 121 },
        narrowest: 10,
      },
    ],
  },
  'heart-rate': {
    ucum: '/min',
    decimals: 0,
    day: 'middle',
    watched: true,
    measures: [
      {
        name: 'value',
        codes: ['8867-4', '40443-4', '8889-8', '8893-0', '69000-8'],
        plausible: plausible('heart-rate'),
        reference: { low: 51, high: 90 },
        danger: { low: 40, high: 131 },
        narrowest: 12,
      },
    ],
  },
  'oxygen-saturation': {
    ucum: '%',
    decimals: 0,
    day: 'middle',
    watched: true,
    measures: [
      {
        name: 'value',
        codes: ['59408-5', '2708-6', '20564-1'],
        plausible: plausible('oxygen-saturation'),
        reference: { low: 96 },
        danger: { low: 91 },
        narrowest: 3,
        onlyLow: true,
      },
    ],
  },
  'respiratory-rate': {
    ucum: '/min',
    decimals: 0,
    day: 'middle',
    watched: true,
    measures: [
      {
        name: 'value',
        codes: ['9279-1'],
        plausible: plausible('respiratory-rate'),
        reference: { low: 12, high: 20 },
        danger: { low: 8, high: 25 },
        narrowest: 5,
      },
    ],
  },
  'body-temperature': {
    ucum: 'Cel',
    decimals: 1,
    day: 'middle',
    watched: true,
    measures: [
      {
        name: 'value',
        // Unsaid site, mouth, rectum, armpit, ear, temple, core.
        codes: ['8310-5', '8331-1', '8332-5', '8328-7', '8333-3', '75539-7', '8329-5'],
        plausible: plausible('body-temperature'),
        reference: { low: 36.1, high: 38 },
        danger: { low: 35 },
        narrowest: 1,
      },
    ],
  },
  glucose: {
    ucum: 'mmol/L',
    decimals: 1,
    day: 'middle',
    watched: true,
    measures: [
      {
        name: 'value',
        // Tissue (sensors), finger prick, test strip, and blood by an unsaid method (see `mayBeLaboratory`).
        codes: ['99504-3', '105272-9', '41653-7', '14743-9', '32016-8', '2340-8', '2339-0', '15074-8'],
        plausible: plausible('glucose', 0, 1 / glucoseMass),
        // The target range, and level 2 low (< 3.0): Battelino et al., Diabetes Care 2019, doi 10.2337/dci19-0028.
        reference: { low: 3.9, high: 10 },
        danger: { low: 2.9 },
        narrowest: 2,
      },
    ],
  },
  weight: {
    ucum: 'kg',
    decimals: 1,
    day: 'last',
    watched: true,
    measures: [{ name: 'value', codes: ['29463-7', '3141-9', '3142-7'], plausible: plausible('weight'), narrowest: 2 }],
  },
  'peak-flow': {
    ucum: 'L/min',
    decimals: 0,
    day: 'middle',
    watched: true,
    measures: [{ name: 'value', codes: ['19935-6'], plausible: { low: 20, high: 1000 }, narrowest: 40, onlyLow: true }],
  },
  steps: {
    ucum: '{steps}',
    decimals: 0,
    day: 'sum',
    watched: false,
    measures: [{ name: 'value', codes: ['55423-8'], plausible: plausible('steps'), narrowest: 4000 }],
  },
  bmi: {
    ucum: 'kg/m2',
    decimals: 1,
    day: 'last',
    watched: false,
    // World Health Organization: 18.5 up to 25.
    measures: [{ name: 'value', codes: ['39156-5'], plausible: { low: 5, high: 250 }, reference: { low: 18.5, high: 24.9 }, narrowest: 1 }],
  },
  height: {
    ucum: 'cm',
    decimals: 1,
    day: 'last',
    watched: false,
    measures: [{ name: 'value', codes: ['8302-2', '3137-7', '8308-9'], plausible: { low: 15, high: 280 }, narrowest: 2 }],
  },
};

/** What is known of a vital sign. */
export const vitalFacts = (name: VitalName): VitalFacts => facts[name];

/** Glucose in blood by an unsaid method is a laboratory's when it is filed as one. */
export const mayBeLaboratory: ReadonlySet<string> = new Set(['2339-0', '15074-8']);

/** Which number of which vital sign a LOINC code stands for. */
export const measureByCode: ReadonlyMap<string, { readonly vital: VitalName; readonly index: number }> = new Map(
  vitalNames.flatMap((vital) =>
    facts[vital].measures.flatMap(({ codes }, index) => codes.map((code) => [code, { vital, index }] as const)),
  ),
);

/**
 * A value as it is shown. Limits are compared with this, so that no screen says that 136 is above 136.
 *
 * @example
 * ```ts
 * import { shown } from '@carelet/care/rules/vitals/vitals';
 * shown('body-temperature', 36.649); // 36.6
 * ```
 */
export function shown(vital: VitalName, value: number): number {
  const scale = 10 ** facts[vital].decimals;
  // The nudge lifts 36.65 (which is 36.6499… in binary) to where a reader expects it.
  return Math.round(value * scale * (1 + Number.EPSILON)) / scale;
}
