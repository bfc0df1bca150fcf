/**
 * Consent for a named doctor, the mediator's part: a cloudlet of another organisation than the cloud's holds a factor of
 * every grant. Without it nothing opens, and deleting it takes the grant back.
 *
 * It sees elements of GT: neither texts nor scopes nor what becomes of them.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { decodeScalar, encodeScalar, type Group, randomScalar, type Scalar } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { claimInCurve, prove } from '../algebra/schnorr.ts';
import { sign } from '../algebra/sign.ts';
import { attempt } from '../algebra/strict.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';
import { decodeFactorSecret, encodeFactor, encodeFactorSecret } from './encoding.ts';
import { factorAbout, factorLabel, factorSigned, readDelegate, type Signer } from './vouched.ts';

/**
 * Makes the factor of a grant: b_m, and Q = Q_d^{b_m} with a proof.
 *
 * @param grant 16 bytes, a number no other grant has
 * @param doctor as her card says
 * @param edSk the mediator's signing key, whose public half the town manifest names
 * @returns `secret` to keep, under a key that no backup holds; `factor` for the patient. `null` when the delegate is not
 * this doctor's
 */
export function newFactor(
  group: Group,
  grant: Bytes,
  delegate: Bytes,
  doctor: Signer,
  edSk: Bytes,
  random: Random = systemRandom,
): { secret: Bytes; factor: Bytes } | null {
  const { g2 } = group;
  if (!(grant instanceof Uint8Array && grant.length === 16)) throw new TypeError('a grant has a number of 16 bytes');
  const half = readDelegate(group, delegate, doctor);
  if (!half) return null;
  const b = randomScalar(random);
  const q = g2.mulSecret(half.qd, b);
  const named = { grant, doctor: half.parts.doctor, qd: half.parts.qd, q: g2.encode(q) };
  const proof = prove(factorLabel, factorAbout(named), [claimInCurve(g2, 0, q, half.qd)], [b], random);
  const signature = sign(edSk, factorLabel, factorSigned({ ...named, proof }));
  return { secret: encodeFactorSecret({ grant, b: encodeScalar(b) }), factor: encodeFactor({ ...named, proof, signature }) };
}

/** A factor ready for use. It shows its grant. */
export class Factor extends Holder<Scalar> {
  readonly grant: Bytes;

  /** @param inverse 1/b_m */
  constructor(grant: Bytes, inverse: Scalar) {
    super(inverse);
    this.grant = grant;
  }
}

/** Reads the secret of a factor. Throws a TypeError unless it is one. */
export function openFactor(secret: Bytes, random: Random = systemRandom): Factor {
  const { grant, b } = decodeFactorSecret(secret);
  return new Factor(grant, inverseOfSecret(decodeScalar(b), random));
}

/**
 * T^{1/b_m}, for the doctor. T must be of order r: were −T let through, whether a later step accepts would tell a bit of
 * a secret that lives as long as the grant.
 *
 * @returns `null` unless T is 576 bytes of an element of GT other than 1
 * @throws {TypeError} when the factor was put away
 */
export function apply(group: Group, factor: Factor, t: Bytes): Bytes | null {
  const inverse = secretOf(factor);
  return attempt(() => group.gt.encode(group.gt.expSecret(group.gt.decode(t), inverse)));
}
