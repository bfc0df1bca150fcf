/**
 * What is done for a patient: medicines, procedures, vaccinations, a plan and the people in it.
 *
 * @module
 */

import { date, dateTime, type Moment } from './calendar.ts';
import type { Chart, Privacy } from './chart.ts';
import type { Medicine } from './codes.ts';
import { type Concept, concept, type JsonObject, type Reference, systems } from './fhir.ts';
import { type When, written } from './findings.ts';
import { during, type Visit } from './visits.ts';

export type Prescription = {
  readonly medicine: Medicine;
  /** `5 mg`, `100 microgram`. */
  readonly strength: string;
  /** As the label says it: `One each morning`. */
  readonly how: string;
  /** How often a day; 0 means when needed. */
  readonly daily: number;
  readonly since: When;
  readonly until?: Moment;
  readonly by: string;
  readonly visit?: Visit | undefined;
  readonly why?: readonly (Reference | undefined)[];
  readonly privacy?: Privacy;
};

/** A prescription; one that begins after `to` is left out, one whose `until` has passed is completed. */
export function prescribe(chart: Chart, facts: Prescription): Reference | undefined {
  const { medicine, strength, since, until, daily } = facts;
  if (typeof since === 'number' && since > chart.time.to) return undefined;
  const over = until !== undefined && until <= chart.time.to;
  const why = (facts.why ?? []).filter((reason) => reason !== undefined);
  return chart.add(
    'MedicationRequest',
    `${medicine.code}/${strength}/${written(since)}`,
    {
      status: over ? 'completed' : 'active',
      intent: 'order',
      medicationCodeableConcept: medicationWords(medicine, strength),
      subject: chart.patient,
      ...during(facts.visit),
      authoredOn: written(since),
      requester: chart.by(facts.by),
      ...(why.length === 0 ? {} : { reasonReference: why }),
      dosageInstruction: [dosage(facts)],
      dispenseRequest: {
        validityPeriod: over ? { start: written(since), end: dateTime(until) } : { start: written(since) },
        numberOfRepeatsAllowed: daily === 0 || over ? 0 : 5,
      },
    },
    facts.privacy,
  );
}

/** What the patient says she takes, prescribed or not. */
export function takes(
  chart: Chart,
  facts: Omit<Prescription, 'why'> & { readonly asked: Moment; readonly words?: string },
): Reference | undefined {
  const { medicine, strength, since, until, asked, words } = facts;
  if (asked > chart.time.to) return undefined;
  const over = until !== undefined && until <= asked;
  return chart.add(
    'MedicationStatement',
    `${medicine.code}/${strength}/${written(since)}`,
    {
      status: over ? 'completed' : 'active',
      medicationCodeableConcept: medicationWords(medicine, strength),
      subject: chart.patient,
      ...(facts.visit === undefined ? {} : { context: facts.visit.reference }),
      effectivePeriod: over ? { start: written(since), end: dateTime(until) } : { start: written(since) },
      dateAsserted: dateTime(asked),
      informationSource: chart.patient,
      ...(words === undefined ? {} : { note: [{ text: words }] }),
      dosage: [dosage(facts)],
    },
    facts.privacy,
  );
}

const medicationWords = ({ code, name, form }: Medicine, strength: string): Concept =>
  concept(systems.atc, code, name.toLowerCase(), `${name} ${strength} ${form}`);

function dosage({ how, daily }: Pick<Prescription, 'how' | 'daily'>): JsonObject {
  return daily === 0
    ? { text: how, asNeededBoolean: true }
    : { text: how, timing: { repeat: { frequency: daily, period: 1, periodUnit: 'd' } }, asNeededBoolean: false };
}

export type ProcedureFacts = {
  readonly at: When;
  readonly by: string;
  readonly visit?: Visit | undefined;
  readonly why?: Concept;
  readonly outcome?: string;
};

export function procedure(chart: Chart, what: Concept, facts: ProcedureFacts): Reference {
  return chart.add('Procedure', `${what.coding[0]!.code}/${written(facts.at)}`, {
    status: 'completed',
    code: what,
    subject: chart.patient,
    ...during(facts.visit),
    performedDateTime: written(facts.at),
    performer: [{ actor: chart.by(facts.by) }],
    ...(facts.why === undefined ? {} : { reasonCode: [facts.why] }),
    ...(facts.outcome === undefined ? {} : { note: [{ text: facts.outcome }] }),
  });
}

/** A vaccination on a day; one after `to` is left out. `dose` counts within a series. */
export function vaccinate(chart: Chart, vaccine: Concept, on: string | Moment, dose?: number): void {
  const day = typeof on === 'string' ? on : date(on);
  if (day > date(chart.time.to)) return;
  chart.add('Immunization', `${vaccine.coding[0]!.code}/${day}`, {
    status: 'completed',
    vaccineCode: vaccine,
    patient: chart.patient,
    occurrenceDateTime: day,
    primarySource: true,
    lotNumber: `${chart.chance.pick(['A', 'F', 'K', 'T'])}${chart.chance.digits(5)}`,
    site: concept(systems.terminology('v3-ActSite'), 'LA', 'left arm'),
    ...(dose === undefined ? {} : { protocolApplied: [{ doseNumberPositiveInt: dose }] }),
  });
}

export type Plan = {
  readonly title: string;
  readonly since: Moment;
  readonly by: string;
  readonly about: readonly (Reference | undefined)[];
  readonly steps: readonly string[];
};

/** A care plan, and the team that carries it. */
export function plan(chart: Chart, { title, since, by, about, steps }: Plan): void {
  const addresses = about.filter((one) => one !== undefined);
  const period = { start: date(Math.min(since, chart.time.to)) };
  const contact = chart.person.contact;
  const team = chart.add('CareTeam', title, {
    status: 'active',
    name: `${title}: the team`,
    subject: chart.patient,
    period,
    participant: [
      { role: [{ text: 'Doctor' }], member: chart.by(by), onBehalfOf: chart.organisation },
      { role: [{ text: 'Patient' }], member: chart.patient },
      { role: [{ text: contact.relation }], member: { display: `${contact.name.given.join(' ')} ${contact.name.family}` } },
    ],
    managingOrganization: [chart.organisation],
  });
  chart.add('CarePlan', title, {
    status: 'active',
    intent: 'plan',
    title,
    subject: chart.patient,
    period,
    author: chart.by(by),
    careTeam: [team],
    ...(addresses.length === 0 ? {} : { addresses }),
    activity: steps.map((description) => ({ detail: { status: 'in-progress', description } })),
  });
}
