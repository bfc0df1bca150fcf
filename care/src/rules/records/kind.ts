/**
 * Under which tree a record is filed: what it is about, how confidential, how sensitive.
 *
 * @module
 */
import { type Category, type Confidentiality, isObject, type Json, type Kind, own, type Resource } from '../../model/index.ts';
import { sensitivityOf } from './sensitive.ts';

/** Types that are about one thing whatever they say. */
const kindByType: Readonly<Record<string, Kind>> = {
  Patient: 'identity',
  Person: 'identity',
  RelatedPerson: 'identity',
  Practitioner: 'directory',
  PractitionerRole: 'directory',
  Organization: 'directory',
  OrganizationAffiliation: 'directory',
  Location: 'directory',
  HealthcareService: 'directory',
  Endpoint: 'directory',
  Group: 'directory',
  Schedule: 'directory',
  Slot: 'directory',
  InsurancePlan: 'directory',
  Condition: 'conditions',
  FamilyMemberHistory: 'conditions',
  AdverseEvent: 'conditions',
  DetectedIssue: 'conditions',
  RiskAssessment: 'conditions',
  Flag: 'conditions',
  BodyStructure: 'conditions',
  AllergyIntolerance: 'allergies',
  Medication: 'medications',
  MedicationRequest: 'medications',
  MedicationStatement: 'medications',
  MedicationAdministration: 'medications',
  MedicationDispense: 'medications',
  MedicationKnowledge: 'medications',
  Substance: 'medications',
  Immunization: 'immunizations',
  ImmunizationRecommendation: 'immunizations',
  ImmunizationEvaluation: 'immunizations',
  Procedure: 'procedures',
  Encounter: 'encounters',
  EpisodeOfCare: 'encounters',
  Appointment: 'encounters',
  AppointmentResponse: 'encounters',
  ImagingStudy: 'imaging',
  Media: 'imaging',
  Specimen: 'laboratory',
  MolecularSequence: 'laboratory',
  DocumentReference: 'notes',
  DocumentManifest: 'notes',
  Composition: 'notes',
  Bundle: 'notes',
  ClinicalImpression: 'notes',
  Communication: 'notes',
  CommunicationRequest: 'notes',
  CarePlan: 'plans',
  CareTeam: 'plans',
  Goal: 'plans',
  ServiceRequest: 'plans',
  NutritionOrder: 'plans',
  VisionPrescription: 'plans',
  RequestGroup: 'plans',
  SupplyRequest: 'plans',
  Task: 'plans',
  QuestionnaireResponse: 'survey',
  Device: 'devices',
  DeviceMetric: 'devices',
  DeviceRequest: 'devices',
  DeviceUseStatement: 'devices',
  SupplyDelivery: 'devices',
  Claim: 'billing',
  ClaimResponse: 'billing',
  ExplanationOfBenefit: 'billing',
  Coverage: 'billing',
  CoverageEligibilityRequest: 'billing',
  CoverageEligibilityResponse: 'billing',
  Account: 'billing',
  ChargeItem: 'billing',
  Invoice: 'billing',
  PaymentNotice: 'billing',
  PaymentReconciliation: 'billing',
};

/** http://terminology.hl7.org/CodeSystem/observation-category */
const observationKinds: Readonly<Record<string, Kind>> = {
  'vital-signs': 'vital-signs',
  laboratory: 'laboratory',
  imaging: 'imaging',
  procedure: 'procedures',
  therapy: 'procedures',
  'social-history': 'social-history',
  survey: 'survey',
  exam: 'notes',
  activity: 'vital-signs',
};

/** http://terminology.hl7.org/CodeSystem/v2-0074, and LOINC's parts and notes as US Core uses them. */
const reportKinds: ReadonlyMap<string, Kind> = new Map<string, Kind>(
  Object.entries({
    laboratory: 'LAB HM CH CG MB MCB MYC PAR PAT SP SR TX VR IMM BLB CP BG GE LP7839-6 LP31388-9',
    imaging: 'RAD RX IMG CT NMR NMS US RUS VUS XRC NRS MR OUS LP29684-5 18748-4',
    waveforms: 'EC EN',
    procedures: 'CUS PF PHY SUR CTH LP29708-2',
    notes: '34117-2 51847-2 11488-4 18842-5 11506-3 28570-0 34746-8 11504-8 47039-3 LP173421-1',
  } satisfies { readonly [kind in Kind]?: string }).flatMap(([kind, codes]) =>
    codes.split(' ').map((code): [string, Kind] => [code, kind as Kind]),
  ),
);

