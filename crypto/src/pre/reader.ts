/**
 * Consent for a named doctor, the doctor's part.
 *
 * What reaches her was turned by a cloud and by a mediator, and either may lie. She believes nothing but what follows
 * from the seed she finds: k' = HashToFr(m), E^{k'} = Eᵏ and C₁ = P^{k'}.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { checkPq } from '../algebra/dem.ts';
import { decodeScalar, encodeScalar, type Group, randomScalar, type Scalar } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { claimInCurve, prove } from '../algebra/schnorr.ts';
import { sign } from '../algebra/sign.ts';
import { attempt } from '../algebra/strict.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';
import { decodeHalf, decodeSealed, encodeDelegate, encodeHalf } from './encoding.ts';
import { openUnder, type Scope } from './hybrid.ts';
import { delegateAbout, delegateLabel, delegateSigned } from './vouched.ts';

/**
 * Makes a doctor's half b_d, once, for all who will ever let her read.
 *
 * @param doctor her card's id and signing key
 * @returns `half`, secret, for her keyring; `delegate`, public, Q_d with a proof that she knows its exponent
 *
 * @example
 * ```ts
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { utf8 } from '@carelet/crypto/algebra/bytes';
 * import { systemRandom } from '@carelet/crypto/algebra/random';
 * import { signingKey } from '@carelet/crypto/algebra/sign';
 * import * as cloud from '@carelet/crypto/pre/cloud';
 * import * as mediator from '@carelet/crypto/pre/mediator';
 * import * as owner from '@carelet/crypto/pre/owner';
 * import * as reader from '@carelet/crypto/pre/reader';
 * import { seal } from '@carelet/crypto/pre/writer';
 *
 * const group = await loadGroup('mcl');
 * const [chen, gate] = [signingKey(), signingKey()];
 * const [id, grant] = [systemRandom(16), systemRandom(16)];
 * const doctor = { id, edVk: chen.public };
 * const { half, delegate } = reader.newHalf(group, { id, edSk: chen.secret });
 * const { secret, factor } = mediator.newFactor(group, grant, delegate, doctor, gate.secret)!;
 *
 * const october = owner.scopeKey(group, systemRandom(32), utf8('October'));
 * const grantee = owner.accept(group, { grant, delegate, factor, doctor, mediator: gate.public })!;
 * const rekey = cloud.openRekey(group, owner.rekey(group, october, grantee))!;
 *
 * const sealed = seal(group, october, utf8('node 7'), utf8('a node key'));
 * const turned = mediator.apply(group, mediator.openFactor(secret), cloud.reencrypt(group, rekey, sealed)!)!;
 * reader.open(group, reader.openHalf(half), october, { context: utf8('node 7'), sealed, turned }); // utf8('a node key')
 * ```
 */
export function newHalf(
  { g2 }: Group,
  doctor: { readonly id: Bytes; readonly edSk: Bytes },
  random: Random = systemRandom,
): { half: Bytes; delegate: Bytes } {
  if (!(doctor.id instanceof Uint8Array && doctor.id.length === 16)) throw new TypeError('a doctor has a number of 16 bytes');
  const b = randomScalar(random);
  const qd = g2.mulGenerator(b);
  const named = { doctor: doctor.id, qd: g2.encode(qd) };
  const proof = prove(delegateLabel, delegateAbout(named), [claimInCurve(g2, 0, qd)], [b], random);
  const signature = sign(doctor.edSk, delegateLabel, delegateSigned({ ...named, proof }));
  return { half: encodeHalf(encodeScalar(b)), delegate: encodeDelegate({ ...named, proof, signature }) };
}

/** A doctor's half, ready for use: it holds 1/b_d. */
export class Half extends Holder<Scalar> {}

/** Reads a half. Throws a TypeError unless it is one. */
export function openHalf(bytes: Bytes, random: Random = systemRandom): Half {
  return new Half(inverseOfSecret(decodeScalar(decodeHalf(bytes)), random));
}

/** A sealed text and what mediator and cloud made of it. */
export type Turned = {
  /** As when sealing. */
  readonly context: Bytes;
  readonly sealed: Bytes;
  /** T^{1/b_m}, 576 bytes. */
  readonly turned: Bytes;
};

export type OpenOptions = {
  /** The owner's K_pq, if the text was sealed with one. */
  readonly pq?: Bytes;
};

/**
 * Opens a sealed text: Eᵏ = (T^{1/b_m})^{1/b_d}.
 *
 * @param scope as the owner published it, in the scope state she signed
 * @returns the message, or `null` when it does not open, for whatever reason
 * @throws {TypeError} when the half was put away, or on a malformed K_pq
 */
export function open(group: Group, half: Half, scope: Scope, { context, sealed, turned }: Turned, { pq }: OpenOptions = {}): Bytes | null {
  const inverse = secretOf(half);
  checkPq(pq);
  return attempt(() => {
    const parts = decodeSealed(sealed);
    // The order of what came is checked on decoding, before it meets the secret.
    return openUnder(group, scope, context, parts, group.gt.expSecret(group.gt.decode(turned), inverse), pq);
  });
}

/** Opens many texts of one scope, each by itself: one that does not open is `null` in its place. */
export function openAll(group: Group, half: Half, scope: Scope, texts: readonly Turned[], options: OpenOptions = {}): (Bytes | null)[] {
  return texts.map((text) => open(group, half, scope, text, options));
}
