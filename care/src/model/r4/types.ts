/**
 * FHIR R4 (4.0.1): the elements of the data types.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const types: Readonly<Record<string, string>> = {
  Address: 'use type text line* city district state postalCode country period:Period',
  Annotation: 'authorReference:Reference authorString time text',
  Attachment: 'contentType language data url size hash title creation',
  CodeableConcept: 'coding*:Coding text',
  Coding: 'system version code display userSelected',
  ContactDetail: 'name telecom*:ContactPoint',
  ContactPoint: 'system value use rank period:Period',
  Contributor: 'type name contact*:ContactDetail',
  DataRequirement: `
    type profile* subjectCodeableConcept:CodeableConcept subjectReference:Reference mustSupport*
    codeFilter*:DataRequirement.codeFilter dateFilter*:DataRequirement.dateFilter limit sort*:DataRequirement.sort
  `,
  'DataRequirement.codeFilter': 'path searchParam valueSet code*:Coding',
  'DataRequirement.dateFilter': 'path searchParam valueDateTime valuePeriod:Period valueDuration:Quantity',
  'DataRequirement.sort': 'path direction',
  // What stands beside a primitive, under its name with `_`.
  Element: '',
  Dosage: `
    sequence text additionalInstruction*:CodeableConcept patientInstruction timing:Timing asNeededBoolean
    asNeededCodeableConcept:CodeableConcept site:CodeableConcept route:CodeableConcept method:CodeableConcept
    doseAndRate*:Dosage.doseAndRate maxDosePerPeriod:Ratio maxDosePerAdministration:Quantity maxDosePerLifetime:Quantity
  `,
  'Dosage.doseAndRate': 'type:CodeableConcept doseRange:Range doseQuantity:Quantity rateRatio:Ratio rateRange:Range rateQuantity:Quantity',
  Expression: 'description name language expression reference',
  Extension: 'url value[x]',
  HumanName: 'use text family given* prefix* suffix* period:Period',
  Identifier: 'use type:CodeableConcept system value period:Period assigner:Reference',
  Meta: 'versionId lastUpdated source profile* security*:Coding tag*:Coding',
  Money: 'value currency',
  Narrative: 'status div',
  ParameterDefinition: 'name use min max documentation type profile',
  Period: 'start end',
  Quantity: 'value comparator unit system code',
  Range: 'low:Quantity high:Quantity',
  Ratio: 'numerator:Quantity denominator:Quantity',
  Reference: 'reference type identifier:Identifier display',
  RelatedArtifact: 'type label display citation url document:Attachment resource',
  SampledData: 'origin:Quantity period factor lowerLimit upperLimit dimensions data',
  Signature: 'type*:Coding when who:Reference onBehalfOf:Reference targetFormat sigFormat data',
  Timing: 'event* repeat:Timing.repeat code:CodeableConcept',
  'Timing.repeat': `
    boundsDuration:Quantity boundsRange:Range boundsPeriod:Period count countMax duration durationMax durationUnit frequency
    frequencyMax period periodMax periodUnit dayOfWeek* timeOfDay* when* offset
  `,
  TriggerDefinition: `
    type name timingTiming:Timing timingReference:Reference timingDate timingDateTime data*:DataRequirement condition:Expression
  `,
  UsageContext: 'code:Coding valueCodeableConcept:CodeableConcept valueQuantity:Quantity valueRange:Range valueReference:Reference',
};

/** What `value[x]` of an extension may be. */
export const anyValue = `
  valueBase64Binary valueBoolean valueCanonical valueCode valueDate valueDateTime valueDecimal valueId valueInstant valueInteger
  valueMarkdown valueOid valuePositiveInt valueString valueTime valueUnsignedInt valueUri valueUrl valueUuid valueAddress:Address
  valueAge:Quantity valueAnnotation:Annotation valueAttachment:Attachment valueCodeableConcept:CodeableConcept valueCoding:Coding
  valueContactPoint:ContactPoint valueCount:Quantity valueDistance:Quantity valueDuration:Quantity valueHumanName:HumanName
  valueIdentifier:Identifier valueMoney:Money valuePeriod:Period valueQuantity:Quantity valueRange:Range valueRatio:Ratio
  valueReference:Reference valueSampledData:SampledData valueSignature:Signature valueTiming:Timing valueContactDetail:ContactDetail
  valueContributor:Contributor valueDataRequirement:DataRequirement valueExpression:Expression
  valueParameterDefinition:ParameterDefinition valueRelatedArtifact:RelatedArtifact valueTriggerDefinition:TriggerDefinition
  valueUsageContext:UsageContext valueDosage:Dosage valueMeta:Meta
`;
