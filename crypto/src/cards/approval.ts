/**
 * What administrators sign: a doctor's policy together with the very keys it will be issued to, a doctor's rejection, the end of
 * keys, the card of an organisation that joins, and the end of a domain of its. And what a doctor signs: that she asks for a role.
 *
 * Issuers believe administrators' words and nobody who hands them over; administrators believe a doctor's so.
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
const askLabel = 'carelet/v1/enrolment/ask';
const rolesLabel = 'carelet/v1/enrolment/roles';

/** What an administrator approves: a policy for a doctor, by the very keys it will be issued to. */
export type Approval = {
  readonly doctor: CardBody;
  /** The policy's canonical text, as the approver read it. */
  readonly policy: string;
  /** When it was signed, UTC seconds: of two policies the later one counts. 0 for what was signed before approvals told their time. */
  readonly time: number;
};

const approvalParts = ({ doctor, policy, time }: Approval): Cbor[] => [doctor.id, cardHash(doctor), policy, ...(time === 0 ? [] : [time])];

export const signApproval = (administratorSecret: Bytes, approval: Approval): Bytes =>
  sign(administratorSecret, label, approvalParts(approval));

export const verifyApproval = (administratorKey: Bytes, approval: Approval, signature: Bytes): boolean =>
  verify(administratorKey, label, approvalParts(approval), signature);

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

/** What a doctor asks: a role at one organisation. */
export type RoleAsked = {
  readonly doctor: Bytes;
  readonly organisation: Bytes;
  /** What she would do there. */
  readonly specialty: string;
  /** When she asked, UTC seconds. */
  readonly at: number;
};

const askParts = ({ doctor, organisation, specialty, at }: RoleAsked): Cbor[] => [doctor, organisation, specialty, at];

/** That a doctor asks for a role, by the keys of the card she registered with. */
export const signAsk = (doctorSecret: Bytes, asked: RoleAsked): Bytes => sign(doctorSecret, askLabel, askParts(asked));

export const verifyAsk = (doctorKey: Bytes, asked: RoleAsked, signature: Bytes): boolean =>
  verify(doctorKey, askLabel, askParts(asked), signature);

/** That she looks at her own roles now: before two issuers vouched for her card, nobody knows her requests. */
export const signOwnRoles = (doctorSecret: Bytes, doctor: Bytes, at: number): Bytes => sign(doctorSecret, rolesLabel, [doctor, at]);

export const verifyOwnRoles = (doctorKey: Bytes, doctor: Bytes, at: number, signature: Bytes): boolean =>
  verify(doctorKey, rolesLabel, [doctor, at], signature);
