/**
 * The letter of a grant: what it is about, for whoever is let read alone.
 *
 * Sealed to her card, and believed because the grant that her patient signed carries its hash.
 *
 * @module
 */
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
import { letterContext } from '@carelet/crypto/pre/grant';
import { scopeId } from '@carelet/crypto/pre/writer';

/** A scope in a letter: its name, and its public key. */
export type LetterScope = { readonly scope: Bytes; readonly p: Bytes };

export type Letter = {
  /** The FHIR Consent, as JSON. */
  readonly consent: string;
  /** The patient's name, as she tells it to whom she lets read. */
  readonly patient: string;
  readonly pq: Bytes;
  /** By what the cloud calls a scope, in hex. */
  readonly scopes: ReadonlyMap<string, LetterScope>;
};

export function sealLetter(
  hybridPk: Bytes,
  grant: Bytes,
  { consent, patient, pq, scopes }: Omit<Letter, 'scopes'> & { readonly scopes: readonly LetterScope[] },
): Bytes {
  const content = cbor([consent, patient, pq, scopes.map(({ scope, p }) => [scope, p])]);
  return sealTo(hybridPk, letterContext(grant), content);
}

/** Opens a letter; `null` when it is not for this card or not a letter. */
export function openLetter(hybridSk: Bytes, grant: Bytes, sealed: Bytes): Letter | null {
  const content = openWith(hybridSk, letterContext(grant), sealed);
  if (!content) return null;
  try {
    const [consent, patient, pq, scopes, ...rest] = uncbor(content) as [string, string, Bytes, [Bytes, Bytes][]];
    const sound = rest.length === 0 && typeof consent === 'string' && typeof patient === 'string' && pq.length === 32;
    if (!sound) return null;
    return { consent, patient, pq, scopes: new Map(scopes.map(([scope, p]) => [hex(scopeId(p)), { scope, p }])) };
  } catch {
    return null;
  }
}
