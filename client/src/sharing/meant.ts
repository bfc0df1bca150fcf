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

/** Whether a grant lets somebody read of a category; of one whose consent cannot be read here it is taken for granted. */
export function reaches({ consent }: GivenGrant, category: Category): boolean {
  const read = fromFhirConsent(JSON.parse(consent));
  return read === null || read.parts.some((part) => isMeant(read, part, category));
}

/** Whether two grants let the same doctor read the same of one chart: one was made in the place of the other. */
export const sameAs = (one: GivenGrant, other: GivenGrant): boolean =>
  equalPublic(one.pat, other.pat) &&
  equalPublic(one.doctor, other.doctor) &&
  one.notAfter === other.notAfter &&
  meantBy(one) === meantBy(other);

const meantBy = ({ consent }: GivenGrant): string => JSON.stringify(fromFhirConsent(JSON.parse(consent)));
