/**
 * What a consent means, in categories and scopes.
 *
 * @module
 */
import type { Category, Kind, Part } from '@carelet/care/model';
import { type Consent, fromFhirConsent, isMeant } from '@carelet/care/rules/sharing/consent';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import type { GivenGrant } from '../keyring/keyring.ts';

/** The categories of a part that a consent means. */
export function categoriesOf(consent: Consent, part: Part): Category[] {
  const kinds: readonly Kind[] = part === 'MI' ? consent.kinds : ['identity'];
  const all = kinds.flatMap((kind) =>
    consent.confidentiality.flatMap((conf) => consent.sensitivity.map((sens): Category => ({ kind, conf, sens }))),
  );
  return all.filter((category) => isMeant(consent, part, category));
}

/** The categories of which a grant lets somebody read; `null` for one whose consent cannot be read here: it may be any. */
export function categoriesReached({ consent }: GivenGrant): Category[] | null {
  const read = fromFhirConsent(JSON.parse(consent));
  return read === null ? null : read.parts.flatMap((part) => categoriesOf(read, part));
}

/** Whether two grants let the same doctor read the same of one chart: one was made in the place of the other. */
export const sameAs = (one: GivenGrant, other: GivenGrant): boolean => equalPublic(one.doctor, other.doctor) && alike(one, other);

/** Whether two grants let read the same of one chart until the same day, whomever. */
export const alike = (one: GivenGrant, other: GivenGrant): boolean =>
  equalPublic(one.pat, other.pat) && one.notAfter === other.notAfter && meantBy(one) === meantBy(other);

const meantBy = ({ consent }: GivenGrant): string => JSON.stringify(fromFhirConsent(JSON.parse(consent)));
