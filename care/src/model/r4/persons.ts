/**
 * FHIR R4 (4.0.1): the elements of people and places.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const persons: Readonly<Record<string, string>> = {
  Patient: `
    identifier*:Identifier active name*:HumanName telecom*:ContactPoint gender birthDate deceasedBoolean deceasedDateTime
    address*:Address maritalStatus:CodeableConcept multipleBirthBoolean multipleBirthInteger photo*:Attachment
    contact*:Patient.contact communication*:Patient.communication generalPractitioner*:Reference managingOrganization:Reference
    link*:Patient.link
  `,
  'Patient.contact': `
    relationship*:CodeableConcept name:HumanName telecom*:ContactPoint address:Address gender organization:Reference period:Period
  `,
  'Patient.communication': 'language:CodeableConcept preferred',
  'Patient.link': 'other:Reference type',
  Person: `
    identifier*:Identifier name*:HumanName telecom*:ContactPoint gender birthDate address*:Address photo:Attachment
    managingOrganization:Reference active link*:Person.link
  `,
  'Person.link': 'target:Reference assurance',
  RelatedPerson: `
    identifier*:Identifier active patient:Reference relationship*:CodeableConcept name*:HumanName telecom*:ContactPoint gender
    birthDate address*:Address photo*:Attachment period:Period communication*:RelatedPerson.communication
  `,
  'RelatedPerson.communication': 'language:CodeableConcept preferred',
  Practitioner: `
    identifier*:Identifier active name*:HumanName telecom*:ContactPoint address*:Address gender birthDate photo*:Attachment
    qualification*:Practitioner.qualification communication*:CodeableConcept
  `,
  'Practitioner.qualification': 'identifier*:Identifier code:CodeableConcept period:Period issuer:Reference',
  PractitionerRole: `
    identifier*:Identifier active period:Period practitioner:Reference organization:Reference code*:CodeableConcept
    specialty*:CodeableConcept location*:Reference healthcareService*:Reference telecom*:ContactPoint
    availableTime*:PractitionerRole.availableTime notAvailable*:PractitionerRole.notAvailable availabilityExceptions
    endpoint*:Reference
  `,
  'PractitionerRole.availableTime': 'daysOfWeek* allDay availableStartTime availableEndTime',
  'PractitionerRole.notAvailable': 'description during:Period',
  Organization: `
    identifier*:Identifier active type*:CodeableConcept name alias* telecom*:ContactPoint address*:Address partOf:Reference
    contact*:Organization.contact endpoint*:Reference
  `,
  'Organization.contact': 'purpose:CodeableConcept name:HumanName telecom*:ContactPoint address:Address',
  OrganizationAffiliation: `
    identifier*:Identifier active period:Period organization:Reference participatingOrganization:Reference network*:Reference
    code*:CodeableConcept specialty*:CodeableConcept location*:Reference healthcareService*:Reference telecom*:ContactPoint
    endpoint*:Reference
  `,
  Location: `
    identifier*:Identifier status operationalStatus:Coding name alias* description mode type*:CodeableConcept telecom*:ContactPoint
    address:Address physicalType:CodeableConcept position:Location.position managingOrganization:Reference partOf:Reference
    hoursOfOperation*:Location.hoursOfOperation availabilityExceptions endpoint*:Reference
  `,
  'Location.position': 'longitude latitude altitude',
  'Location.hoursOfOperation': 'daysOfWeek* allDay openingTime closingTime',
  HealthcareService: `
    identifier*:Identifier active providedBy:Reference category*:CodeableConcept type*:CodeableConcept specialty*:CodeableConcept
    location*:Reference name comment extraDetails photo:Attachment telecom*:ContactPoint coverageArea*:Reference
    serviceProvisionCode*:CodeableConcept eligibility*:HealthcareService.eligibility program*:CodeableConcept
    characteristic*:CodeableConcept communication*:CodeableConcept referralMethod*:CodeableConcept appointmentRequired
    availableTime*:HealthcareService.availableTime notAvailable*:HealthcareService.notAvailable availabilityExceptions
    endpoint*:Reference
  `,
  'HealthcareService.eligibility': 'code:CodeableConcept comment',
  'HealthcareService.availableTime': 'daysOfWeek* allDay availableStartTime availableEndTime',
  'HealthcareService.notAvailable': 'description during:Period',
  Endpoint: `
    identifier*:Identifier status connectionType:Coding name managingOrganization:Reference contact*:ContactPoint period:Period
    payloadType*:CodeableConcept payloadMimeType* address header*
  `,
  Group: `
    identifier*:Identifier active type actual code:CodeableConcept name quantity managingEntity:Reference
    characteristic*:Group.characteristic member*:Group.member
  `,
  'Group.characteristic': `
    code:CodeableConcept valueCodeableConcept:CodeableConcept valueBoolean valueQuantity:Quantity valueRange:Range
    valueReference:Reference exclude period:Period
  `,
  'Group.member': 'entity:Reference period:Period inactive',
  Device: `
    identifier*:Identifier definition:Reference udiCarrier*:Device.udiCarrier status statusReason*:CodeableConcept distinctIdentifier
    manufacturer manufactureDate expirationDate lotNumber serialNumber deviceName*:Device.deviceName modelNumber partNumber
    type:CodeableConcept specialization*:Device.specialization version*:Device.version property*:Device.property patient:Reference
    owner:Reference contact*:ContactPoint location:Reference url note*:Annotation safety*:CodeableConcept parent:Reference
  `,
  'Device.udiCarrier': 'deviceIdentifier issuer jurisdiction carrierAIDC carrierHRF entryType',
  'Device.deviceName': 'name type',
  'Device.specialization': 'systemType:CodeableConcept version',
  'Device.version': 'type:CodeableConcept component:Identifier value',
  'Device.property': 'type:CodeableConcept valueQuantity*:Quantity valueCode*:CodeableConcept',
  DeviceMetric: `
    identifier*:Identifier type:CodeableConcept unit:CodeableConcept source:Reference parent:Reference operationalStatus color
    category measurementPeriod:Timing calibration*:DeviceMetric.calibration
  `,
  'DeviceMetric.calibration': 'type state time',
  Schedule: `
    identifier*:Identifier active serviceCategory*:CodeableConcept serviceType*:CodeableConcept specialty*:CodeableConcept
    actor*:Reference planningHorizon:Period comment
  `,
  Slot: `
    identifier*:Identifier serviceCategory*:CodeableConcept serviceType*:CodeableConcept specialty*:CodeableConcept
    appointmentType:CodeableConcept schedule:Reference status start end overbooked comment
  `,
};
