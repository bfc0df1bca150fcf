/** What identifies: people and places. The notation is explained in `index.ts`. */
import type { PartsOf } from './index.ts';

export const persons: Readonly<Record<string, PartsOf>> = {
  Patient: {
    EID: 'id text identifier name telecom photo contact link',
    QID: 'gender birthDate deceasedBoolean deceasedDateTime maritalStatus multipleBirthBoolean multipleBirthInteger communication generalPractitioner managingOrganization',
  },
  Person: {
    EID: 'id text identifier name telecom photo link',
    QID: 'gender birthDate managingOrganization',
  },
  RelatedPerson: {
    EID: 'text identifier name telecom photo',
    QID: 'gender birthDate relationship communication',
    patient: 'patient',
  },
  Practitioner: {
    EID: 'text identifier name telecom photo qualification.identifier',
    QID: 'gender birthDate communication qualification.issuer',
  },
  PractitionerRole: {
    EID: 'telecom',
    QID: 'practitioner organization location healthcareService',
  },
  // Organisations and places are no persons: their names, numbers and addresses stand on every door. Who answers there is one.
  Organization: { EID: 'contact.name contact.telecom contact.address', QID: 'partOf', MI: 'telecom address' },
  OrganizationAffiliation: { QID: 'organization participatingOrganization network location healthcareService', MI: 'telecom' },
  Location: { QID: 'managingOrganization partOf', MI: 'telecom address' },
  HealthcareService: { QID: 'providedBy location coverageArea', MI: 'telecom photo' },
  Endpoint: { QID: 'managingOrganization', MI: 'contact' },
  Group: { EID: 'member.entity.display member.entity.identifier', QID: 'managingEntity' },
  // A serial number leads to whoever carries the device.
  Device: { EID: 'identifier udiCarrier serialNumber distinctIdentifier', QID: 'owner location', MI: 'contact', patient: 'patient' },
  DeviceMetric: {},
  Schedule: { QID: 'actor' },
  Slot: {},
};
