/**
 * An invitation: how an administrator makes another one, through servers that cannot put somebody else in her place.
 *
 * The code she hands over is a key: whoever has it signs her own card with it, and the inviter has signed its public half.
 * Neither the code nor its secret half ever reaches a server.
 *
 * @module
 */
import { type Bytes, hex, utf8 } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { type SigningKey, sign, signingKey, verify } from '../algebra/sign.ts';
import { type CardBody, cardHash } from './card.ts';

/** A code as people hand it over: 128 random bits in groups of four digits. */
export const newCode = (random: Random = systemRandom): string => hex(random(16)).replace(/(.{4})(?=.)/g, '$1-');

/**
 * The key that a code is; blanks and case around it do not matter.
 *
 * @example
 * ```ts
 * import { invitationKey } from '@carelet/crypto/cards/invitation';
 * invitationKey('0f1e-2d3c').public.length; // 32
 * ```
 */
export const invitationKey = (code: string): SigningKey =>
  signingKey(() => hashOf('carelet/v1/enrolment/invitation-key', utf8(code.trim().toLowerCase())));

/** The inviter's word for whoever has the code. */
export const signInvitation = (administratorSecret: Bytes, invitation: Bytes): Bytes =>
  sign(administratorSecret, 'carelet/v1/enrolment/invitation', [invitation]);

export const verifyInvitation = (administratorKey: Bytes, invitation: Bytes, signature: Bytes): boolean =>
  verify(administratorKey, 'carelet/v1/enrolment/invitation', [invitation], signature);

/** Says with the code whose card it is for, and for which organisation she will sign. */
export const signAcceptance = (invitationSecret: Bytes, card: CardBody, organisation: string): Bytes =>
  sign(invitationSecret, 'carelet/v1/enrolment/acceptance', [cardHash(card), organisation]);

export const verifyAcceptance = (invitation: Bytes, card: CardBody, organisation: string, signature: Bytes): boolean =>
  verify(invitation, 'carelet/v1/enrolment/acceptance', [cardHash(card), organisation], signature);
