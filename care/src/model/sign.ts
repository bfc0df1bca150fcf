/**
 * The signs a sensor can report, with the codes and units in which they are written.
 *
 * Codes are those of the FHIR R4 vital signs profile where it has one, and of HL7's guides where they have one:
 * continuous glucose monitoring for a sensor under the skin, patient-contributed data for sleep. A sign may come in
 * more than one unit, and then keeps the one it came in: 98.6 °F is 98.6 °F, and becomes 37 °C where a chart is
 * drawn. Where LOINC names a measurement by its unit (glucose), the other unit has a code of its own.
 *
 * @module
 */

/** One number of a vital sign: blood pressure has two or three, the others one. Bounds are physical and inclusive. */
export type Measure = {
  readonly code: string;
  readonly display: string;
  readonly low: number;
  readonly high: number;
  /** May be left out, when it is the last. */
  readonly optional?: true;
};

/** Another unit in which a sign is given, and how its numbers become the sign's own: `(value - zero) * factor`. */
export type UnitFacts = {
  readonly ucum: string;
  readonly unit: string;
  readonly factor: number;
  readonly zero?: number;
  /** LOINC's name for the sign in this unit, where it has another. */
  readonly code?: string;
  readonly display?: string;
};

/** What is known of a vital sign. */
export type VitalSignFacts = {
  /** LOINC code and display of the whole. */
  readonly code: string;
  readonly display: string;
  /** A more exact LOINC code which the FHIR vital signs profile asks for beside the general one. */
  readonly also?: { readonly code: string; readonly display: string };
  /** HL7 observation category. */
  readonly category: 'vital-signs' | 'activity' | 'laboratory';
  /** UCUM unit, and how a nurse writes it. */
  readonly ucum: string;
  readonly unit: string;
  /** Decimal digits a sensor usually gives. */
  readonly scale: number;
  /** The numbers of one reading, in order. What lies outside the bounds no living person has. */
  readonly measures: readonly Measure[];
  /** Units besides `ucum` in which it may come. */
  readonly others?: readonly UnitFacts[];
};

/** Glucose, 180.156 g/mol. */
const molar = { ucum: 'mmol/L', unit: 'mmol/L', factor: 18.0156 } as const;

const one = (code: string, display: string, low: number, high: number) => ({ code, display, measures: [{ code, display, low, high }] });

/** The signs by name. */
export const vitalSigns = {
  'heart-rate': { ...one('8867-4', 'Heart rate', 20, 300), category: 'vital-signs', ucum: '/min', unit: 'beats/min', scale: 0 },
  'oxygen-saturation': {
    ...one('2708-6', 'Oxygen saturation in Arterial blood', 30, 100),
    also: { code: '59408-5', display: 'Oxygen saturation in Arterial blood by Pulse oximetry' },
    category: 'vital-signs',
    ucum: '%',
    unit: '%',
    scale: 0,
  },
  'blood-pressure': {
    code: '85354-9',
    display: 'Blood pressure panel with all children optional',
    measures: [
      { code: '8480-6', display: 'Systolic blood pressure', low: 30, high: 320 },
      { code: '8462-4', display: 'Diastolic blood pressure', low: 10, high: 220 },
      { code: '8478-0', display: 'Mean blood pressure', low: 15, high: 260, optional: true },
    ],
    others: [{ ucum: 'kPa', unit: 'kPa', factor: 1 / 0.133_322_387_415 }],
    category: 'vital-signs',
    ucum: 'mm[Hg]',
    unit: 'mmHg',
    scale: 0,
  },
  'body-temperature': {
    ...one('8310-5', 'Body temperature', 20, 46),
    category: 'vital-signs',
    ucum: 'Cel',
    unit: '°C',
    scale: 1,
    others: [{ ucum: '[degF]', unit: '°F', factor: 5 / 9, zero: 32 }],
  },
  'respiratory-rate': {
    ...one('9279-1', 'Respiratory rate', 1, 120),
    category: 'vital-signs',
    ucum: '/min',
    unit: 'breaths/min',
    scale: 0,
  },
  steps: {
    ...one('55423-8', 'Number of steps in unspecified time Pedometer', 0, 250_000),
    category: 'activity',
    ucum: '{steps}',
    unit: 'steps',
    scale: 0,
  },
  glucose: {
    ...one('99504-3', 'Glucose [Mass/volume] in Interstitial fluid', 5, 1500),
    category: 'laboratory',
    ucum: 'mg/dL',
    unit: 'mg/dL',
    scale: 0,
    others: [{ ...molar, code: '105272-9', display: 'Glucose [Moles/volume] in Interstitial fluid' }],
  },
  /** By a finger prick, or by a way the file does not say. */
  'blood-glucose': {
    ...one('2339-0', 'Glucose [Mass/volume] in Blood', 5, 1500),
    category: 'vital-signs',
    ucum: 'mg/dL',
    unit: 'mg/dL',
    scale: 0,
    others: [{ ...molar, code: '15074-8', display: 'Glucose [Moles/volume] in Blood' }],
  },
  weight: {
    ...one('29463-7', 'Body weight', 0.2, 700),
    category: 'vital-signs',
    ucum: 'kg',
    unit: 'kg',
    scale: 1,
    others: [
      { ucum: '[lb_av]', unit: 'lb', factor: 0.453_592_37 },
      { ucum: 'g', unit: 'g', factor: 0.001 },
    ],
  },
  height: {
    ...one('8302-2', 'Body height', 15, 280),
    category: 'vital-signs',
    ucum: 'cm',
    unit: 'cm',
    scale: 0,
    others: [
      { ucum: 'm', unit: 'm', factor: 100 },
      { ucum: '[in_i]', unit: 'in', factor: 2.54 },
      { ucum: '[ft_i]', unit: 'ft', factor: 30.48 },
    ],
  },
  'body-mass-index': {
    ...one('39156-5', 'Body mass index (BMI) [Ratio]', 5, 250),
    category: 'vital-signs',
    ucum: 'kg/m2',
    unit: 'kg/m²',
    scale: 1,
  },
  /** The standard deviation of the intervals between normal beats (SDNN). Other measures of variability are not this one. */
  'heart-rate-variability': {
    ...one('80404-7', 'R-R interval.standard deviation (Heart rate variability)', 0, 2000),
    category: 'vital-signs',
    ucum: 'ms',
    unit: 'ms',
    scale: 0,
  },
  /** Sleep within the time it lasts; what is awake in between is not counted. */
  sleep: {
    ...one('93832-4', 'Sleep duration', 0, 2880),
    category: 'activity',
    ucum: 'min',
    unit: 'min',
    scale: 0,
    others: [{ ucum: 'h', unit: 'h', factor: 60 }],
  },
} as const satisfies Record<string, VitalSignFacts>;

export type VitalSign = keyof typeof vitalSigns;

/** The facts of a sign, with the type that fits them all. */
export const vitalSign = (sign: VitalSign): VitalSignFacts => vitalSigns[sign];

/**
 * How a reading of a sign in a unit is written: unit and code, or undefined where the sign does not come in it.
 *
 * @param ucum the sign's own where left out
 */
export function unitOf(sign: VitalSign, ucum?: string): Required<UnitFacts> | undefined {
  const facts = vitalSign(sign);
  const own = { ucum: facts.ucum, unit: facts.unit, factor: 1, zero: 0, code: facts.code, display: facts.display };
  if (ucum === undefined) return own;
  const other = facts.others?.find((one) => one.ucum === ucum);
  return other && { ...own, ...other };
}
