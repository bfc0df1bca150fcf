/**
 * Readings: vital signs and what a device at home measures, one Observation each.
 *
 * @module
 */

import { vitalSign } from '@carelet/care/model';
import { dateTime, type Moment, minute } from './calendar.ts';
import type { Chart, Privacy } from './chart.ts';
import { type Concept, concept, type JsonObject, quantity, type Reference, systems } from './fhir.ts';
import { during, type Visit } from './visits.ts';

type Code = { readonly code: string; readonly display: string };

type Measure = {
  /** LOINC, the general code first. */
  readonly codes: readonly Code[];
  readonly text: string;
  readonly unit: string;
  readonly ucum: string;
  readonly digits: number;
  readonly category: 'vital-signs' | 'laboratory' | 'survey' | 'exam';
  /** Outside of these a reading is marked low or high. */
  readonly usual?: readonly [low: number, high: number];
};

type Usual = readonly [low: number, high: number];

/** A sign the wearables report too: the same codes and units as theirs. */
function worn(
  sign: 'heart-rate' | 'oxygen-saturation' | 'body-temperature' | 'respiratory-rate' | 'weight',
  text: string,
  usual?: Usual,
): Measure {
  const { code, display, also, unit, ucum, scale } = vitalSign(sign);
  const codes = also === undefined ? [{ code, display }] : [{ code, display }, also];
  return { codes, text, unit, ucum, digits: scale, category: 'vital-signs', ...(usual === undefined ? {} : { usual }) };
}

/** Something only people measure. */
function taken(
  category: Measure['category'],
  code: string,
  display: string,
  text: string,
  unit: string,
  digits: number,
  usual?: Usual,
): Measure {
  const ucum = unit;
  return { codes: [{ code, display }], text, unit, ucum, digits, category, ...(usual === undefined ? {} : { usual }) };
}

