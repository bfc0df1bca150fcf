/**
 * FHIR R4 (4.0.1): the elements of medicines.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const medication: Readonly<Record<string, string>> = {
  Medication: `
    identifier*:Identifier code:CodeableConcept status manufacturer:Reference form:CodeableConcept amount:Ratio
    ingredient*:Medication.ingredient batch:Medication.batch
  `,
  'Medication.ingredient': 'itemCodeableConcept:CodeableConcept itemReference:Reference isActive strength:Ratio',
  'Medication.batch': 'lotNumber expirationDate',
  Substance: `
    identifier*:Identifier status category*:CodeableConcept code:CodeableConcept description instance*:Substance.instance
    ingredient*:Substance.ingredient
  `,
  'Substance.instance': 'identifier:Identifier expiry quantity:Quantity',
  'Substance.ingredient': 'quantity:Ratio substanceCodeableConcept:CodeableConcept substanceReference:Reference',
  MedicationRequest: `
    identifier*:Identifier status statusReason:CodeableConcept intent category*:CodeableConcept priority doNotPerform reportedBoolean
    reportedReference:Reference medicationCodeableConcept:CodeableConcept medicationReference:Reference subject:Reference
    encounter:Reference supportingInformation*:Reference authoredOn requester:Reference performer:Reference
    performerType:CodeableConcept recorder:Reference reasonCode*:CodeableConcept reasonReference*:Reference instantiatesCanonical*
    instantiatesUri* basedOn*:Reference groupIdentifier:Identifier courseOfTherapyType:CodeableConcept insurance*:Reference
    note*:Annotation dosageInstruction*:Dosage dispenseRequest:MedicationRequest.dispenseRequest
    substitution:MedicationRequest.substitution priorPrescription:Reference detectedIssue*:Reference eventHistory*:Reference
  `,
  'MedicationRequest.dispenseRequest': `
    initialFill:MedicationRequest.dispenseRequest.initialFill dispenseInterval:Quantity validityPeriod:Period numberOfRepeatsAllowed
    quantity:Quantity expectedSupplyDuration:Quantity performer:Reference
  `,
  'MedicationRequest.dispenseRequest.initialFill': 'quantity:Quantity duration:Quantity',
  'MedicationRequest.substitution': 'allowedBoolean allowedCodeableConcept:CodeableConcept reason:CodeableConcept',
  MedicationStatement: `
    identifier*:Identifier basedOn*:Reference partOf*:Reference status statusReason*:CodeableConcept category:CodeableConcept
    medicationCodeableConcept:CodeableConcept medicationReference:Reference subject:Reference context:Reference effectiveDateTime
    effectivePeriod:Period dateAsserted informationSource:Reference derivedFrom*:Reference reasonCode*:CodeableConcept
    reasonReference*:Reference note*:Annotation dosage*:Dosage
  `,
  MedicationAdministration: `
    identifier*:Identifier instantiates* partOf*:Reference status statusReason*:CodeableConcept category:CodeableConcept
    medicationCodeableConcept:CodeableConcept medicationReference:Reference subject:Reference context:Reference
    supportingInformation*:Reference effectiveDateTime effectivePeriod:Period performer*:MedicationAdministration.performer
    reasonCode*:CodeableConcept reasonReference*:Reference request:Reference device*:Reference note*:Annotation
    dosage:MedicationAdministration.dosage eventHistory*:Reference
  `,
  'MedicationAdministration.performer': 'function:CodeableConcept actor:Reference',
  'MedicationAdministration.dosage': `
    text site:CodeableConcept route:CodeableConcept method:CodeableConcept dose:Quantity rateRatio:Ratio rateQuantity:Quantity
  `,
  MedicationDispense: `
    identifier*:Identifier partOf*:Reference status statusReasonCodeableConcept:CodeableConcept statusReasonReference:Reference
    category:CodeableConcept medicationCodeableConcept:CodeableConcept medicationReference:Reference subject:Reference
    context:Reference supportingInformation*:Reference performer*:MedicationDispense.performer location:Reference
    authorizingPrescription*:Reference type:CodeableConcept quantity:Quantity daysSupply:Quantity whenPrepared whenHandedOver
    destination:Reference receiver*:Reference note*:Annotation dosageInstruction*:Dosage substitution:MedicationDispense.substitution
    detectedIssue*:Reference eventHistory*:Reference
  `,
  'MedicationDispense.performer': 'function:CodeableConcept actor:Reference',
  'MedicationDispense.substitution': 'wasSubstituted type:CodeableConcept reason*:CodeableConcept responsibleParty*:Reference',
};
