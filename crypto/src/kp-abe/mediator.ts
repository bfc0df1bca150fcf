/**
 * KP-ABE, the mediator's part: a service of another organisation than the cloud's, without which a doctor opens nothing.
 *
 * It turns what the cloud transformed with its own factor, T_t^{z_{t,m}}, after it has looked whether the grant still holds.
 * What it sees is neither a key nor a text. Once it forgets a factor, that key opens nothing any more, also of old.
 *
 * [Note: Order first] A factor is long-lived: raising what is not in GT to it would tell the sender of the factor's lowest
 * bits. So what comes is decoded strictly, order and all.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { decodeScalar, encodeScalar, type Group, randomScalar, reduce, type Scalar } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';
import { decodeFactor, encodeFactor } from './encoding.ts';

/**
 * T_t^{z_{t,m}}.
 *
 * @param factor the mediator's, from the issuer that made the transformation key
 * @param transformed 576 bytes, from the cloud
 * @returns 576 bytes for the doctor, or `null` when what came is no element of GT
 * @throws {TypeError} on a malformed factor: the mediator's own
 */
export function mediate(group: Group, factor: Bytes, transformed: Bytes): Bytes | null {
  const z = secretOf(factor);
  return attempt(() => group.gt.encode(group.gt.expSecret(group.gt.decode(transformed), z)));
}

/**
 * Splits a factor for one login: what the mediator uses in it, and by what the doctor's session multiplies her own. Both are
 * dropped at logout; neither is of use with anything from another login.
 *
 * The field's "unique key at each login": with u drawn anew, the mediator answers under z_{t,m} · u and the session finishes
 * with z_{t,d}/u.
 */
export function forLogin(factor: Bytes, random: Random = systemRandom): { readonly factor: Bytes; readonly session: Bytes } {
  const { id, issuer, holder } = decodeFactor(factor, 'mediator');
  const u = randomScalar(random);
  return {
    factor: encodeFactor({ id, issuer, holder, z: encodeScalar(reduce(secretOf(factor) * u)) }),
    session: encodeScalar(inverseOfSecret(u, random)),
  };
}

/**
 * The id of the domain a factor belongs to.
 *
 * @throws {TypeError} on a malformed factor
 */
export const domainOfFactor = (factor: Bytes): Bytes => decodeFactor(factor, 'mediator').id;

function secretOf(factor: Bytes): Scalar {
  const z = decodeScalar(decodeFactor(factor, 'mediator').z);
  if (z === 0n) throw new TypeError('not a factor');
  return z;
}
