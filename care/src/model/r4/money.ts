/**
 * FHIR R4 (4.0.1): the elements of who pays.
 *
 * Transcribed from HL7's definitions (http://hl7.org/fhir/R4, CC0); the notation is explained in `index.ts`.
 *
 * @module
 */
export const money: Readonly<Record<string, string>> = {
  Claim: `
    identifier*:Identifier status type:CodeableConcept subType:CodeableConcept use patient:Reference billablePeriod:Period created
    enterer:Reference insurer:Reference provider:Reference priority:CodeableConcept fundsReserve:CodeableConcept
    related*:Claim.related prescription:Reference originalPrescription:Reference payee:Claim.payee referral:Reference
    facility:Reference careTeam*:Claim.careTeam supportingInfo*:Claim.supportingInfo diagnosis*:Claim.diagnosis
    procedure*:Claim.procedure insurance*:Claim.insurance accident:Claim.accident item*:Claim.item total:Money
  `,
  'Claim.related': 'claim:Reference relationship:CodeableConcept reference:Identifier',
  'Claim.payee': 'type:CodeableConcept party:Reference',
  'Claim.careTeam': 'sequence provider:Reference responsible role:CodeableConcept qualification:CodeableConcept',
  'Claim.supportingInfo': `
    sequence category:CodeableConcept code:CodeableConcept timingDate timingPeriod:Period valueBoolean valueString
    valueQuantity:Quantity valueAttachment:Attachment valueReference:Reference reason:CodeableConcept
  `,
  'Claim.diagnosis': `
    sequence diagnosisCodeableConcept:CodeableConcept diagnosisReference:Reference type*:CodeableConcept onAdmission:CodeableConcept
    packageCode:CodeableConcept
  `,
  'Claim.procedure': `
    sequence type*:CodeableConcept date procedureCodeableConcept:CodeableConcept procedureReference:Reference udi*:Reference
  `,
  'Claim.insurance': 'sequence focal identifier:Identifier coverage:Reference businessArrangement preAuthRef* claimResponse:Reference',
  'Claim.accident': 'date type:CodeableConcept locationAddress:Address locationReference:Reference',
  'Claim.item': `
    sequence careTeamSequence* diagnosisSequence* procedureSequence* informationSequence* revenue:CodeableConcept
    category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept programCode*:CodeableConcept servicedDate
    servicedPeriod:Period locationCodeableConcept:CodeableConcept locationAddress:Address locationReference:Reference
    quantity:Quantity unitPrice:Money factor net:Money udi*:Reference bodySite:CodeableConcept subSite*:CodeableConcept
    encounter*:Reference detail*:Claim.item.detail
  `,
  'Claim.item.detail': `
    sequence revenue:CodeableConcept category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept
    programCode*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money udi*:Reference
    subDetail*:Claim.item.detail.subDetail
  `,
  'Claim.item.detail.subDetail': `
    sequence revenue:CodeableConcept category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept
    programCode*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money udi*:Reference
  `,
  ClaimResponse: `
    identifier*:Identifier status type:CodeableConcept subType:CodeableConcept use patient:Reference created insurer:Reference
    requestor:Reference request:Reference outcome disposition preAuthRef preAuthPeriod:Period payeeType:CodeableConcept
    item*:ClaimResponse.item addItem*:ClaimResponse.addItem adjudication*:ClaimResponse.adjudication total*:ClaimResponse.total
    payment:ClaimResponse.payment fundsReserve:CodeableConcept formCode:CodeableConcept form:Attachment
    processNote*:ClaimResponse.processNote communicationRequest*:Reference insurance*:ClaimResponse.insurance
    error*:ClaimResponse.error
  `,
  'ClaimResponse.item': 'itemSequence noteNumber* adjudication*:ClaimResponse.adjudication detail*:ClaimResponse.item.detail',
  'ClaimResponse.item.detail': `
    detailSequence noteNumber* adjudication*:ClaimResponse.adjudication subDetail*:ClaimResponse.item.detail.subDetail
  `,
  'ClaimResponse.item.detail.subDetail': 'subDetailSequence noteNumber* adjudication*:ClaimResponse.adjudication',
  'ClaimResponse.addItem': `
    itemSequence* detailSequence* subdetailSequence* provider*:Reference productOrService:CodeableConcept modifier*:CodeableConcept
    programCode*:CodeableConcept servicedDate servicedPeriod:Period locationCodeableConcept:CodeableConcept locationAddress:Address
    locationReference:Reference quantity:Quantity unitPrice:Money factor net:Money bodySite:CodeableConcept subSite*:CodeableConcept
    noteNumber* adjudication*:ClaimResponse.adjudication detail*:ClaimResponse.addItem.detail
  `,
  'ClaimResponse.addItem.detail': `
    productOrService:CodeableConcept modifier*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money noteNumber*
    adjudication*:ClaimResponse.adjudication subDetail*:ClaimResponse.addItem.detail.subDetail
  `,
  'ClaimResponse.addItem.detail.subDetail': `
    productOrService:CodeableConcept modifier*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money noteNumber*
    adjudication*:ClaimResponse.adjudication
  `,
  'ClaimResponse.adjudication': 'category:CodeableConcept reason:CodeableConcept amount:Money value',
  'ClaimResponse.total': 'category:CodeableConcept amount:Money',
  'ClaimResponse.payment': 'type:CodeableConcept adjustment:Money adjustmentReason:CodeableConcept date amount:Money identifier:Identifier',
  'ClaimResponse.processNote': 'number type text language:CodeableConcept',
  'ClaimResponse.insurance': 'sequence focal coverage:Reference businessArrangement claimResponse:Reference',
  'ClaimResponse.error': 'itemSequence detailSequence subDetailSequence code:CodeableConcept',
  ExplanationOfBenefit: `
    identifier*:Identifier status type:CodeableConcept subType:CodeableConcept use patient:Reference billablePeriod:Period created
    enterer:Reference insurer:Reference provider:Reference priority:CodeableConcept fundsReserveRequested:CodeableConcept
    fundsReserve:CodeableConcept related*:ExplanationOfBenefit.related prescription:Reference originalPrescription:Reference
    payee:ExplanationOfBenefit.payee referral:Reference facility:Reference claim:Reference claimResponse:Reference outcome disposition
    preAuthRef* preAuthRefPeriod*:Period careTeam*:ExplanationOfBenefit.careTeam supportingInfo*:ExplanationOfBenefit.supportingInfo
    diagnosis*:ExplanationOfBenefit.diagnosis procedure*:ExplanationOfBenefit.procedure precedence
    insurance*:ExplanationOfBenefit.insurance accident:ExplanationOfBenefit.accident item*:ExplanationOfBenefit.item
    addItem*:ExplanationOfBenefit.addItem adjudication*:ExplanationOfBenefit.adjudication total*:ExplanationOfBenefit.total
    payment:ExplanationOfBenefit.payment formCode:CodeableConcept form:Attachment processNote*:ExplanationOfBenefit.processNote
    benefitPeriod:Period benefitBalance*:ExplanationOfBenefit.benefitBalance
  `,
  'ExplanationOfBenefit.related': 'claim:Reference relationship:CodeableConcept reference:Identifier',
  'ExplanationOfBenefit.payee': 'type:CodeableConcept party:Reference',
  'ExplanationOfBenefit.careTeam': 'sequence provider:Reference responsible role:CodeableConcept qualification:CodeableConcept',
  'ExplanationOfBenefit.supportingInfo': `
    sequence category:CodeableConcept code:CodeableConcept timingDate timingPeriod:Period valueBoolean valueString
    valueQuantity:Quantity valueAttachment:Attachment valueReference:Reference reason:Coding
  `,
  'ExplanationOfBenefit.diagnosis': `
    sequence diagnosisCodeableConcept:CodeableConcept diagnosisReference:Reference type*:CodeableConcept onAdmission:CodeableConcept
    packageCode:CodeableConcept
  `,
  'ExplanationOfBenefit.procedure': `
    sequence type*:CodeableConcept date procedureCodeableConcept:CodeableConcept procedureReference:Reference udi*:Reference
  `,
  'ExplanationOfBenefit.insurance': 'focal coverage:Reference preAuthRef*',
  'ExplanationOfBenefit.accident': 'date type:CodeableConcept locationAddress:Address locationReference:Reference',
  'ExplanationOfBenefit.item': `
    sequence careTeamSequence* diagnosisSequence* procedureSequence* informationSequence* revenue:CodeableConcept
    category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept programCode*:CodeableConcept servicedDate
    servicedPeriod:Period locationCodeableConcept:CodeableConcept locationAddress:Address locationReference:Reference
    quantity:Quantity unitPrice:Money factor net:Money udi*:Reference bodySite:CodeableConcept subSite*:CodeableConcept
    encounter*:Reference noteNumber* adjudication*:ExplanationOfBenefit.adjudication detail*:ExplanationOfBenefit.item.detail
  `,
  'ExplanationOfBenefit.item.detail': `
    sequence revenue:CodeableConcept category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept
    programCode*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money udi*:Reference noteNumber*
    adjudication*:ExplanationOfBenefit.adjudication subDetail*:ExplanationOfBenefit.item.detail.subDetail
  `,
  'ExplanationOfBenefit.item.detail.subDetail': `
    sequence revenue:CodeableConcept category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept
    programCode*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money udi*:Reference noteNumber*
    adjudication*:ExplanationOfBenefit.adjudication
  `,
  'ExplanationOfBenefit.addItem': `
    itemSequence* detailSequence* subDetailSequence* provider*:Reference productOrService:CodeableConcept modifier*:CodeableConcept
    programCode*:CodeableConcept servicedDate servicedPeriod:Period locationCodeableConcept:CodeableConcept locationAddress:Address
    locationReference:Reference quantity:Quantity unitPrice:Money factor net:Money bodySite:CodeableConcept subSite*:CodeableConcept
    noteNumber* adjudication*:ExplanationOfBenefit.adjudication detail*:ExplanationOfBenefit.addItem.detail
  `,
  'ExplanationOfBenefit.addItem.detail': `
    productOrService:CodeableConcept modifier*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money noteNumber*
    adjudication*:ExplanationOfBenefit.adjudication subDetail*:ExplanationOfBenefit.addItem.detail.subDetail
  `,
  'ExplanationOfBenefit.addItem.detail.subDetail': `
    productOrService:CodeableConcept modifier*:CodeableConcept quantity:Quantity unitPrice:Money factor net:Money noteNumber*
    adjudication*:ExplanationOfBenefit.adjudication
  `,
  'ExplanationOfBenefit.adjudication': 'category:CodeableConcept reason:CodeableConcept amount:Money value',
  'ExplanationOfBenefit.total': 'category:CodeableConcept amount:Money',
  'ExplanationOfBenefit.payment': `
    type:CodeableConcept adjustment:Money adjustmentReason:CodeableConcept date amount:Money identifier:Identifier
  `,
  'ExplanationOfBenefit.processNote': 'number type text language:CodeableConcept',
  'ExplanationOfBenefit.benefitBalance': `
    category:CodeableConcept excluded name description network:CodeableConcept unit:CodeableConcept term:CodeableConcept
    financial*:ExplanationOfBenefit.benefitBalance.financial
  `,
  'ExplanationOfBenefit.benefitBalance.financial': `
    type:CodeableConcept allowedUnsignedInt allowedString allowedMoney:Money usedUnsignedInt usedMoney:Money
  `,
  Coverage: `
    identifier*:Identifier status type:CodeableConcept policyHolder:Reference subscriber:Reference subscriberId beneficiary:Reference
    dependent relationship:CodeableConcept period:Period payor*:Reference class*:Coverage.class order network
    costToBeneficiary*:Coverage.costToBeneficiary subrogation contract*:Reference
  `,
  'Coverage.class': 'type:CodeableConcept value name',
  'Coverage.costToBeneficiary': `
    type:CodeableConcept valueQuantity:Quantity valueMoney:Money exception*:Coverage.costToBeneficiary.exception
  `,
  'Coverage.costToBeneficiary.exception': 'type:CodeableConcept period:Period',
  CoverageEligibilityRequest: `
    identifier*:Identifier status priority:CodeableConcept purpose* patient:Reference servicedDate servicedPeriod:Period created
    enterer:Reference provider:Reference insurer:Reference facility:Reference
    supportingInfo*:CoverageEligibilityRequest.supportingInfo insurance*:CoverageEligibilityRequest.insurance
    item*:CoverageEligibilityRequest.item
  `,
  'CoverageEligibilityRequest.supportingInfo': 'sequence information:Reference appliesToAll',
  'CoverageEligibilityRequest.insurance': 'focal coverage:Reference businessArrangement',
  'CoverageEligibilityRequest.item': `
    supportingInfoSequence* category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept provider:Reference
    quantity:Quantity unitPrice:Money facility:Reference diagnosis*:CoverageEligibilityRequest.item.diagnosis detail*:Reference
  `,
  'CoverageEligibilityRequest.item.diagnosis': 'diagnosisCodeableConcept:CodeableConcept diagnosisReference:Reference',
  CoverageEligibilityResponse: `
    identifier*:Identifier status purpose* patient:Reference servicedDate servicedPeriod:Period created requestor:Reference
    request:Reference outcome disposition insurer:Reference insurance*:CoverageEligibilityResponse.insurance preAuthRef
    form:CodeableConcept error*:CoverageEligibilityResponse.error
  `,
  'CoverageEligibilityResponse.insurance': `
    coverage:Reference inforce benefitPeriod:Period item*:CoverageEligibilityResponse.insurance.item
  `,
  'CoverageEligibilityResponse.insurance.item': `
    category:CodeableConcept productOrService:CodeableConcept modifier*:CodeableConcept provider:Reference excluded name description
    network:CodeableConcept unit:CodeableConcept term:CodeableConcept benefit*:CoverageEligibilityResponse.insurance.item.benefit
    authorizationRequired authorizationSupporting*:CodeableConcept authorizationUrl
  `,
  'CoverageEligibilityResponse.insurance.item.benefit': `
    type:CodeableConcept allowedUnsignedInt allowedString allowedMoney:Money usedUnsignedInt usedString usedMoney:Money
  `,
  'CoverageEligibilityResponse.error': 'code:CodeableConcept',
  Account: `
    identifier*:Identifier status type:CodeableConcept name subject*:Reference servicePeriod:Period coverage*:Account.coverage
    owner:Reference description guarantor*:Account.guarantor partOf:Reference
  `,
  'Account.coverage': 'coverage:Reference priority',
  'Account.guarantor': 'party:Reference onHold period:Period',
  ChargeItem: `
    identifier*:Identifier definitionUri* definitionCanonical* status partOf*:Reference code:CodeableConcept subject:Reference
    context:Reference occurrenceDateTime occurrencePeriod:Period occurrenceTiming:Timing performer*:ChargeItem.performer
    performingOrganization:Reference requestingOrganization:Reference costCenter:Reference quantity:Quantity bodysite*:CodeableConcept
    factorOverride priceOverride:Money overrideReason enterer:Reference enteredDate reason*:CodeableConcept service*:Reference
    productReference:Reference productCodeableConcept:CodeableConcept account*:Reference note*:Annotation
    supportingInformation*:Reference
  `,
  'ChargeItem.performer': 'function:CodeableConcept actor:Reference',
  Invoice: `
    identifier*:Identifier status cancelledReason type:CodeableConcept subject:Reference recipient:Reference date
    participant*:Invoice.participant issuer:Reference account:Reference lineItem*:Invoice.lineItem
    totalPriceComponent*:Invoice.totalPriceComponent totalNet:Money totalGross:Money paymentTerms note*:Annotation
  `,
  'Invoice.participant': 'role:CodeableConcept actor:Reference',
  'Invoice.lineItem': `
    sequence chargeItemReference:Reference chargeItemCodeableConcept:CodeableConcept priceComponent*:Invoice.totalPriceComponent
  `,
  'Invoice.totalPriceComponent': 'type code:CodeableConcept factor amount:Money',
};
