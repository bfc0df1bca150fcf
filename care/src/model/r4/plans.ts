/**
 * FHIR R4 (4.0.1): the elements of plans, orders, visits and messages.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const plans: Readonly<Record<string, string>> = {
  CarePlan: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* basedOn*:Reference replaces*:Reference partOf*:Reference status
    intent category*:CodeableConcept title description subject:Reference encounter:Reference period:Period created author:Reference
    contributor*:Reference careTeam*:Reference addresses*:Reference supportingInfo*:Reference goal*:Reference
    activity*:CarePlan.activity note*:Annotation
  `,
  'CarePlan.activity': `
    outcomeCodeableConcept*:CodeableConcept outcomeReference*:Reference progress*:Annotation reference:Reference
    detail:CarePlan.activity.detail
  `,
  'CarePlan.activity.detail': `
    kind instantiatesCanonical* instantiatesUri* code:CodeableConcept reasonCode*:CodeableConcept reasonReference*:Reference
    goal*:Reference status statusReason:CodeableConcept doNotPerform scheduledTiming:Timing scheduledPeriod:Period scheduledString
    location:Reference performer*:Reference productCodeableConcept:CodeableConcept productReference:Reference dailyAmount:Quantity
    quantity:Quantity description
  `,
  CareTeam: `
    identifier*:Identifier status category*:CodeableConcept name subject:Reference encounter:Reference period:Period
    participant*:CareTeam.participant reasonCode*:CodeableConcept reasonReference*:Reference managingOrganization*:Reference
    telecom*:ContactPoint note*:Annotation
  `,
  'CareTeam.participant': 'role*:CodeableConcept member:Reference onBehalfOf:Reference period:Period',
  Goal: `
    identifier*:Identifier lifecycleStatus achievementStatus:CodeableConcept category*:CodeableConcept priority:CodeableConcept
    description:CodeableConcept subject:Reference startDate startCodeableConcept:CodeableConcept target*:Goal.target statusDate
    statusReason expressedBy:Reference addresses*:Reference note*:Annotation outcomeCode*:CodeableConcept outcomeReference*:Reference
  `,
  'Goal.target': `
    measure:CodeableConcept detailQuantity:Quantity detailRange:Range detailCodeableConcept:CodeableConcept detailString detailBoolean
    detailInteger detailRatio:Ratio dueDate dueDuration:Quantity
  `,
  ServiceRequest: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* basedOn*:Reference replaces*:Reference requisition:Identifier
    status intent category*:CodeableConcept priority doNotPerform code:CodeableConcept orderDetail*:CodeableConcept
    quantityQuantity:Quantity quantityRatio:Ratio quantityRange:Range subject:Reference encounter:Reference occurrenceDateTime
    occurrencePeriod:Period occurrenceTiming:Timing asNeededBoolean asNeededCodeableConcept:CodeableConcept authoredOn
    requester:Reference performerType:CodeableConcept performer*:Reference locationCode*:CodeableConcept locationReference*:Reference
    reasonCode*:CodeableConcept reasonReference*:Reference insurance*:Reference supportingInfo*:Reference specimen*:Reference
    bodySite*:CodeableConcept note*:Annotation patientInstruction relevantHistory*:Reference
  `,
  NutritionOrder: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* instantiates* status intent patient:Reference encounter:Reference
    dateTime orderer:Reference allergyIntolerance*:Reference foodPreferenceModifier*:CodeableConcept
    excludeFoodModifier*:CodeableConcept oralDiet:NutritionOrder.oralDiet supplement*:NutritionOrder.supplement
    enteralFormula:NutritionOrder.enteralFormula note*:Annotation
  `,
  'NutritionOrder.oralDiet': `
    type*:CodeableConcept schedule*:Timing nutrient*:NutritionOrder.oralDiet.nutrient texture*:NutritionOrder.oralDiet.texture
    fluidConsistencyType*:CodeableConcept instruction
  `,
  'NutritionOrder.oralDiet.nutrient': 'modifier:CodeableConcept amount:Quantity',
  'NutritionOrder.oralDiet.texture': 'modifier:CodeableConcept foodType:CodeableConcept',
  'NutritionOrder.supplement': 'type:CodeableConcept productName schedule*:Timing quantity:Quantity instruction',
  'NutritionOrder.enteralFormula': `
    baseFormulaType:CodeableConcept baseFormulaProductName additiveType:CodeableConcept additiveProductName caloricDensity:Quantity
    routeofAdministration:CodeableConcept administration*:NutritionOrder.enteralFormula.administration maxVolumeToDeliver:Quantity
    administrationInstruction
  `,
  'NutritionOrder.enteralFormula.administration': 'schedule:Timing quantity:Quantity rateQuantity:Quantity rateRatio:Ratio',
  DeviceRequest: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* basedOn*:Reference priorRequest*:Reference
    groupIdentifier:Identifier status intent priority codeReference:Reference codeCodeableConcept:CodeableConcept
    parameter*:DeviceRequest.parameter subject:Reference encounter:Reference occurrenceDateTime occurrencePeriod:Period
    occurrenceTiming:Timing authoredOn requester:Reference performerType:CodeableConcept performer:Reference
    reasonCode*:CodeableConcept reasonReference*:Reference insurance*:Reference supportingInfo*:Reference note*:Annotation
    relevantHistory*:Reference
  `,
  'DeviceRequest.parameter': `
    code:CodeableConcept valueCodeableConcept:CodeableConcept valueQuantity:Quantity valueRange:Range valueBoolean
  `,
  DeviceUseStatement: `
    identifier*:Identifier basedOn*:Reference status subject:Reference derivedFrom*:Reference timingTiming:Timing timingPeriod:Period
    timingDateTime recordedOn source:Reference device:Reference reasonCode*:CodeableConcept reasonReference*:Reference
    bodySite:CodeableConcept note*:Annotation
  `,
  VisionPrescription: `
    identifier*:Identifier status created patient:Reference encounter:Reference dateWritten prescriber:Reference
    lensSpecification*:VisionPrescription.lensSpecification
  `,
  'VisionPrescription.lensSpecification': `
    product:CodeableConcept eye sphere cylinder axis prism*:VisionPrescription.lensSpecification.prism add power backCurve diameter
    duration:Quantity color brand note*:Annotation
  `,
  'VisionPrescription.lensSpecification.prism': 'amount base',
  RequestGroup: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* basedOn*:Reference replaces*:Reference groupIdentifier:Identifier
    status intent priority code:CodeableConcept subject:Reference encounter:Reference authoredOn author:Reference
    reasonCode*:CodeableConcept reasonReference*:Reference note*:Annotation action*:RequestGroup.action
  `,
  'RequestGroup.action': `
    prefix title description textEquivalent priority code*:CodeableConcept documentation*:RelatedArtifact
    condition*:RequestGroup.action.condition relatedAction*:RequestGroup.action.relatedAction timingDateTime timingAge:Quantity
    timingPeriod:Period timingDuration:Quantity timingRange:Range timingTiming:Timing participant*:Reference type:CodeableConcept
    groupingBehavior selectionBehavior requiredBehavior precheckBehavior cardinalityBehavior resource:Reference
    action*:RequestGroup.action
  `,
  'RequestGroup.action.condition': 'kind expression:Expression',
  'RequestGroup.action.relatedAction': 'actionId relationship offsetDuration:Quantity offsetRange:Range',
  SupplyRequest: `
    identifier*:Identifier status category:CodeableConcept priority itemCodeableConcept:CodeableConcept itemReference:Reference
    quantity:Quantity parameter*:SupplyRequest.parameter occurrenceDateTime occurrencePeriod:Period occurrenceTiming:Timing authoredOn
    requester:Reference supplier*:Reference reasonCode*:CodeableConcept reasonReference*:Reference deliverFrom:Reference
    deliverTo:Reference
  `,
  'SupplyRequest.parameter': `
    code:CodeableConcept valueCodeableConcept:CodeableConcept valueQuantity:Quantity valueRange:Range valueBoolean
  `,
  SupplyDelivery: `
    identifier*:Identifier basedOn*:Reference partOf*:Reference status patient:Reference type:CodeableConcept
    suppliedItem:SupplyDelivery.suppliedItem occurrenceDateTime occurrencePeriod:Period occurrenceTiming:Timing supplier:Reference
    destination:Reference receiver*:Reference
  `,
  'SupplyDelivery.suppliedItem': 'quantity:Quantity itemCodeableConcept:CodeableConcept itemReference:Reference',
  Task: `
    identifier*:Identifier instantiatesCanonical instantiatesUri basedOn*:Reference groupIdentifier:Identifier partOf*:Reference
    status statusReason:CodeableConcept businessStatus:CodeableConcept intent priority code:CodeableConcept description
    focus:Reference for:Reference encounter:Reference executionPeriod:Period authoredOn lastModified requester:Reference
    performerType*:CodeableConcept owner:Reference location:Reference reasonCode:CodeableConcept reasonReference:Reference
    insurance*:Reference note*:Annotation relevantHistory*:Reference restriction:Task.restriction input*:Task.input
    output*:Task.output
  `,
  'Task.restriction': 'repetitions period:Period recipient*:Reference',
  'Task.input': 'type:CodeableConcept value[x]',
  'Task.output': 'type:CodeableConcept value[x]',
  Appointment: `
    identifier*:Identifier status cancelationReason:CodeableConcept serviceCategory*:CodeableConcept serviceType*:CodeableConcept
    specialty*:CodeableConcept appointmentType:CodeableConcept reasonCode*:CodeableConcept reasonReference*:Reference priority
    description supportingInformation*:Reference start end minutesDuration slot*:Reference created comment patientInstruction
    basedOn*:Reference participant*:Appointment.participant requestedPeriod*:Period
  `,
  'Appointment.participant': 'type*:CodeableConcept actor:Reference required status period:Period',
  AppointmentResponse: `
    identifier*:Identifier appointment:Reference start end participantType*:CodeableConcept actor:Reference participantStatus comment
  `,
  Encounter: `
    identifier*:Identifier status statusHistory*:Encounter.statusHistory class:Coding classHistory*:Encounter.classHistory
    type*:CodeableConcept serviceType:CodeableConcept priority:CodeableConcept subject:Reference episodeOfCare*:Reference
    basedOn*:Reference participant*:Encounter.participant appointment*:Reference period:Period length:Quantity
    reasonCode*:CodeableConcept reasonReference*:Reference diagnosis*:Encounter.diagnosis account*:Reference
    hospitalization:Encounter.hospitalization location*:Encounter.location serviceProvider:Reference partOf:Reference
  `,
  'Encounter.statusHistory': 'status period:Period',
  'Encounter.classHistory': 'class:Coding period:Period',
  'Encounter.participant': 'type*:CodeableConcept period:Period individual:Reference',
  'Encounter.diagnosis': 'condition:Reference use:CodeableConcept rank',
  'Encounter.hospitalization': `
    preAdmissionIdentifier:Identifier origin:Reference admitSource:CodeableConcept reAdmission:CodeableConcept
    dietPreference*:CodeableConcept specialCourtesy*:CodeableConcept specialArrangement*:CodeableConcept destination:Reference
    dischargeDisposition:CodeableConcept
  `,
  'Encounter.location': 'location:Reference status physicalType:CodeableConcept period:Period',
  EpisodeOfCare: `
    identifier*:Identifier status statusHistory*:EpisodeOfCare.statusHistory type*:CodeableConcept diagnosis*:EpisodeOfCare.diagnosis
    patient:Reference managingOrganization:Reference period:Period referralRequest*:Reference careManager:Reference team*:Reference
    account*:Reference
  `,
  'EpisodeOfCare.statusHistory': 'status period:Period',
  'EpisodeOfCare.diagnosis': 'condition:Reference role:CodeableConcept rank',
  Communication: `
    identifier*:Identifier instantiatesCanonical* instantiatesUri* basedOn*:Reference partOf*:Reference inResponseTo*:Reference status
    statusReason:CodeableConcept category*:CodeableConcept priority medium*:CodeableConcept subject:Reference topic:CodeableConcept
    about*:Reference encounter:Reference sent received recipient*:Reference sender:Reference reasonCode*:CodeableConcept
    reasonReference*:Reference payload*:Communication.payload note*:Annotation
  `,
  'Communication.payload': 'contentString contentAttachment:Attachment contentReference:Reference',
  CommunicationRequest: `
    identifier*:Identifier basedOn*:Reference replaces*:Reference groupIdentifier:Identifier status statusReason:CodeableConcept
    category*:CodeableConcept priority doNotPerform medium*:CodeableConcept subject:Reference about*:Reference encounter:Reference
    payload*:CommunicationRequest.payload occurrenceDateTime occurrencePeriod:Period authoredOn requester:Reference
    recipient*:Reference sender:Reference reasonCode*:CodeableConcept reasonReference*:Reference note*:Annotation
  `,
  'CommunicationRequest.payload': 'contentString contentAttachment:Attachment contentReference:Reference',
};
