/**
 * FHIR R4 (4.0.1): the elements of documents, and what holds other resources.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const documents: Readonly<Record<string, string>> = {
  DocumentReference: `
    masterIdentifier:Identifier identifier*:Identifier status docStatus type:CodeableConcept category*:CodeableConcept
    subject:Reference date author*:Reference authenticator:Reference custodian:Reference relatesTo*:DocumentReference.relatesTo
    description securityLabel*:CodeableConcept content*:DocumentReference.content context:DocumentReference.context
  `,
  'DocumentReference.relatesTo': 'code target:Reference',
  'DocumentReference.content': 'attachment:Attachment format:Coding',
  'DocumentReference.context': `
    encounter*:Reference event*:CodeableConcept period:Period facilityType:CodeableConcept practiceSetting:CodeableConcept
    sourcePatientInfo:Reference related*:Reference
  `,
  DocumentManifest: `
    masterIdentifier:Identifier identifier*:Identifier status type:CodeableConcept subject:Reference created author*:Reference
    recipient*:Reference source description content*:Reference related*:DocumentManifest.related
  `,
  'DocumentManifest.related': 'identifier:Identifier ref:Reference',
  Composition: `
    identifier:Identifier status type:CodeableConcept category*:CodeableConcept subject:Reference encounter:Reference date
    author*:Reference title confidentiality attester*:Composition.attester custodian:Reference relatesTo*:Composition.relatesTo
    event*:Composition.event section*:Composition.section
  `,
  'Composition.attester': 'mode time party:Reference',
  'Composition.relatesTo': 'code targetIdentifier:Identifier targetReference:Reference',
  'Composition.event': 'code*:CodeableConcept period:Period detail*:Reference',
  'Composition.section': `
    title code:CodeableConcept author*:Reference focus:Reference text:Narrative mode orderedBy:CodeableConcept entry*:Reference
    emptyReason:CodeableConcept section*:Composition.section
  `,
  QuestionnaireResponse: `
    identifier:Identifier basedOn*:Reference partOf*:Reference questionnaire status subject:Reference encounter:Reference authored
    author:Reference source:Reference item*:QuestionnaireResponse.item
  `,
  'QuestionnaireResponse.item': 'linkId definition text answer*:QuestionnaireResponse.item.answer item*:QuestionnaireResponse.item',
  'QuestionnaireResponse.item.answer': `
    valueBoolean valueDecimal valueInteger valueDate valueDateTime valueTime valueString valueUri valueAttachment:Attachment
    valueCoding:Coding valueQuantity:Quantity valueReference:Reference item*:QuestionnaireResponse.item
  `,
  List: `
    identifier*:Identifier status mode title code:CodeableConcept subject:Reference encounter:Reference date source:Reference
    orderedBy:CodeableConcept note*:Annotation entry*:List.entry emptyReason:CodeableConcept
  `,
  'List.entry': 'flag:CodeableConcept deleted date item:Reference',
  Consent: `
    identifier*:Identifier status scope:CodeableConcept category*:CodeableConcept patient:Reference dateTime performer*:Reference
    organization*:Reference sourceAttachment:Attachment sourceReference:Reference policy*:Consent.policy policyRule:CodeableConcept
    verification*:Consent.verification provision:Consent.provision
  `,
  'Consent.policy': 'authority uri',
  'Consent.verification': 'verified verifiedWith:Reference verificationDate',
  'Consent.provision': `
    type period:Period actor*:Consent.provision.actor action*:CodeableConcept securityLabel*:Coding purpose*:Coding class*:Coding
    code*:CodeableConcept dataPeriod:Period data*:Consent.provision.data provision*:Consent.provision
  `,
  'Consent.provision.actor': 'role:CodeableConcept reference:Reference',
  'Consent.provision.data': 'meaning reference:Reference',
  Basic: 'identifier*:Identifier code:CodeableConcept subject:Reference created author:Reference',
  MeasureReport: `
    identifier*:Identifier status type measure subject:Reference date reporter:Reference period:Period
    improvementNotation:CodeableConcept group*:MeasureReport.group evaluatedResource*:Reference
  `,
  'MeasureReport.group': `
    code:CodeableConcept population*:MeasureReport.group.population measureScore:Quantity stratifier*:MeasureReport.group.stratifier
  `,
  'MeasureReport.group.population': 'code:CodeableConcept count subjectResults:Reference',
  'MeasureReport.group.stratifier': 'code*:CodeableConcept stratum*:MeasureReport.group.stratifier.stratum',
  'MeasureReport.group.stratifier.stratum': `
    value:CodeableConcept component*:MeasureReport.group.stratifier.stratum.component
    population*:MeasureReport.group.stratifier.stratum.population measureScore:Quantity
  `,
  'MeasureReport.group.stratifier.stratum.component': 'code:CodeableConcept value:CodeableConcept',
  'MeasureReport.group.stratifier.stratum.population': 'code:CodeableConcept count subjectResults:Reference',
  Provenance: `
    target*:Reference occurredPeriod:Period occurredDateTime recorded policy* location:Reference reason*:CodeableConcept
    activity:CodeableConcept agent*:Provenance.agent entity*:Provenance.entity signature*:Signature
  `,
  'Provenance.agent': 'type:CodeableConcept role*:CodeableConcept who:Reference onBehalfOf:Reference',
  'Provenance.entity': 'role what:Reference agent*:Provenance.agent',
  AuditEvent: `
    type:Coding subtype*:Coding action period:Period recorded outcome outcomeDesc purposeOfEvent*:CodeableConcept
    agent*:AuditEvent.agent source:AuditEvent.source entity*:AuditEvent.entity
  `,
  'AuditEvent.agent': `
    type:CodeableConcept role*:CodeableConcept who:Reference altId name requestor location:Reference policy* media:Coding
    network:AuditEvent.agent.network purposeOfUse*:CodeableConcept
  `,
  'AuditEvent.agent.network': 'address type',
  'AuditEvent.source': 'site observer:Reference type*:Coding',
  'AuditEvent.entity': `
    what:Reference type:Coding role:Coding lifecycle:Coding securityLabel*:Coding name description query
    detail*:AuditEvent.entity.detail
  `,
  'AuditEvent.entity.detail': 'type valueString valueBase64Binary',
  Binary: 'contentType securityContext:Reference data url',
  Bundle: 'identifier:Identifier type timestamp total link*:Bundle.link entry*:Bundle.entry signature:Signature',
  'Bundle.link': 'relation url',
  'Bundle.entry': `
    link*:Bundle.link fullUrl resource:Resource search:Bundle.entry.search request:Bundle.entry.request response:Bundle.entry.response
  `,
  'Bundle.entry.search': 'mode score',
  'Bundle.entry.request': 'method url ifNoneMatch ifModifiedSince ifMatch ifNoneExist',
  'Bundle.entry.response': 'status location etag lastModified outcome:Resource',
  Parameters: 'parameter*:Parameters.parameter',
  'Parameters.parameter': 'name value[x] resource:Resource part*:Parameters.parameter',
};
