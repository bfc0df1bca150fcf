/**
 * What the issuers say of themselves and of administrators.
 *
 * The town manifest names each issuer's signing key; that key vouches here for the one its shares are sealed to. And two
 * issuers say together for which organisation an administrator signs, so that any issuer can tell, whatever it missed.
 *
 * @module
 */
import { type Bytes, cbor, equalPublic, uncbor } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';
import { type Card, type CardBody, cardHash } from './card.ts';
import type { Manifest } from './manifest.ts';

/** An issuer's public keys: Ed25519 for what it signs, NTRU-HPS-821 ‖ X25519 for what is sealed to it. */
export type IssuerKeys = { readonly edVk: Bytes; readonly hybridPk: Bytes };

const keysLabel = 'carelet/v1/issuer/keys';
const officeLabel = 'carelet/v1/issuer/office';
const emergencyLabel = 'carelet/v1/issuer/emergency';

export const encodeIssuerKeys = ({ edVk, hybridPk }: IssuerKeys, edSk: Bytes): Bytes =>
  cbor([edVk, hybridPk, sign(edSk, keysLabel, [hybridPk])]);

/** Reads an issuer's keys; `null` unless the one vouches for the other. */
export function readIssuerKeys(bytes: Bytes): IssuerKeys | null {
  try {
    const [edVk, hybridPk, signature, ...rest] = uncbor(bytes) as [Bytes, Bytes, Bytes];
    const sound = rest.length === 0 && isBytes(edVk, 32) && isBytes(hybridPk, 1262) && isBytes(signature, 64);
    return sound && verify(edVk, keysLabel, [hybridPk], signature) ? { edVk, hybridPk } : null;
  } catch {
    return null;
  }
}

/** One issuer's word. */
export type IssuerWord = { readonly issuer: number; readonly signature: Bytes };

/** An issuer's word that an administrator signs for an organisation. */
export const signOffice = (issuerSecret: Bytes, administrator: CardBody, organisation: string): Bytes =>
  sign(issuerSecret, officeLabel, [cardHash(administrator), organisation]);

/** Whether two different issuers say so. */
export function officeStands(
  issuers: readonly Bytes[],
  administrator: CardBody,
  organisation: string,
  words: readonly IssuerWord[],
): boolean {
  const good = words.filter(({ issuer, signature }) => officeSignedBy(issuers[issuer], administrator, organisation, signature));
  return new Set(good.map(({ issuer }) => issuer)).size >= 2;
}

/** Whether an administrator signs for an enrolled organisation: two issuers say so, of the name it has in the manifest. */
export function signsFor(
  { issuers, domains }: Pick<Manifest, 'issuers' | 'domains'>,
  administrator: Pick<Card, 'kind'> & CardBody,
  organisation: Bytes,
  words: readonly IssuerWord[],
): boolean {
  const domain = domains.find((one) => equalPublic(one.organisation, organisation));
  return administrator.kind === 'administrator' && domain !== undefined && officeStands(issuers, administrator, domain.name, words);
}

/** Whether one issuer says so. */
export const officeSignedBy = (key: Bytes | undefined, administrator: CardBody, organisation: string, signature: Bytes): boolean =>
  key !== undefined && verify(key, officeLabel, [cardHash(administrator), organisation], signature);

/** An issuer's word that this is its authority for an organisation's emergencies (`ma-kp-abe/authority`). */
export const signEmergency = (issuerSecret: Bytes, organisation: Bytes, authority: Bytes): Bytes =>
  sign(issuerSecret, emergencyLabel, [organisation, authority]);

export const emergencySignedBy = (key: Bytes, organisation: Bytes, authority: Bytes, signature: Bytes): boolean =>
  verify(key, emergencyLabel, [organisation, authority], signature);
