/**
 * The letter of a grant through the key servers: what it is about and K_owner, for whoever is let read alone.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { isBytes } from '@carelet/crypto/algebra/strict';
import { type GrantName, letterContext } from '@carelet/crypto/kdc/grant';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
import type { Keyring } from '../keyring/keyring.ts';

export type SharedLetter = {
  /** The FHIR Consent, as JSON. */
  readonly consent: string;
  /** The patient's name, as she tells it to whom she lets read. */
  readonly patient: string;
  /** K_owner, of this grant alone. */
  readonly ownerKey: Bytes;
};

/** K_owner of a grant of one's own: from what never leaves the keyring, so that every copy of it makes the same locks. */
export const ownerKeyOf = ({ card, secrets }: Keyring, { pat, grant }: Omit<GrantName, 'owner'>): Bytes =>
  kdf(secrets.hybridSk, 'carelet/v1/kdc/owner-key', [card.id, pat, grant]);

export const sealLetter = (hybridPk: Bytes, name: GrantName, { consent, patient, ownerKey }: SharedLetter): Bytes =>
  sealTo(hybridPk, letterContext(name), cbor([consent, patient, ownerKey]));

/** Opens a letter; `null` when it is not for this card or not a letter. */
export function openLetter(hybridSk: Bytes, name: GrantName, sealed: Bytes): SharedLetter | null {
  const content = openWith(hybridSk, letterContext(name), sealed);
  if (!content) return null;
  try {
    const [consent, patient, ownerKey, ...rest] = uncbor(content) as [unknown, unknown, unknown];
    const sound = rest.length === 0 && typeof consent === 'string' && typeof patient === 'string' && isBytes(ownerKey, 32);
    return sound ? { consent, patient, ownerKey } : null;
  } catch {
    return null;
  }
}
