/**
 * What administrators sign: a doctor's policy together with the very keys it will be issued to, a doctor's rejection, the end of
 * all her keys, and the card of an organisation that joins.
 *
 * Issuers believe these and nobody who hands them over.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { type CardBody, cardHash } from './card.ts';

const label = 'carelet/v1/enrolment/approval';
const rejectionLabel = 'carelet/v1/enrolment/rejection';
const expulsionLabel = 'carelet/v1/enrolment/expulsion';
const admissionLabel = 'carelet/v1/enrolment/admission';

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

/**
 * The end of every key of a doctor, for those who hold parts of them: cloud and mediators. It says no reason.
 *
 * @param doctor the number of her card
 */
export const signExpulsion = (administratorSecret: Bytes, doctor: Bytes): Bytes => sign(administratorSecret, expulsionLabel, [doctor]);

export const verifyExpulsion = (administratorKey: Bytes, doctor: Bytes, signature: Bytes): boolean =>
  verify(administratorKey, expulsionLabel, [doctor], signature);

/** @param name what the organisation will be called in the town */
export const signAdmission = (administratorSecret: Bytes, organisation: CardBody, name: string): Bytes =>
  sign(administratorSecret, admissionLabel, [cardHash(organisation), name]);

export const verifyAdmission = (administratorKey: Bytes, organisation: CardBody, name: string, signature: Bytes): boolean =>
  verify(administratorKey, admissionLabel, [cardHash(organisation), name], signature);