/** LOINC's vital signs (http://hl7.org/fhir/R4/observation-vitalsigns.html), for those who forget the category. */
const vitalSigns = new Set(
  '85353-1 9279-1 8867-4 2708-6 59408-5 8310-5 8302-2 9843-4 29463-7 39156-5 85354-9 8480-6 8462-4 8478-0 3141-9 8289-1'.split(' '),
);

/**
 * @example
 * ```ts
 * import { categoryOf } from '@carelet/care/rules/records';
 * categoryOf({ resourceType: 'Condition' }); // { kind: 'conditions', conf: 'N', sens: 'none' }
 * ```
 */
export function categoryOf(resource: Resource): Category {
  return { kind: kindOf(resource), conf: confidentialityOf(resource), sens: sensitivityOf(resource) };
}

function kindOf(resource: Resource): Kind {
  if (resource.resourceType === 'Observation') return observationKind(resource);
  if (resource.resourceType === 'DiagnosticReport') return reportKind(resource);
  return Object.hasOwn(kindByType, resource.resourceType) ? kindByType[resource.resourceType]! : 'other';
}

function observationKind(resource: Resource): Kind {
  // A strip is a strip, whatever category it was given.
  const components = own(resource, 'component');
  const withSignal = [resource, ...(Array.isArray(components) ? components.filter(isObject) : [])];
  if (withSignal.some((part) => own(part, 'valueSampledData') !== undefined)) return 'waveforms';
  for (const code of codesOf(own(resource, 'category'))) {
    if (Object.hasOwn(observationKinds, code)) return observationKinds[code]!;
  }
  return codesOf(own(resource, 'code')).some((code) => vitalSigns.has(code)) ? 'vital-signs' : 'other';
}

function reportKind(resource: Resource): Kind {
  for (const code of [...codesOf(own(resource, 'category')), ...codesOf(own(resource, 'code'))]) {
    const kind = reportKinds.get(code);
    if (kind) return kind;
  }
  // Without a category: a report of results is a laboratory's, a text is a note.
  return own(resource, 'result') === undefined && own(resource, 'presentedForm') !== undefined ? 'notes' : 'laboratory';
}

/** The codes of a CodeableConcept or of several. */
function codesOf(value: Json | undefined): readonly string[] {
  const concepts = (Array.isArray(value) ? value : [value]).filter(isObject);
  return concepts
    .flatMap((concept) => own(concept, 'coding') ?? [])
    .filter(isObject)
    .map((coding) => own(coding, 'code'))
    .filter((code) => typeof code === 'string');
}

const confidentialitySystems = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  'http://hl7.org/fhir/v3/Confidentiality',
  'urn:oid:2.16.840.1.113883.5.25',
]);

/** The highest word said: `meta.security`, a document's own label. L, M and U are N to us; silence is N. */
function confidentialityOf(resource: Resource): Confidentiality {
  const meta = own(resource, 'meta');
  const security = isObject(meta) ? own(meta, 'security') : undefined;
  const labels = own(resource, 'securityLabel');
  const said = new Set<Json | undefined>();
  if (resource.resourceType === 'Composition') said.add(own(resource, 'confidentiality'));
  for (const coding of [security, labels].flat().filter(isObject)) {
    const inner = own(coding, 'coding');
    for (const label of [coding, ...(Array.isArray(inner) ? inner : [])].filter(isObject)) {
      const system = own(label, 'system');
      if (typeof system === 'string' && confidentialitySystems.has(system)) said.add(own(label, 'code'));
    }
  }
  return said.has('V') ? 'V' : said.has('R') ? 'R' : 'N';
}
