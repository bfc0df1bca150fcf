/**
 * FHIR R4 (4.0.1): the elements of findings and what was done about them.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const clinical: Readonly<Record<string, string>> = {
  Observation: `
    identifier*:Identifier basedOn*:Reference partOf*:Reference status category*:CodeableConcept code:CodeableConcept
    subject:Reference focus*:Reference encounter:Reference effectiveDateTime effectivePeriod:Period effectiveTiming:Timing
    effectiveInstant issued performer*:Reference valueQuantity:Quantity valueCodeableConcept:CodeableConcept valueString valueBoolean
    valueInteger valueRange:Range valueRatio:Ratio valueSampledData:SampledData valueTime valueDateTime valuePeriod:Period
    dataAbsentReason:CodeableConcept interpretation*:CodeableConcept note*:Annotation bodySite:CodeableConcept method:CodeableConcept
    specimen:Reference device:Reference referenceRange*:Observation.referenceRange hasMember*:Reference derivedFrom*:Reference
    component*:Observation.component
  `,
  'Observation.referenceRange': 'low:Quantity high:Quantity type:CodeableConcept appliesTo*:CodeableConcept age:Range text',
  'Observation.component': `
    code:CodeableConcept valueQuantity:Quantity valueCodeableConcept:CodeableConcept valueString valueBoolean valueInteger
    valueRange:Range valueRatio:Ratio valueSampledData:SampledData valueTime valueDateTime valuePeriod:Period
    dataAbsentReason:CodeableConcept interpretation*:CodeableConcept referenceRange*:Observation.referenceRange
  `,
  Condition: `
    identifier*:Identifier clinicalStatus:CodeableConcept verificationStatus:CodeableConcept category*:CodeableConcept
    severity:CodeableConcept code:CodeableConcept bodySite*:CodeableConcept subject:Reference encounter:Reference onsetDateTime
    onsetAge:Quantity onsetPeriod:Period onsetRange:Range onsetString abatementDateTime abatementAge:Quantity abatementPeriod:Period
    abatementRange:Range abatementString recordedDate recorder:Reference asserter:Reference stage*:Condition.stage
    evidence*:Condition.evidence note*:Annotation
  `,
  'Condition.stage': 'summary:CodeableConcept assessment*:Reference type:CodeableConcept',
  'Condition.evidence': 'code*:CodeableConcept detail*:Reference',
  AllergyIntolerance: `
    identifier*:Identifier clinicalStatus:CodeableConcept verificationStatus:CodeableConcept type category* criticality
    code:CodeableConcept patient:Reference encounter:Reference onsetDateTime onsetAge:Quantity onsetPeriod:Period onsetRange:Range
    onsetString recordedDate recorder:Reference asserter:Reference lastOccurrence note*:Annotation
    reaction*:AllergyIntolerance.reaction
  `,
  'AllergyIntolerance.reaction': `
    substance:CodeableConcept manifestation*:CodeableConcept description onset severity exposureRoute:CodeableConcept note*:Annotation
  `,
  AdverseEvent: `
    identifier:Identifier actuality category*:CodeableConcept event:CodeableConcept subject:Reference encounter:Reference date
    detected recordedDate resultingCondition*:Reference location:Reference seriousness:CodeableConcept severity:CodeableConcept
    outcome:CodeableConcept recorder:Reference contributor*:Reference suspectEntity*:AdverseEvent.suspectEntity
    subjectMedicalHistory*:Reference referenceDocument*:Reference study*:Reference
  `,
  'AdverseEvent.suspectEntity': 'instance:Reference causality*:AdverseEvent.suspectEntity.causality',
  'AdverseEvent.suspectEntity.causality': 'assessment:CodeableConcept productRelatedness author:Reference method:CodeableConcept',
  Procedure: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* basedOn*:Reference partOf*:Reference status
    statusReason:CodeableConcept category:CodeableConcept code:CodeableConcept subject:Reference encounter:Reference performedDateTime
    performedPeriod:Period performedString performedAge:Quantity performedRange:Range recorder:Reference asserter:Reference
    performer*:Procedure.performer location:Reference reasonCode*:CodeableConcept reasonReference*:Reference bodySite*:CodeableConcept
    outcome:CodeableConcept report*:Reference complication*:CodeableConcept complicationDetail*:Reference followUp*:CodeableConcept
    note*:Annotation focalDevice*:Procedure.focalDevice usedReference*:Reference usedCode*:CodeableConcept
  `,
  'Procedure.performer': 'function:CodeableConcept actor:Reference onBehalfOf:Reference',
  'Procedure.focalDevice': 'action:CodeableConcept manipulated:Reference',
  Immunization: `
    identifier*:Identifier status statusReason:CodeableConcept vaccineCode:CodeableConcept patient:Reference encounter:Reference
    occurrenceDateTime occurrenceString recorded primarySource reportOrigin:CodeableConcept location:Reference manufacturer:Reference
    lotNumber expirationDate site:CodeableConcept route:CodeableConcept doseQuantity:Quantity performer*:Immunization.performer
    note*:Annotation reasonCode*:CodeableConcept reasonReference*:Reference isSubpotent subpotentReason*:CodeableConcept
    education*:Immunization.education programEligibility*:CodeableConcept fundingSource:CodeableConcept
    reaction*:Immunization.reaction protocolApplied*:Immunization.protocolApplied
  `,
  'Immunization.performer': 'function:CodeableConcept actor:Reference',
  'Immunization.education': 'documentType reference publicationDate presentationDate',
  'Immunization.reaction': 'date detail:Reference reported',
  'Immunization.protocolApplied': `
    series authority:Reference targetDisease*:CodeableConcept doseNumberPositiveInt doseNumberString seriesDosesPositiveInt
    seriesDosesString
  `,
  ImmunizationRecommendation: `
    identifier*:Identifier patient:Reference date authority:Reference recommendation*:ImmunizationRecommendation.recommendation
  `,
  'ImmunizationRecommendation.recommendation': `
    vaccineCode*:CodeableConcept targetDisease:CodeableConcept contraindicatedVaccineCode*:CodeableConcept
    forecastStatus:CodeableConcept forecastReason*:CodeableConcept
    dateCriterion*:ImmunizationRecommendation.recommendation.dateCriterion description series doseNumberPositiveInt doseNumberString
    seriesDosesPositiveInt seriesDosesString supportingImmunization*:Reference supportingPatientInformation*:Reference
  `,
  'ImmunizationRecommendation.recommendation.dateCriterion': 'code:CodeableConcept value',
  ImmunizationEvaluation: `
    identifier*:Identifier status patient:Reference date authority:Reference targetDisease:CodeableConcept immunizationEvent:Reference
    doseStatus:CodeableConcept doseStatusReason*:CodeableConcept description series doseNumberPositiveInt doseNumberString
    seriesDosesPositiveInt seriesDosesString
  `,
  DiagnosticReport: `
    identifier*:Identifier basedOn*:Reference status category*:CodeableConcept code:CodeableConcept subject:Reference
    encounter:Reference effectiveDateTime effectivePeriod:Period issued performer*:Reference resultsInterpreter*:Reference
    specimen*:Reference result*:Reference imagingStudy*:Reference media*:DiagnosticReport.media conclusion
    conclusionCode*:CodeableConcept presentedForm*:Attachment
  `,
  'DiagnosticReport.media': 'comment link:Reference',
  ImagingStudy: `
    identifier*:Identifier status modality*:Coding subject:Reference encounter:Reference started basedOn*:Reference referrer:Reference
    interpreter*:Reference endpoint*:Reference numberOfSeries numberOfInstances procedureReference:Reference
    procedureCode*:CodeableConcept location:Reference reasonCode*:CodeableConcept reasonReference*:Reference note*:Annotation
    description series*:ImagingStudy.series
  `,
  'ImagingStudy.series': `
    uid number modality:Coding description numberOfInstances endpoint*:Reference bodySite:Coding laterality:Coding specimen*:Reference
    started performer*:ImagingStudy.series.performer instance*:ImagingStudy.series.instance
  `,
  'ImagingStudy.series.performer': 'function:CodeableConcept actor:Reference',
  'ImagingStudy.series.instance': 'uid sopClass:Coding number title',
  Media: `
    identifier*:Identifier basedOn*:Reference partOf*:Reference status type:CodeableConcept modality:CodeableConcept
    view:CodeableConcept subject:Reference encounter:Reference createdDateTime createdPeriod:Period issued operator:Reference
    reasonCode*:CodeableConcept bodySite:CodeableConcept deviceName device:Reference height width frames duration content:Attachment
    note*:Annotation
  `,
  Specimen: `
    identifier*:Identifier accessionIdentifier:Identifier status type:CodeableConcept subject:Reference receivedTime parent*:Reference
    request*:Reference collection:Specimen.collection processing*:Specimen.processing container*:Specimen.container
    condition*:CodeableConcept note*:Annotation
  `,
  'Specimen.collection': `
    collector:Reference collectedDateTime collectedPeriod:Period duration:Quantity quantity:Quantity method:CodeableConcept
    bodySite:CodeableConcept fastingStatusCodeableConcept:CodeableConcept fastingStatusDuration:Quantity
  `,
  'Specimen.processing': 'description procedure:CodeableConcept additive*:Reference timeDateTime timePeriod:Period',
  'Specimen.container': `
    identifier*:Identifier description type:CodeableConcept capacity:Quantity specimenQuantity:Quantity
    additiveCodeableConcept:CodeableConcept additiveReference:Reference
  `,
  BodyStructure: `
    identifier*:Identifier active morphology:CodeableConcept location:CodeableConcept locationQualifier*:CodeableConcept description
    image*:Attachment patient:Reference
  `,
  FamilyMemberHistory: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* status dataAbsentReason:CodeableConcept patient:Reference date name
    relationship:CodeableConcept sex:CodeableConcept bornPeriod:Period bornDate bornString ageAge:Quantity ageRange:Range ageString
    estimatedAge deceasedBoolean deceasedAge:Quantity deceasedRange:Range deceasedDate deceasedString reasonCode*:CodeableConcept
    reasonReference*:Reference note*:Annotation condition*:FamilyMemberHistory.condition
  `,
  'FamilyMemberHistory.condition': `
    code:CodeableConcept outcome:CodeableConcept contributedToDeath onsetAge:Quantity onsetRange:Range onsetPeriod:Period onsetString
    note*:Annotation
  `,
  ClinicalImpression: `
    identifier*:Identifier status statusReason:CodeableConcept code:CodeableConcept description subject:Reference encounter:Reference
    effectiveDateTime effectivePeriod:Period date assessor:Reference previous:Reference problem*:Reference
    investigation*:ClinicalImpression.investigation protocol* summary finding*:ClinicalImpression.finding
    prognosisCodeableConcept*:CodeableConcept prognosisReference*:Reference supportingInfo*:Reference note*:Annotation
  `,
  'ClinicalImpression.investigation': 'code:CodeableConcept item*:Reference',
  'ClinicalImpression.finding': 'itemCodeableConcept:CodeableConcept itemReference:Reference basis',
  DetectedIssue: `
    identifier*:Identifier status code:CodeableConcept severity patient:Reference identifiedDateTime identifiedPeriod:Period
    author:Reference implicated*:Reference evidence*:DetectedIssue.evidence detail reference mitigation*:DetectedIssue.mitigation
  `,
  'DetectedIssue.evidence': 'code*:CodeableConcept detail*:Reference',
  'DetectedIssue.mitigation': 'action:CodeableConcept date author:Reference',
  RiskAssessment: `
    identifier*:Identifier basedOn:Reference parent:Reference status method:CodeableConcept code:CodeableConcept subject:Reference
    encounter:Reference occurrenceDateTime occurrencePeriod:Period condition:Reference performer:Reference reasonCode*:CodeableConcept
    reasonReference*:Reference basis*:Reference prediction*:RiskAssessment.prediction mitigation note*:Annotation
  `,
  'RiskAssessment.prediction': `
    outcome:CodeableConcept probabilityDecimal probabilityRange:Range qualitativeRisk:CodeableConcept relativeRisk whenPeriod:Period
    whenRange:Range rationale
  `,
  Flag: `
    identifier*:Identifier status category*:CodeableConcept code:CodeableConcept subject:Reference period:Period encounter:Reference
    author:Reference
  `,
  MolecularSequence: `
    identifier*:Identifier type coordinateSystem patient:Reference specimen:Reference device:Reference performer:Reference
    quantity:Quantity referenceSeq:MolecularSequence.referenceSeq variant*:MolecularSequence.variant observedSeq
    quality*:MolecularSequence.quality readCoverage repository*:MolecularSequence.repository pointer*:Reference
    structureVariant*:MolecularSequence.structureVariant
  `,
  'MolecularSequence.referenceSeq': `
    chromosome:CodeableConcept genomeBuild orientation referenceSeqId:CodeableConcept referenceSeqPointer:Reference referenceSeqString
    strand windowStart windowEnd
  `,
  'MolecularSequence.variant': 'start end observedAllele referenceAllele cigar variantPointer:Reference',
  'MolecularSequence.quality': `
    type standardSequence:CodeableConcept start end score:Quantity method:CodeableConcept truthTP queryTP truthFN queryFP gtFP
    precision recall fScore roc:MolecularSequence.quality.roc
  `,
  'MolecularSequence.quality.roc': 'score* numTP* numFP* numFN* precision* sensitivity* fMeasure*',
  'MolecularSequence.repository': 'type url name datasetId variantsetId readsetId',
  'MolecularSequence.structureVariant': `
    variantType:CodeableConcept exact length outer:MolecularSequence.structureVariant.outer
    inner:MolecularSequence.structureVariant.inner
  `,
  'MolecularSequence.structureVariant.outer': 'start end',
  'MolecularSequence.structureVariant.inner': 'start end',
};
