/**
 * A patient's limits in words, and as FHIR says a denial.
 *
 * @module
 */

/** Who reads nothing of a chart, whatever opens it to others. */
export type Denial = {
  /** Card numbers, in hex. */
  readonly patient: string;
  readonly doctor: string;
  readonly doctorName: string;
  /** The chart's pseudonym, in hex. */
  readonly chart: string;
  readonly given: string;
};

const scope = 'http://terminology.hl7.org/CodeSystem/consentscope';
const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const card = 'urn:carelet:card';

/** A denial as an HL7 FHIR R4 Consent: what is kept for people and other programs. It has no end of its own. */
export const toFhirDenial = ({ patient, doctor, doctorName, chart, given }: Denial) => ({
  resourceType: 'Consent',
  id: `${chart}${doctor}`,
  status: 'active',
  scope: { coding: [{ system: scope, code: 'patient-privacy' }] },
  category: [{ coding: [{ system: act, code: 'INFA' }] }],
  patient: { identifier: { system: card, value: patient } },
  dateTime: given,
  policyRule: { coding: [{ system: act, code: 'OPTOUT' }] },
  provision: {
    type: 'deny',
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { identifier: { system: card, value: doctor }, display: doctorName },
      },
    ],
    action: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code: 'access' }] }],
  },
});

/** What holds of one chart, as its owner reads it. */
export function limitsInWords({ byName, denied }: { readonly byName: boolean; readonly denied: readonly string[] }): string {
  const who = byName ? 'only doctors who are named for you read by their work there' : 'doctors read by their work there';
  return denied.length === 0 ? who : `${who}; not ${denied.join(', nor ')}`;
}
