/**
 * What a visit cost: a claim, and the insurer's answer to it.
 *
 * @module
 */

import { date, dateTime, day } from './calendar.ts';
import type { Chart } from './chart.ts';
import { type Concept, concept, decimal, type JsonObject, systems } from './fhir.ts';
import type { Visit } from './visits.ts';

const money = (value: number): JsonObject => ({ value: decimal(value, 2), currency: 'GBP' });

/**
 * A claim for a visit, and a week later (or now, when that is still to come) what the insurance paid.
 *
 * @param items what was done, each with its price in pounds
 * @param paid the insurer's share, 0 to 1
 */
export function bill(
  chart: Chart,
  visit: Visit,
  why: Concept,
  items: readonly (readonly [what: string, pounds: number])[],
  paid: number,
): void {
  const total = items.reduce((sum, [, pounds]) => sum + pounds, 0);
  const insurer = { display: 'Harbour Benefit Insurance' };
  const type = concept(systems.terminology('claim-type'), 'institutional', 'Institutional');
  const insurance = { coverage: { display: `Member ${chart.person.insurance}` } };
  const created = dateTime(Math.min(visit.at + day, chart.time.to));
  const claim = chart.add('Claim', dateTime(visit.at), {
    status: 'active',
    type,
    use: 'claim',
    patient: chart.patient,
    billablePeriod: { start: date(visit.at), end: date(visit.at) },
    created,
    insurer,
    provider: chart.organisation,
    priority: concept(systems.terminology('processpriority'), 'normal', 'Normal'),
    diagnosis: [{ sequence: 1, diagnosisCodeableConcept: why }],
    insurance: [{ sequence: 1, focal: true, ...insurance }],
    item: items.map(([what, pounds], index) => ({
      sequence: index + 1,
      productOrService: { text: what },
      encounter: [visit.reference],
      net: money(pounds),
    })),
    total: money(total),
  });
  const benefit = Math.round(total * paid * 100) / 100;
  chart.add('ExplanationOfBenefit', dateTime(visit.at), {
    status: 'active',
    type,
    use: 'claim',
    patient: chart.patient,
    billablePeriod: { start: date(visit.at), end: date(visit.at) },
    created: dateTime(Math.min(visit.at + 7 * day, chart.time.to)),
    insurer,
    provider: chart.organisation,
    claim,
    outcome: 'complete',
    insurance: [{ focal: true, ...insurance }],
    item: items.map(([what, pounds], index) => ({
      sequence: index + 1,
      productOrService: { text: what },
      encounter: [visit.reference],
      adjudication: [
        {
          category: concept(systems.terminology('adjudication'), 'benefit', 'Benefit Amount'),
          amount: money(Math.round(pounds * paid * 100) / 100),
        },
      ],
    })),
    total: [
      { category: concept(systems.terminology('adjudication'), 'submitted', 'Submitted Amount'), amount: money(total) },
      { category: concept(systems.terminology('adjudication'), 'benefit', 'Benefit Amount'), amount: money(benefit) },
    ],
  });
}
