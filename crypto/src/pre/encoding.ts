/**
 * What travels or rests of a consent: deterministic CBOR arrays, read strictly.
 *
 * | thing | array behind its label and the suite |
 * |---|---|
 * | half (secret, the doctor's) | b_d 32 |
 * | delegate (public) | doctor 16, Q_d 96, proof 64, the doctor's signature 64 |
 * | factor secret (the mediator's) | grant 16, b_m 32 |
 * | factor (public) | grant 16, doctor 16, Q_d 96, Q 96, proof 64, the mediator's signature 64 |
 * | re-encryption key (the cloud's) | grant 16, P 48, Q 96, rk 96 |
 * | sealed | P 48, C₁ 48, c 32, AEAD text |
 *
 * Suite 1 is AFGH (Ateniese, Fu, Green, Hohenberger, NDSS 2005, ACM TISSEC 9(1)) on BLS12-381. Here bytes only get a
 * shape; points are decoded where they are used.
 *
 * @module
 */
import { type Bytes, cbor } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { fields, isBytes, malformed } from '../algebra/strict.ts';

export const suite = 1;

/** What a scope is called where its key would be too long: 16 bytes of a hash of P. */
export const scopeId = (p: Bytes): Bytes => hashOf('carelet/v1/sharing/scope-id', p).slice(0, 16);

const label = {
  half: 'carelet/v1/sharing/consent-half',
  delegate: 'carelet/v1/sharing/consent-delegate',
  factorSecret: 'carelet/v1/sharing/consent-factor-secret',
  factor: 'carelet/v1/sharing/consent-factor',
  rekey: 'carelet/v1/sharing/consent-rekey',
  sealed: 'carelet/v1/sharing/consent',
} as const;

/** A doctor's half, public: she knows the exponent of Q_d. */
export type DelegateParts = { readonly doctor: Bytes; readonly qd: Bytes; readonly proof: Bytes; readonly signature: Bytes };
/** The mediator's factor of one grant: it knows the exponent from Q_d to Q. */
export type FactorParts = {
  readonly grant: Bytes;
  readonly doctor: Bytes;
  readonly qd: Bytes;
  readonly q: Bytes;
  readonly proof: Bytes;
  readonly signature: Bytes;
};
export type FactorSecretParts = { readonly grant: Bytes; readonly b: Bytes };
export type RekeyParts = { readonly grant: Bytes; readonly p: Bytes; readonly q: Bytes; readonly rk: Bytes };
export type SealedParts = { readonly p: Bytes; readonly c1: Bytes; readonly c: Bytes; readonly dem: Bytes };

export const encodeHalf = (b: Bytes): Bytes => cbor([label.half, suite, b]);

/** Throws a TypeError on anything but a half. */
export function decodeHalf(bytes: Bytes): Bytes {
  const [b] = fields(bytes, label.half, suite, 1, 'a half');
  if (!isBytes(b, 32)) throw malformed('a half');
  return b;
}

export const encodeDelegate = ({ doctor, qd, proof, signature }: DelegateParts): Bytes =>
  cbor([label.delegate, suite, doctor, qd, proof, signature]);

/** Throws a TypeError on anything but a delegate. */
export function decodeDelegate(bytes: Bytes): DelegateParts {
  const [doctor, qd, proof, signature] = fields(bytes, label.delegate, suite, 4, 'a delegate');
  if (!isBytes(doctor, 16) || !isBytes(qd, 96) || !isBytes(proof, 64) || !isBytes(signature, 64)) throw malformed('a delegate');
  return { doctor, qd, proof, signature };
}

export const encodeFactorSecret = ({ grant, b }: FactorSecretParts): Bytes => cbor([label.factorSecret, suite, grant, b]);

/** Throws a TypeError on anything but the secret of a factor. */
export function decodeFactorSecret(bytes: Bytes): FactorSecretParts {
  const [grant, b] = fields(bytes, label.factorSecret, suite, 2, 'the secret of a factor');
  if (!isBytes(grant, 16) || !isBytes(b, 32)) throw malformed('the secret of a factor');
  return { grant, b };
}

export const encodeFactor = ({ grant, doctor, qd, q, proof, signature }: FactorParts): Bytes =>
  cbor([label.factor, suite, grant, doctor, qd, q, proof, signature]);

/** Throws a TypeError on anything but a factor. */
export function decodeFactor(bytes: Bytes): FactorParts {
  const [grant, doctor, qd, q, proof, signature] = fields(bytes, label.factor, suite, 6, 'a factor');
  const named = isBytes(grant, 16) && isBytes(doctor, 16);
  if (!named || !isBytes(qd, 96) || !isBytes(q, 96) || !isBytes(proof, 64) || !isBytes(signature, 64)) throw malformed('a factor');
  return { grant, doctor, qd, q, proof, signature };
}

export const encodeRekey = ({ grant, p, q, rk }: RekeyParts): Bytes => cbor([label.rekey, suite, grant, p, q, rk]);

export const rekeyLength = encodeRekey({
  grant: new Uint8Array(16),
  p: new Uint8Array(48),
  q: new Uint8Array(96),
  rk: new Uint8Array(96),
}).length;

/** Throws a TypeError on anything but a re-encryption key. */
export function decodeRekey(bytes: Bytes): RekeyParts {
  const [grant, p, q, rk] = fields(bytes, label.rekey, suite, 4, 'a re-encryption key');
  if (!isBytes(grant, 16) || !isBytes(p, 48) || !isBytes(q, 96) || !isBytes(rk, 96)) throw malformed('a re-encryption key');
  return { grant, p, q, rk };
}

export const encodeSealed = ({ p, c1, c, dem }: SealedParts): Bytes => cbor([label.sealed, suite, p, c1, c, dem]);

/** Throws a TypeError on anything but a sealed text. */
export function decodeSealed(bytes: Bytes): SealedParts {
  const [p, c1, c, dem] = fields(bytes, label.sealed, suite, 4, 'a sealed text');
  if (!isBytes(p, 48) || !isBytes(c1, 48) || !isBytes(c, 32) || !(dem instanceof Uint8Array) || dem.length < 16)
    throw malformed('a sealed text');
  return { p, c1, c, dem };
}
