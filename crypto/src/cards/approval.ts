/**
 * What administrators sign: a doctor's policy together with the very keys it will be issued to, a doctor's rejection, the end of
 * keys, the card of an organisation that joins, and the end of a domain of its.
 *
 * Issuers believe these and nobody who hands them over.
 *
 * @module
 */
import type { Bytes, Cbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { type CardBody, cardHash } from './card.ts';

const label = 'carelet/v1/enrolment/approval';
const rejectionLabel = 'carelet/v1/enrolment/rejection';
const keyEndLabel = 'carelet/v1/enrolment/key-end';
const admissionLabel = 'carelet/v1/enrolment/admission';
const retirementLabel = 'carelet/v1/enrolment/retirement';

/** @param policy the policy's canonical text, as the approver read it */
export function signApproval(administratorSecret: Bytes, doctor: CardBody, policy: string): Bytes {
  return sign(administratorSecret, label, [doctor.id, cardHash(doctor), policy]);
}

export function verifyApproval(administratorKey: Bytes, doctor: CardBody, policy: string, signature: Bytes): boolean {
  return verify(administratorKey, label, [doctor.id, cardHash(doctor), policy], signature);
}

/** @param doctor the number of the card she registered with */
export const signRejection = (administratorSecret: Bytes, doctor: Bytes, reason: string): Bytes =>
  sign(administratorSecret, rejectionLabel, [doctor, reason]);

export const verifyRejection = (administratorKey: Bytes, doctor: Bytes, reason: string, signature: Bytes): boolean =>
  verify(administratorKey, rejectionLabel, [doctor, reason], signature);

/** Which keys of a doctor have ended: all, or those for one organisation that were issued before a time, UTC seconds. */
export type KeyEnd = { readonly doctor: Bytes; readonly of: { readonly organisation: Bytes; readonly before: number } | null };

const endParts = ({ doctor, of }: KeyEnd): Cbor[] => [doctor, of && [of.organisation, of.before]];

/** The end of a doctor's keys, for those who hold parts of them: cloud and mediators. It says no reason. */
export const signKeyEnd = (administratorSecret: Bytes, end: KeyEnd): Bytes => sign(administratorSecret, keyEndLabel, endParts(end));

export const verifyKeyEnd = (administratorKey: Bytes, end: KeyEnd, signature: Bytes): boolean =>
  verify(administratorKey, keyEndLabel, endParts(end), signature);

/** @param name what the organisation will be called in the town */
export const signAdmission = (administratorSecret: Bytes, organisation: CardBody, name: string): Bytes =>
  sign(administratorSecret, admissionLabel, [cardHash(organisation), name]);

export const verifyAdmission = (administratorKey: Bytes, organisation: CardBody, name: string, signature: Bytes): boolean =>
  verify(administratorKey, admissionLabel, [cardHash(organisation), name], signature);

/**
 * The end of an organisation's domain, in whose place the issuers make another.
 *
 * @param publicKey of the domain that ends: what was signed for one ends no later one
 */
export const signRetirement = (administratorSecret: Bytes, organisation: Bytes, publicKey: Bytes): Bytes =>
  sign(administratorSecret, retirementLabel, [organisation, sha256(publicKey)]);

export const verifyRetirement = (administratorKey: Bytes, organisation: Bytes, publicKey: Bytes, signature: Bytes): boolean =>
  verify(administratorKey, retirementLabel, [organisation, sha256(publicKey)], signature);
