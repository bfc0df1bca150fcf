/**
 * Services' own keys for what is sealed to them. Whoever seals believes a service's key for the signature on it: the cloud's by
 * the key of the receipts log that the manifest names, a mediator's by the card of its organisation.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';
import { hybridLengths, openWith, sealTo } from '../ntru/hybrid.ts';

/** What a service is in opening by a role. */
export type ServicePart = 'cloud' | 'mediator';

const label = 'carelet/v1/card/service';
const domainLabel = 'carelet/v1/card/service/domain';

/** What an organisation seals with. */
export type DomainKeys = {
  readonly domain: Bytes;
  readonly orgKey: Bytes;
  readonly pq: Bytes;
  /** The security domain of its emergencies, public; `null` where the town has none yet. */
  readonly emergency: Bytes | null;
};

/** A service's key with the word of whoever the town knows it by. */
export const encodeServiceKey = (part: ServicePart, hybridPk: Bytes, edSk: Bytes): Bytes =>
  cbor([hybridPk, sign(edSk, label, [part, hybridPk])]);

/** The key, or `null` unless it is this part's, by the word of this signing key. */
export function readServiceKey(part: ServicePart, edVk: Bytes, bytes: Bytes): Bytes | null {
  try {
    const [hybridPk, signature, ...rest] = uncbor(bytes) as [Bytes, Bytes];
    const sound = rest.length === 0 && isBytes(hybridPk, hybridLengths.publicKey) && isBytes(signature, 64);
    return sound && verify(edVk, label, [part, hybridPk], signature) ? hybridPk : null;
  } catch {
    return null;
  }
}

/** What an organisation seals with, for its cloudlet. */
export const sealDomain = (hybridPk: Bytes, organisation: Bytes, { domain, orgKey, pq, emergency }: DomainKeys): Bytes =>
  sealTo(hybridPk, cbor([domainLabel, organisation]), cbor([domain, orgKey, pq, emergency]));

/** `null` unless it was sealed for a cloudlet of this organisation. */
export function openDomain(hybridSk: Bytes, organisation: Bytes, sealed: Bytes): DomainKeys | null {
  try {
    const content = openWith(hybridSk, cbor([domainLabel, organisation]), sealed);
    const [domain, orgKey, pq, emergency, ...rest] = content ? (uncbor(content) as Cbor[]) : [];
    const isNamed = emergency === null || emergency instanceof Uint8Array;
    const sound = rest.length === 0 && domain instanceof Uint8Array && isBytes(orgKey, 32) && isBytes(pq, 32) && isNamed;
    return sound ? { domain, orgKey, pq, emergency } : null;
  } catch {
    return null;
  }
}