export const measures = {
  pulse: worn('heart-rate', 'Heart rate', [50, 100]),
  oxygen: worn('oxygen-saturation', 'Oxygen', [92, 100]),
  temperature: worn('body-temperature', 'Temperature', [35.5, 37.7]),
  breathing: worn('respiratory-rate', 'Breathing', [10, 22]),
  weight: worn('weight', 'Weight'),
  height: taken('vital-signs', '8302-2', 'Body height', 'Height', 'cm', 1),
  bmi: taken('vital-signs', '39156-5', 'Body mass index (BMI) [Ratio]', 'Body mass index', 'kg/m2', 2),
  peakFlow: taken(
    'vital-signs',
    '19935-6',
    'Maximum expiratory gas flow Respiratory system airway by Peak flow meter',
    'Peak flow',
    'L/min',
    0,
  ),
  fundalHeight: taken('exam', '11881-0', 'Uterus Fundal height Tape measure', 'Height of the womb', 'cm', 0),
  babysPulse: taken('exam', '55283-6', 'Fetal Heart rate', "Baby's heart rate", '/min', 0, [110, 160]),
  glucose: taken('laboratory', '14743-9', 'Glucose [Moles/volume] in Capillary blood by Glucometer', 'Glucose', 'mmol/L', 1, [4, 10]),
  birthWeight: taken('exam', '8339-4', 'Birth weight Measured', 'Weight of the child at birth', 'kg', 2),
  mood: taken('survey', '44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score', 'Mood questionnaire', '{score}', 0),
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;

/** When, where and by what a reading was taken; without a visit it was taken at home. */
export type Taken = {
  readonly at: Moment;
  /** When it took a while. */
  readonly until?: Moment;
  readonly visit?: Visit;
  readonly device?: Reference;
  readonly note?: string;
  readonly privacy?: Privacy;
};

/** One reading. Outside of the life being told, nothing. */
export function measure(chart: Chart, name: MeasureName, taken: Taken, value: number): void {
  const { codes, text, unit, ucum, digits, category, usual }: Measure = measures[name];
  const code = { coding: codes.map((one) => ({ system: systems.loinc, ...one })), text };
  const flag = usual === undefined ? undefined : interpretation(value, usual[0], usual[1]);
  observe(chart, name, taken, category, code, {
    valueQuantity: quantity(value, unit, ucum, digits),
    ...(flag === undefined ? {} : { interpretation: [flag] }),
  });
}

/** A blood pressure: the panel with its two components. */
export function pressure(chart: Chart, taken: Taken, systolic: number, diastolic: number): void {
  const part = (code: string, display: string, value: number): JsonObject => ({
    code: concept(systems.loinc, code, display),
    valueQuantity: quantity(value, 'mmHg', 'mm[Hg]'),
  });
  const high = systolic >= 140 || diastolic >= 90;
  observe(
    chart,
    'pressure',
    taken,
    'vital-signs',
    concept(systems.loinc, '85354-9', 'Blood pressure panel with all children optional', 'Blood pressure'),
    {
      ...(high ? { interpretation: [flags.H] } : {}),
      component: [part('8480-6', 'Systolic blood pressure', systolic), part('8462-4', 'Diastolic blood pressure', diastolic)],
    },
  );
}

/** Weight with height and the index of both, as a visit writes them down. */
export function build(chart: Chart, taken: Taken, kilograms: number, centimetres: number): void {
  measure(chart, 'weight', taken, kilograms);
  measure(chart, 'height', taken, centimetres);
  measure(chart, 'bmi', taken, kilograms / (centimetres / 100) ** 2);
}

export type VitalSigns = Partial<Record<'pulse' | 'oxygen' | 'temperature' | 'breathing', number>> & {
  readonly pressure?: readonly [systolic: number, diastolic: number];
};

/** What a nurse measures at a visit, five minutes in (or when told). */
export function vitalSigns(chart: Chart, visit: Visit, signs: VitalSigns, at: Moment = visit.at + 5 * minute): void {
  const taken = { at, visit };
  if (signs.pressure !== undefined) pressure(chart, taken, ...signs.pressure);
  for (const name of ['pulse', 'oxygen', 'temperature', 'breathing'] as const) {
    const value = signs[name];
    if (value !== undefined) measure(chart, name, taken, value);
  }
}

/** Whether somebody smokes, as a coded answer. */
export function smoking(chart: Chart, taken: Taken, answer: Concept): void {
  observe(chart, 'smoking', taken, 'social-history', concept(systems.loinc, '72166-2', 'Tobacco smoking status', 'Smoking'), {
    valueCodeableConcept: answer,
  });
}

/** The frame every observation shares. Outside of the life being told, nothing. */
export function observe(
  chart: Chart,
  name: string,
  taken: Taken,
  category: string,
  code: Concept,
  value: JsonObject,
): Reference | undefined {
  const { at, until, visit, device, note, privacy } = taken;
  if (!chart.time.holds(at)) return undefined;
  return chart.add(
    'Observation',
    `${name}/${dateTime(at)}`,
    {
      status: 'final',
      category: [concept(systems.terminology('observation-category'), category, categoryWords[category] ?? category)],
      code,
      subject: chart.patient,
      ...during(visit),
      ...(until === undefined ? { effectiveDateTime: dateTime(at) } : { effectivePeriod: { start: dateTime(at), end: dateTime(until) } }),
      issued: dateTime(at),
      performer: [visit === undefined ? chart.patient : chart.by(visit.by)],
      ...value,
      ...(note === undefined ? {} : { note: [{ text: note }] }),
      ...(device === undefined ? {} : { device }),
    },
    privacy,
  );
}

const categoryWords: Readonly<Record<string, string>> = {
  'vital-signs': 'Vital Signs',
  laboratory: 'Laboratory',
  survey: 'Survey',
  exam: 'Exam',
  procedure: 'Procedure',
  'social-history': 'Social History',
};

const flag = (code: string, display: string): Concept => concept(systems.terminology('v3-ObservationInterpretation'), code, display);
const flags = { H: flag('H', 'High'), L: flag('L', 'Low'), N: flag('N', 'Normal') } as const;

/** Low or high outside of a range; undefined inside. */
export function interpretation(value: number, low: number | undefined, high: number | undefined): Concept | undefined {
  if (low !== undefined && value < low) return flags.L;
  return high !== undefined && value > high ? flags.H : undefined;
}

export const normal = flags.N;

/** A device the patient uses. */
export function device(
  chart: Chart,
  name: 'Arm cuff' | 'Watch' | 'Finger clip' | 'Bathroom scale' | 'Peak flow meter' | 'Glucose meter',
  model: string,
): Reference {
  return chart.add('Device', name, {
    status: 'active',
    manufacturer: 'Fernhill Instruments',
    serialNumber: `FI-${chart.chance.fork(name).digits(8)}`,
    deviceName: [{ name: `${name} ${model}`, type: 'user-friendly-name' }],
    modelNumber: model,
    type: { text: name },
    patient: chart.patient,
    owner: chart.organisation,
  });
}
