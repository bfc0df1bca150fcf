/** What identifies: who pays. The notation is explained in `index.ts`. */
import type { PartsOf } from './index.ts';

export const money: Readonly<Record<string, PartsOf>> = {
  Claim: {
    EID: 'insurance.identifier',
    QID: 'enterer insurer provider facility payee.party careTeam.provider accident.locationReference item.locationReference',
    patient: 'patient',
  },
  ClaimResponse: { QID: 'insurer requestor addItem.provider addItem.locationReference', patient: 'patient' },
  ExplanationOfBenefit: {
    QID: 'enterer insurer provider facility payee.party careTeam.provider accident.locationReference item.locationReference addItem.provider addItem.locationReference',
    patient: 'patient',
  },
  Coverage: {
    EID: 'identifier subscriberId dependent policyHolder.display policyHolder.identifier subscriber.display subscriber.identifier',
    QID: 'payor relationship',
    patient: 'beneficiary',
  },
  CoverageEligibilityRequest: { QID: 'enterer provider insurer facility item.provider item.facility', patient: 'patient' },
  CoverageEligibilityResponse: { QID: 'requestor insurer insurance.item.provider', patient: 'patient' },
  Account: { QID: 'owner guarantor.party', patient: 'subject' },
  ChargeItem: { QID: 'performingOrganization requestingOrganization costCenter enterer performer.actor', patient: 'subject' },
  Invoice: { QID: 'recipient issuer participant.actor', patient: 'subject' },
};
