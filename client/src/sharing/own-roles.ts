/**
 * A doctor's own roles, from asking to a key: what she asks for, and how far it is as the authority tells it.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type RoleAsked, signAsk, signOwnRoles, verifyAsk } from '@carelet/crypto/cards/approval';
import type { Card } from '@carelet/crypto/cards/card';
import type { Keyring } from '../keyring/keyring.ts';
import type { Authority } from '../login.ts';

/** What she asked for, who signed what, and which issuers answered; that she has taken a key, only her keyring knows. */
export type OwnRoles = Awaited<ReturnType<Authority['enrolment']['roles']>>;

/**
 * Asks how far one's roles are.
 *
 * @param now UTC seconds
 * @throws {CareletError} `missing` for whoever has not registered
 */
export function ownRoles({ enrolment }: Authority, { card, secrets }: Keyring, now: number): Promise<OwnRoles> {
  return enrolment.roles({ doctor: card.id, at: now, signature: signOwnRoles(secrets.edSk, card.id, now) });
}

/**
 * Asks for a role at an organisation of the town.
 *
 * @param now UTC seconds
 * @throws {CareletError} `invalid` where it is not said what for, `missing` for an organisation nobody knows, `conflict` for what
 *   was asked already, for a role one has, and for whoever was turned down
 */
export async function askForRole(
  { enrolment }: Authority,
  { card, secrets }: Keyring,
  { organisation, specialty }: Pick<RoleAsked, 'organisation' | 'specialty'>,
  now: number,
): Promise<void> {
  const asked = { doctor: card.id, organisation, specialty: specialty.trim(), at: now };
  if (asked.specialty === '') throw new CareletError('invalid', 'ask for a role', { because: 'it does not say what you would do there' });
  await enrolment.ask({ ...asked, signature: signAsk(secrets.edSk, asked) });
}

/** Of what the authority says a doctor asks for, what she asks for: signed by the keys of the card she registered. */
export const trulyAsked = <T extends Omit<RoleAsked, 'doctor'> & { readonly signature: Bytes }>(
  { id, edVk }: Pick<Card, 'id' | 'edVk'>,
  asked: readonly T[],
): T[] =>
  asked.filter(({ organisation, specialty, at, signature }) => verifyAsk(edVk, { doctor: id, organisation, specialty, at }, signature));
