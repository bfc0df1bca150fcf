/**
 * A doctor's numbers: she goes by another one at each organisation (docs/decisions/doctors-numbers.md), with a card, secrets and keys of its own. Whoever
 * sees numbers alone, as the cloud does, sees a doctor at each place and not that they are one.
 *
 * All of them lie in her one keyring, and she reads by all of them at once (`records/joined.ts`); what she does at an organisation she
 * does by the number she has there.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { type Keyring, newKeyring } from './keyring.ts';

/** Each of somebody's numbers as a keyring; but for doctors there is one. */
export const numbersOf = (keyring: Keyring): readonly Keyring[] => [keyring, ...keyring.elsewhere];

/** Where somebody goes by a number: one place, but for a number from before each had its own. */
const placesOf = ({ at, doctorKeys }: Keyring): Bytes[] => [...(at ? [at] : []), ...doctorKeys.map(({ organisation }) => organisation)];

/**
 * The number a doctor goes by at an organisation, or one that she uses nowhere yet; for a place that is none of the town's, `null`,
 * only the latter.
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { newNumber, numberAt } from '@carelet/client/keyring/numbers';
 * declare const [keyring, organisation]: [Keyring, Uint8Array];
 * const number = numberAt(keyring, organisation) ?? newNumber(keyring, organisation);
 * ```
 */
export function numberAt(keyring: Keyring, organisation: Bytes | null): Keyring | undefined {
  const numbers = numbersOf(keyring);
  return (
    numbers.find((one) => organisation && placesOf(one).some((place) => equalPublic(place, organisation))) ??
    numbers.find((one) => placesOf(one).length === 0)
  );
}

/** A further number of a doctor, for an organisation or a place that is none of the town's; it lies in her keyring, which is to be kept then. */
export function newNumber(keyring: Keyring, organisation: Bytes | null): Keyring {
  const { name, title, card, manifest } = keyring;
  const number = { ...newKeyring('doctor', name, title, manifest, card.expiry), at: organisation };
  keyring.elsewhere.push(number);
  return number;
}

/** The numbers by which somebody reads; but for doctors there is one. */
export const readingNumbers = (keyring: Keyring): readonly Keyring[] => numbersOf(keyring).filter(mayRead);

/** Whether a number could open anything: what nobody approved yet is unknown to the cloud. */
const mayRead = ({ card, doctorKeys, emergencyKeys, sharing }: Keyring): boolean =>
  card.kind !== 'doctor' || doctorKeys.length > 0 || emergencyKeys.length > 0 || sharing.half !== null;
