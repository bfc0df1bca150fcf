/**
 * Findings that last: conditions and allergies.
 *
 * @module
 */

import { dateTime, type Moment } from './calendar.ts';
import type { Chart, Privacy } from './chart.ts';
import { type Concept, concept, type Reference, systems } from './fhir.ts';
import { during, type Visit } from './visits.ts';

/** A moment, or a date as people remember it: `2011`, `2019-04`, `2003-05-17`. */
export type When = Moment | string;

/** A FHIR dateTime of either. */
export const written = (when: When): string => (typeof when === 'string' ? when : dateTime(when));

const confirmed = (system: string): Concept => concept(systems.terminology(system), 'confirmed', 'Confirmed');

export type ConditionFacts = {
  readonly onset: When;
  /** When it passed; without it, it is still there. */
  readonly until?: Moment;
  readonly by: string;
  readonly visit?: Visit | undefined;
  readonly note?: string;
  readonly privacy?: Privacy;
};

/** A condition; one whose `onset` is a moment after `to` is not yet known and is left out. */
export function condition(chart: Chart, what: Concept, facts: ConditionFacts): Reference | undefined {
  const { onset, until, privacy } = facts;
  if (typeof onset === 'number' && onset > chart.time.to) return undefined;
  const over = until !== undefined && until <= chart.time.to;
  return chart.add(
    'Condition',
    `${what.coding[0]!.code}/${written(onset)}`,
    {
      clinicalStatus: over
        ? concept(systems.terminology('condition-clinical'), 'resolved', 'Resolved')
        : concept(systems.terminology('condition-clinical'), 'active', 'Active'),
      verificationStatus: confirmed('condition-ver-status'),
      category: [concept(systems.terminology('condition-category'), 'problem-list-item', 'Problem List Item')],
      code: what,
      subject: chart.patient,
      ...during(facts.visit),
      onsetDateTime: written(onset),
      ...(over ? { abatementDateTime: dateTime(until) } : {}),
      ...(facts.visit === undefined ? {} : { recordedDate: dateTime(facts.visit.at) }),
      recorder: chart.by(facts.by),
      ...(facts.note === undefined ? {} : { note: [{ text: facts.note }] }),
    },
    privacy,
  );
}

export type AllergyFacts = {
  readonly onset: string;
  readonly category: 'medication' | 'food' | 'environment';
  readonly criticality: 'low' | 'high';
  readonly reaction: Concept;
  readonly severity: 'mild' | 'moderate' | 'severe';
  readonly by: string;
  readonly note?: string;
};

export function allergy(chart: Chart, to: Concept, facts: AllergyFacts): Reference {
  return chart.add('AllergyIntolerance', to.coding[0]!.code, {
    clinicalStatus: concept(systems.terminology('allergyintolerance-clinical'), 'active', 'Active'),
    verificationStatus: confirmed('allergyintolerance-verification'),
    type: 'allergy',
    category: [facts.category],
    criticality: facts.criticality,
    code: to,
    patient: chart.patient,
    onsetDateTime: facts.onset,
    recorder: chart.by(facts.by),
    ...(facts.note === undefined ? {} : { note: [{ text: facts.note }] }),
    reaction: [{ manifestation: [facts.reaction], severity: facts.severity }],
  });
}
