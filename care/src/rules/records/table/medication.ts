/** What identifies: medicines. The notation is explained in `index.ts`. */
import type { PartsOf } from './index.ts';

export const medication: Readonly<Record<string, PartsOf>> = {
  Medication: {},
  Substance: {},
  MedicationRequest: { QID: 'reportedReference requester performer recorder dispenseRequest.performer', patient: 'subject' },
  MedicationStatement: { QID: 'informationSource', patient: 'subject' },
  MedicationAdministration: { QID: 'performer.actor', patient: 'subject' },
  MedicationDispense: { QID: 'location destination receiver performer.actor substitution.responsibleParty', patient: 'subject' },
};
