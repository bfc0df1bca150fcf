/**
 * The laboratory: a panel is a handful of Observations with reference ranges, and the report that holds them.
 *
 * @module
 */

import { age, dateTime, hour, type Moment } from './calendar.ts';
import type { Chart, Privacy } from './chart.ts';
import { concept, type JsonObject, quantity, type Reference, systems } from './fhir.ts';
import { interpretation, normal, observe } from './readings.ts';
import type { Visit } from './visits.ts';

type Range = { readonly low?: number; readonly high?: number };
type Test = Range & {
  readonly code: string;
  readonly display: string;
  readonly text: string;
  readonly unit: string;
  readonly ucum: string;
  readonly digits: number;
  /** Below this the method cannot count: such a value is written `<` and this. */
  readonly least?: number;
  /** The range for men, where it differs. */
  readonly men?: Range;
};

const test = (
  code: string,
  display: string,
  text: string,
  unit: string,
  ucum: string,
  digits: number,
  range: Range,
  men?: Range,
): Test => ({
  code,
  display,
  text,
  unit,
  ucum,
  digits,
  ...range,
  ...(men === undefined ? {} : { men }),
});

const mmol = ['mmol/L', 'mmol/L'] as const;
const units = ['U/L', 'U/L'] as const;

export const tests = {
  hba1c: test('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'Long-term sugar (HbA1c)', '%', '%', 1, { low: 4, high: 6 }),
  glucose: test('14771-0', 'Fasting glucose [Moles/volume] in Serum or Plasma', 'Fasting glucose', ...mmol, 1, { low: 3.9, high: 5.6 }),
  cholesterol: test('14647-2', 'Cholesterol [Moles/volume] in Serum or Plasma', 'Cholesterol', ...mmol, 2, { high: 5 }),
  hdl: test('14646-4', 'Cholesterol in HDL [Moles/volume] in Serum or Plasma', 'HDL cholesterol', ...mmol, 2, { low: 1.2 }, { low: 1 }),
  ldl: test('22748-8', 'Cholesterol in LDL [Moles/volume] in Serum or Plasma', 'LDL cholesterol', ...mmol, 2, { high: 3 }),
  triglycerides: test('14927-8', 'Triglyceride [Moles/volume] in Serum or Plasma', 'Triglycerides', ...mmol, 2, { high: 1.7 }),
  creatinine: test(
    '14682-9',
    'Creatinine [Moles/volume] in Serum or Plasma',
    'Creatinine',
    'umol/L',
    'umol/L',
    0,
    { low: 45, high: 90 },
    { low: 60, high: 110 },
  ),
  egfr: test(
    '98979-8',
    'Glomerular filtration rate/1.73 sq M.predicted by CKD-EPI 2021',
    'Kidney function',
    'mL/min/1.73m2',
    'mL/min/{1.73_m2}',
    0,
    { low: 60 },
  ),
  potassium: test('2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'Potassium', ...mmol, 1, { low: 3.5, high: 5.1 }),
  sodium: test('2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'Sodium', ...mmol, 0, { low: 135, high: 145 }),
  urineAlbumin: test('14959-1', 'Microalbumin/Creatinine [Mass Ratio] in Urine', 'Albumin in urine', 'mg/g', 'mg/g', 1, { high: 30 }),
  alt: test(
    '1742-6',
    'Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma',
    'ALT',
    ...units,
    0,
    { high: 34 },
    { high: 45 },
  ),
  ast: test(
    '1920-8',
    'Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma',
    'AST',
    ...units,
    0,
    { high: 35 },
    { high: 50 },
  ),
  haemoglobin: test(
    '718-7',
    'Hemoglobin [Mass/volume] in Blood',
    'Haemoglobin',
    'g/dL',
    'g/dL',
    1,
    { low: 11.5, high: 15.5 },
    { low: 13, high: 17 },
  ),
  whiteCells: test('6690-2', 'Leukocytes [#/volume] in Blood by Automated count', 'White cells', '10*9/L', '10*9/L', 1, {
    low: 4,
    high: 11,
  }),
  platelets: test('777-3', 'Platelets [#/volume] in Blood by Automated count', 'Platelets', '10*9/L', '10*9/L', 0, { low: 150, high: 400 }),
  ferritin: test(
    '2276-4',
    'Ferritin [Mass/volume] in Serum or Plasma',
    'Iron store (ferritin)',
    'ng/mL',
    'ng/mL',
    0,
    { low: 15, high: 150 },
    { low: 30, high: 400 },
  ),
  crp: test('1988-5', 'C reactive protein [Mass/volume] in Serum or Plasma', 'CRP', 'mg/L', 'mg/L', 1, { high: 5 }),
  eosinophils: test('711-2', 'Eosinophils [#/volume] in Blood by Automated count', 'Eosinophils', '10*9/L', '10*9/L', 2, { high: 0.5 }),
  troponin: test(
    '67151-1',
    'Troponin T.cardiac [Mass/volume] in Serum or Plasma by High sensitivity method',
    'Troponin',
    'ng/L',
    'ng/L',
    0,
    { high: 14 },
  ),
  tsh: test('3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'Thyroid (TSH)', 'mIU/L', 'm[IU]/L', 2, { low: 0.4, high: 4 }),
  viralLoad: {
    ...test(
      '20447-9',
      'HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection',
      'Viral load',
      'copies/mL',
      '{copies}/mL',
      0,
      { high: 50 },
    ),
    least: 20,
  },
  cd4: test('24467-3', 'CD3+CD4+ (T4 helper) cells [#/volume] in Blood', 'CD4 cells', 'cells/uL', '{cells}/uL', 0, {
    low: 500,
    high: 1500,
  }),
} as const satisfies Record<string, Test>;

export type TestName = keyof typeof tests;

const panels = {
  sugar: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'Diabetes blood test'],
  lipids: ['24331-1', 'Lipid 1996 panel - Serum or Plasma', 'Cholesterol'],
  kidneys: ['24362-6', 'Renal function 2000 panel - Serum or Plasma', 'Kidney values'],
  liver: ['24325-3', 'Hepatic function 2000 panel - Serum or Plasma', 'Liver values'],
  blood: ['58410-2', 'CBC panel - Blood by Automated count', 'Blood count'],
  heart: ['67151-1', 'Troponin T.cardiac [Mass/volume] in Serum or Plasma by High sensitivity method', 'Heart muscle test'],
  thyroid: ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'Thyroid'],
  tolerance: ['14771-0', 'Fasting glucose [Moles/volume] in Serum or Plasma', 'Sugar test in pregnancy'],
  hiv: ['20447-9', 'HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection', 'HIV follow-up'],
} as const;

export type PanelName = keyof typeof panels;

export type Sample = {
  readonly at: Moment;
  /** Whose laboratory order it was. */
  readonly by: string;
  readonly visit?: Visit;
  readonly conclusion?: string;
  readonly privacy?: Privacy;
};

/** A blood sample and its report. Outside of the life being told, nothing. */
export function laboratory(
  chart: Chart,
  panel: PanelName,
  sample: Sample,
  values: Partial<Record<TestName, number>>,
): Reference | undefined {
  const { at, by, conclusion, privacy } = sample;
  if (!chart.time.holds(at)) return undefined;
  const visit = sample.visit ?? undefined;
  const taken = { at, ...(visit === undefined ? {} : { visit }), ...(privacy === undefined ? {} : { privacy }) };
  const result = Object.entries(values).map(([name, value]) => {
    const one: Test = tests[name as TestName];
    return observe(chart, `${panel}/${name}`, taken, 'laboratory', concept(systems.loinc, one.code, one.display, one.text), {
      performer: [chart.organisation],
      valueQuantity: counted(one, value),
      ...judged(one, value, chart.person.sex),
    });
  });
  const [code, display, text] = panels[panel];
  return chart.add(
    'DiagnosticReport',
    `${panel}/${dateTime(at)}`,
    {
      status: 'final',
      category: [concept(systems.terminology('v2-0074'), 'LAB', 'Laboratory')],
      code: concept(systems.loinc, code, display, text),
      subject: chart.patient,
      ...(visit === undefined ? {} : { encounter: visit.reference }),
      effectiveDateTime: dateTime(at),
      issued: dateTime(Math.min(at + 3 * hour, chart.time.to)),
      performer: [chart.organisation],
      resultsInterpreter: [chart.by(by)],
      result: result.filter((one) => one !== undefined),
      ...(conclusion === undefined ? {} : { conclusion }),
    },
    privacy,
  );
}

/** The value as the laboratory writes it. */
const counted = ({ least, unit, ucum, digits }: Test, value: number): JsonObject =>
  least !== undefined && value < least ? { ...quantity(least, unit, ucum, digits), comparator: '<' } : quantity(value, unit, ucum, digits);

/** The value against its range: the range itself, and low, normal or high. */
function judged(one: Test, value: number, sex: 'female' | 'male'): JsonObject {
  const { low, high } = (sex === 'male' ? one.men : undefined) ?? one;
  const shown = Number(value.toFixed(one.digits));
  const bound = (limit: number | undefined): JsonObject | undefined =>
    limit === undefined ? undefined : quantity(limit, one.unit, one.ucum, one.digits);
  const [lowest, highest] = [bound(low), bound(high)];
  return {
    interpretation: [interpretation(shown, low, high) ?? normal],
    referenceRange: [{ ...(lowest === undefined ? {} : { low: lowest }), ...(highest === undefined ? {} : { high: highest }) }],
  };
}

/**
 * Kidney values that agree with each other: filtration follows from creatinine, age and sex (CKD-EPI 2021,
 * Inker et al., NEJM 2021, doi 10.1056/NEJMoa2102953).
 *
 * @param creatinine in umol/L
 */
export function kidneys(
  chart: Chart,
  at: Moment,
  creatinine: number,
  potassium: number,
  sodium: number,
): Partial<Record<TestName, number>> {
  const female = chart.person.sex === 'female';
  const ratio = creatinine / 88.4 / (female ? 0.7 : 0.9);
  const shape = Math.min(ratio, 1) ** (female ? -0.241 : -0.302) * Math.max(ratio, 1) ** -1.2;
  const egfr = 142 * shape * 0.9938 ** age(chart.person.born, at) * (female ? 1.012 : 1);
  return { creatinine, egfr, potassium, sodium };
}

/** Cholesterol values that agree with each other: LDL follows from the others (Friedewald, in mmol/L). */
export const lipids = (cholesterol: number, hdl: number, triglycerides: number): Partial<Record<TestName, number>> => ({
  cholesterol,
  hdl,
  triglycerides,
  ldl: cholesterol - hdl - triglycerides / 2.2,
});
