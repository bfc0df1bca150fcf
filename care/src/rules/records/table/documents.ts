/** What identifies: documents, and what holds other resources. The notation is explained in `index.ts`. */
import type { PartsOf } from './index.ts';

export const documents: Readonly<Record<string, PartsOf>> = {
  DocumentReference: { QID: 'author authenticator custodian', patient: 'subject context.sourcePatientInfo' },
  DocumentManifest: { QID: 'author recipient', patient: 'subject' },
  Composition: { QID: 'author custodian attester.party section.author', patient: 'subject' },
  QuestionnaireResponse: { QID: 'author source', patient: 'subject' },
  List: { QID: 'source', patient: 'subject' },
  Consent: { QID: 'performer organization verification.verifiedWith provision.actor.reference', patient: 'patient' },
  Basic: { QID: 'author', patient: 'subject' },
  MeasureReport: { QID: 'reporter', patient: 'subject' },
  Provenance: { QID: 'location agent.who agent.onBehalfOf entity.agent.who entity.agent.onBehalfOf' },
  AuditEvent: { EID: 'agent.name agent.altId agent.network', QID: 'agent.who agent.location source.observer' },
  Binary: {},
  Bundle: {},
  Parameters: {},
};
