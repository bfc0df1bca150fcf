/**
 * A signed request: who asks which service for what, over which body, when.
 *
 * Bound to the service's name, the operation, the body's hash, a time and a fresh nonce: it passes neither for
 * another request nor twice.
 *
 * @module
 */
import { type Bytes, cbor, hex, uncbor, unhex } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { sign, verify } from '../algebra/sign.ts';

/** What a request is for. */
export type Asked = { readonly audience: string; readonly op: string; readonly body: Bytes };

/** A request's signature as it travels. */
export type RequestSignature = { readonly card: Bytes; readonly time: number; readonly nonce: Bytes; readonly signature: Bytes };

const scheme = 'Carelet ';
const label = 'carelet/v1/login/request';

/**
 * The value of the `authorization` header.
 *
 * @param time UTC seconds
 */
export function signRequest(person: { id: Bytes; edSk: Bytes }, asked: Asked, time: number, random: Random = systemRandom): string {
  const nonce = random(16);
  const signature = sign(person.edSk, label, signedParts(person.id, asked, time, nonce));
  return scheme + hex(cbor([person.id, time, nonce, signature]));
}

/** Reads the header; `null` when it is none of ours. */
export function readRequestSignature(header: string): RequestSignature | null {
  if (!header.startsWith(scheme) || header.length > 1000) return null;
  try {
    const [card, time, nonce, signature, ...rest] = uncbor(unhex(header.slice(scheme.length))) as [Bytes, number, Bytes, Bytes];
    const is = (value: unknown, length: number) => value instanceof Uint8Array && value.length === length;
    return rest.length === 0 && is(card, 16) && Number.isSafeInteger(time) && is(nonce, 16) && is(signature, 64)
      ? { card, time, nonce, signature }
      : null;
  } catch {
    return null;
  }
}

/** Whether the card with this verification key signed this request. */
export function verifyRequest(verificationKey: Bytes, asked: Asked, { card, time, nonce, signature }: RequestSignature): boolean {
  return verify(verificationKey, label, signedParts(card, asked, time, nonce), signature);
}

const signedParts = (card: Bytes, { audience, op, body }: Asked, time: number, nonce: Bytes) => [
  card,
  audience,
  op,
  sha256(body),
  time,
  nonce,
];
