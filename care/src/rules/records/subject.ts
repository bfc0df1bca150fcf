/**
 * Whose record it is: the reference that leads to a chart.
 *
 * @module
 */
import { isObject, type Json, type JsonObject, own, type Resource } from '../../model/index.ts';

/** Where a type names its patient; anything else is tried in the general order. */
const paths: Readonly<Record<string, readonly string[]>> = {
  Coverage: ['beneficiary'],
  Task: ['for'],
  ResearchSubject: ['individual'],
  AdverseEvent: ['subject'],
  Provenance: ['target'],
  AuditEvent: ['entity.what'],
  Appointment: ['participant.actor'],
  AppointmentResponse: ['actor'],
  Person: ['link.target'],
  SupplyRequest: ['requester', 'deliverTo'],
  DocumentReference: ['subject', 'context.sourcePatientInfo'],
};
const general = ['subject', 'patient', 'beneficiary', 'individual', 'for'];

/** Types that are nobody's: the organisation keeps them in its own chart. */
const directory = new Set([
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'OrganizationAffiliation',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Medication',
  'MedicationKnowledge',
  'Substance',
  'Group',
  'Schedule',
  'Slot',
  'InsurancePlan',
  'Questionnaire',
]);

/**
 * The reference to the patient a record is about, as it is written there.
 *
 * A reference counts if it says `Patient` (by type, or as `…/Patient/…`, `Patient?…`), if `isPatient` knows it, or if it
 * says no type at all (`urn:uuid:…`) where only a patient can be meant. A patient is his own: `Patient/<id>`.
 *
 * @param isPatient knows references that do not say what they lead to, as a bundle's `urn:uuid:…`
 * @returns undefined if it concerns no patient, or one who is named without a reference
 *
 * @example
 * ```ts
 * import { subjectOf } from '@carelet/care/rules/records';
 * subjectOf({ resourceType: 'Observation', subject: { reference: 'Patient/ada' } }); // 'Patient/ada'
 * subjectOf({ resourceType: 'Observation', subject: { reference: 'Group/town' } }); // undefined
 * subjectOf({ resourceType: 'Provenance', target: [{ reference: 'urn:uuid:1' }] }, (r) => r === 'urn:uuid:1'); // 'urn:uuid:1'
 * ```
 */
export function subjectOf(resource: Resource, isPatient: (reference: string) => boolean = () => false): string | undefined {
  const type = resource.resourceType;
  if (type === 'Patient') return typeof resource.id === 'string' ? `Patient/${resource.id}` : undefined;
  if (directory.has(type)) return undefined;
  if (type === 'Bundle') return subjectInside(resource, isPatient);
  const special = Object.hasOwn(paths, type) ? paths[type]! : undefined;
  // A list of targets holds all sorts of things: there, silence about the type is no patient.
  const silenceCounts = special === undefined || type === 'Coverage' || type === 'Task' || type === 'ResearchSubject';
  for (const path of special ?? general) {
    const found = referencesAt(resource, path.split('.'))
      .map((reference) => ({ reference, sort: sortOf(reference, isPatient) }))
      .filter(({ sort }) => sort === 'patient' || (sort === 'unsaid' && (silenceCounts || path === 'subject')));
    const best = found.find(({ sort }) => sort === 'patient') ?? found[0];
    if (best) return own(best.reference, 'reference') as string;
  }
  return undefined;
}

/** A document is about the first patient in it, or whom its parts are about. */
function subjectInside(bundle: Resource, isPatient: (reference: string) => boolean): string | undefined {
  const entry = own(bundle, 'entry');
  const inside = (Array.isArray(entry) ? entry : []).filter(isObject).filter((one) => isObject(own(one, 'resource')));
  const patient = inside.find((one) => (own(one, 'resource') as Resource).resourceType === 'Patient');
  if (patient) {
    const address = own(patient, 'fullUrl');
    return typeof address === 'string' ? address : subjectOf(own(patient, 'resource') as Resource);
  }
  for (const one of inside) {
    const subject = subjectOf(own(one, 'resource') as Resource, isPatient);
    if (subject !== undefined) return subject;
  }
  return undefined;
}

/** Does it belong into the organisation's own chart? Not what has a patient we only cannot find. */
export function isDirectory(resource: Resource): boolean {
  if (directory.has(resource.resourceType)) return true;
  return resource.resourceType === 'Device' && own(resource, 'patient') === undefined;
}

function sortOf(reference: JsonObject, isPatient: (reference: string) => boolean): 'patient' | 'other' | 'unsaid' {
  const link = own(reference, 'reference');
  if (typeof link !== 'string') return 'other';
  if (isPatient(link)) return 'patient';
  const said =
    own(reference, 'type') ?? /(?:^|\/)([A-Z][A-Za-z]+)(?:\/[A-Za-z0-9.-]+(?:\/_history\/[A-Za-z0-9.-]+)?|\?.*)$/.exec(link)?.[1];
  return said === undefined ? 'unsaid' : said === 'Patient' ? 'patient' : 'other';
}

function referencesAt(value: Json | undefined, path: readonly string[]): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesAt(item, path));
  if (!isObject(value)) return [];
  const [name, ...rest] = path;
  return name === undefined ? [value] : referencesAt(own(value, name), rest);
}
