/** What identifies: findings and what was done about them. The notation is explained in `index.ts`. */
import type { PartsOf } from './index.ts';

export const clinical: Readonly<Record<string, PartsOf>> = {
  Observation: { QID: 'performer', patient: 'subject' },
  Condition: { QID: 'recorder asserter', patient: 'subject' },
  AllergyIntolerance: { QID: 'recorder asserter', patient: 'patient' },
  AdverseEvent: { QID: 'location recorder contributor suspectEntity.causality.author', patient: 'subject' },
  Procedure: { QID: 'recorder asserter location performer.actor performer.onBehalfOf', patient: 'subject' },
  // The maker of a vaccine treats nobody: `manufacturer` stays with the lot number.
  Immunization: { QID: 'location performer.actor protocolApplied.authority', patient: 'patient' },
  ImmunizationRecommendation: { QID: 'authority', patient: 'patient' },
  ImmunizationEvaluation: { QID: 'authority', patient: 'patient' },
  DiagnosticReport: { QID: 'performer resultsInterpreter', patient: 'subject' },
  ImagingStudy: { QID: 'referrer interpreter location series.performer.actor', patient: 'subject' },
  Media: { QID: 'operator', patient: 'subject' },
  Specimen: { QID: 'collection.collector', patient: 'subject' },
  BodyStructure: { patient: 'patient' },
  FamilyMemberHistory: { EID: 'name', QID: 'bornPeriod bornDate bornString', patient: 'patient' },
  ClinicalImpression: { QID: 'assessor', patient: 'subject' },
  DetectedIssue: { QID: 'author mitigation.author', patient: 'patient' },
  RiskAssessment: { QID: 'performer', patient: 'subject' },
  Flag: { QID: 'author', patient: 'subject' },
  MolecularSequence: { QID: 'performer', patient: 'patient' },
};
