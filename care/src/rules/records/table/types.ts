/** What identifies wherever it stands: data types, and extensions by their address. The notation is explained in `index.ts`. */
import type { Part } from '../../../model/index.ts';
import type { PartsOf } from './index.ts';

export const types: Readonly<Record<string, PartsOf>> = {
  HumanName: { EID: '*' },
  ContactPoint: { EID: '*' },
  ContactDetail: { EID: '*' },
  // A point on the map stands in an address's extensions.
  Address: { EID: 'line text extension', QID: 'city district state postalCode country' },
  Signature: { QID: 'who onBehalfOf' },
  Annotation: { QID: 'authorReference authorString' },
};

const hl7 = 'http://hl7.org/fhir/StructureDefinition/';
const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/';
const synthea = 'http://synthetichealth.github.io/synthea/';

/** Extensions of persons. One that is not listed goes to MI and is reported. */
export const extensions: ReadonlyMap<string, Part> = new Map<string, Part>([
  [`${hl7}patient-mothersMaidenName`, 'EID'],
  [`${hl7}patient-birthPlace`, 'EID'],
  [`${hl7}birthPlace`, 'EID'],
  [`${hl7}patient-birthTime`, 'QID'],
  [`${hl7}patient-citizenship`, 'QID'],
  [`${hl7}patient-nationality`, 'QID'],
  [`${hl7}patient-religion`, 'QID'],
  [`${hl7}patient-congregation`, 'EID'],
  [`${hl7}patient-genderIdentity`, 'QID'],
  [`${hl7}patient-sexParameterForClinicalUse`, 'QID'],
  [`${hl7}individual-genderIdentity`, 'QID'],
  [`${hl7}individual-pronouns`, 'QID'],
  [`${hl7}individual-recordedSexOrGender`, 'QID'],
  [`${hl7}patient-interpreterRequired`, 'QID'],
  [`${hl7}patient-proficiency`, 'QID'],
  [`${hl7}patient-preferenceType`, 'QID'],
  [`${hl7}patient-relatedPerson`, 'EID'],
  [`${hl7}patient-importance`, 'QID'],
  [`${hl7}patient-cadavericDonor`, 'MI'],
  [`${hl7}patient-disability`, 'MI'],
  [`${hl7}patient-animal`, 'MI'],
  [`${hl7}geolocation`, 'EID'],
  [`${usCore}us-core-race`, 'QID'],
  [`${usCore}us-core-ethnicity`, 'QID'],
  [`${usCore}us-core-birthsex`, 'QID'],
  [`${usCore}us-core-sex`, 'QID'],
  [`${usCore}us-core-individual-sex`, 'QID'],
  [`${usCore}us-core-interpreter-needed`, 'QID'],
  [`${usCore}us-core-genderIdentity`, 'QID'],
  [`${usCore}us-core-tribal-affiliation`, 'QID'],
  [`${usCore}us-core-direct`, 'EID'],
  [`${synthea}disability-adjusted-life-years`, 'MI'],
  [`${synthea}quality-adjusted-life-years`, 'MI'],
  [`${synthea}utilization-encounters-extension`, 'MI'],
  [`${synthea}utilization-procedures-extension`, 'MI'],
  [`${synthea}utilization-labs-extension`, 'MI'],
  [`${synthea}utilization-prescriptions-extension`, 'MI'],
]);
