/**
 * Visits: encounters at the clinic, at home by video, in the emergency department, on a ward.
 *
 * @module
 */

import { dateTime, type Moment, minute } from './calendar.ts';
import type { Chart } from './chart.ts';
import { type Concept, concept, type JsonObject, type Reference, systems } from './fhir.ts';

const kinds = {
  clinic: { code: 'AMB', display: 'ambulatory', type: concept(systems.snomed, '185349003', 'Encounter for check up', 'Clinic visit') },
  antenatal: { code: 'AMB', display: 'ambulatory', type: concept(systems.snomed, '424619006', 'Prenatal visit') },
  video: {
    code: 'VR',
    display: 'virtual',
    type: concept(systems.snomed, '448337001', 'Telemedicine consultation with patient', 'Video visit'),
  },
  emergency: { code: 'EMER', display: 'emergency', type: concept(systems.snomed, '50849002', 'Emergency room admission') },
  admission: { code: 'IMP', display: 'inpatient encounter', type: concept(systems.snomed, '32485007', 'Hospital admission') },
} as const;

/** A visit that took place: what a reading or a note taken there refers to. */
export type Visit = { readonly at: Moment; readonly end: Moment; readonly by: string; readonly reference: Reference };

export type VisitPlan = {
  readonly at: Moment;
  readonly minutes?: number;
  readonly kind?: keyof typeof kinds;
  /** The slug of who sees the patient. */
  readonly by: string;
  readonly why: Concept;
  readonly privacy?: 'HIV' | 'PSY';
};

/**
 * A visit and everything that happens there, in one piece: when its time lies outside the life being told,
 * nothing of it is told.
 */
export function visit(chart: Chart, plan: VisitPlan, happens: (visit: Visit) => void = () => {}): Visit | undefined {
  const { at, by, why, kind = 'clinic' } = plan;
  if (!chart.time.holds(at)) return undefined;
  const end = at + (plan.minutes ?? 20) * minute;
  const over = end <= chart.time.to;
  const period: JsonObject = over ? { start: dateTime(at), end: dateTime(end) } : { start: dateTime(at) };
  const { code, display, type } = kinds[kind];
  const reference = chart.add(
    'Encounter',
    dateTime(at),
    {
      status: over ? 'finished' : 'in-progress',
      class: { system: systems.act, code, display },
      type: [type],
      subject: chart.patient,
      participant: [
        {
          type: [concept(systems.terminology('v3-ParticipationType'), 'PPRF', 'primary performer')],
          period,
          individual: chart.by(by),
        },
      ],
      period,
      reasonCode: [why],
      serviceProvider: chart.organisation,
    },
    plan.privacy,
  );
  const took: Visit = { at, end, by, reference };
  happens(took);
  return took;
}

/** The field that ties something to a visit, when there was one. */
export const during = (took: Visit | undefined): { readonly encounter?: Reference } =>
  took === undefined ? {} : { encounter: took.reference };
