/**
 * What an approver signs: a doctor's policy together with the very keys it will be issued to.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { type CardBody, cardHash } from './card.ts';

const label = 'carelet/v1/enrolment/approval';

/** @param policy the policy's canonical text, as the approver read it */
export function signApproval(administratorSecret: Bytes, doctor: CardBody, policy: string): Bytes {
  return sign(administratorSecret, label, [doctor.id, cardHash(doctor), policy]);
}

export function verifyApproval(administratorKey: Bytes, doctor: CardBody, policy: string, signature: Bytes): boolean {
  return verify(administratorKey, label, [doctor.id, cardHash(doctor), policy], signature);
}
