/**
 * Consent for a named doctor, the part of whoever seals: a wearable, a hospital, a patient's client.
 *
 * A text is sealed for a *scope* of its owner, whoever the owner lets open it, now or later: the writer neither knows the
 * doctors nor needs the owner to be there. It needs P, the scope's public key, from the scope state its owner signed
 * (`records/scope`) and from nowhere else.
 *
 * @module
 */
import { type Bytes, wipe, xor } from '../algebra/bytes.ts';
import { checkPq, sealBody } from '../algebra/dem.ts';
import type { Group } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { targetBase } from '../algebra/target.ts';
import { encodeSealed } from './encoding.ts';
import { bodyHash, demLabel, maskFrom, openingHash, type Scope, scopePower, seedScalar } from './hybrid.ts';

export type SealOptions = {
  /** K_pq, 32 bytes: a secret of the owner that whoever opens got by a post-quantum KEM (keys.md §3). */
  readonly pq?: Bytes;
  readonly random?: Random;
};

/**
 * Seals a message for a scope.
 *
 * @param context bound but not contained: it must be the same when opening
 * @param message any length; usually a node key
 * @returns 128 bytes, the message and 16, plus a header
 * @throws {TypeError} on a malformed P or K_pq
 */
export function seal(group: Group, scope: Scope, context: Bytes, message: Bytes, { pq, random = systemRandom }: SealOptions = {}): Bytes {
  checkPq(pq);
  const m = random(32);
  const h0 = openingHash(context, scope);
  const k = seedScalar(m, h0);
  const c1 = scopePower(group, scope.p, k);
  const mask = maskFrom(group, targetBase(group).power(k), pq);
  const c = xor(m, mask);
  const dem = sealBody(demLabel, m, bodyHash(h0, { c1, c }), message);
  wipe(m, mask);
  return encodeSealed({ p: scope.p, c1, c, dem });
}
