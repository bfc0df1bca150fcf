/**
 * Services' own keys for what is sealed to them. Whoever seals believes a service's key for the signature on it: the cloud's by
 * the key of the receipts log that the manifest names, a mediator's by the card of its organisation.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';
import { hybridLengths } from '../ntru/hybrid.ts';

/** What a service is in opening by a role. */
export type ServicePart = 'cloud' | 'mediator';

const label = 'carelet/v1/card/service';

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
