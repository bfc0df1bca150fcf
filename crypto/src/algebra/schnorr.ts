/**
 * Proofs that one knows an exponent, and does not show it: Schnorr's (CRYPTO 1989), with a hash for a challenger.
 *
 * A claim says "this is that base to a secret's power". Several claims may be about one secret, and several secrets may
 * stand in one proof; the challenge covers every base, every power, and what the proof is about.
 *
 * [Note: Why every public key proves its secret] Whoever publishes a key last can choose it by the others': A₂ = Eˣ/A₁
 * makes A₁·A₂ a key to which he alone knows the exponent. He cannot prove that he knows the exponent of A₂.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, concat, equal } from './bytes.ts';
import { type Curve, decodeScalar, encodeScalar, type Group, type GT, hashToScalar, randomScalar, reduce, type Scalar } from './group.ts';
import { type Random, systemRandom } from './random.ts';
import type { Label } from './sign.ts';
import { attempt } from './strict.ts';
import { targetBase } from './target.ts';

/** That `power` is `base` to the secret number `secret` of the proof. */
export type Claim = {
  readonly secret: number;
  readonly base: Bytes;
  readonly power: Bytes;
  /** base to a secret scalar, encoded. */
  commit(k: Scalar): Bytes;
  /** baseᶻ · power⁻ᵉ, encoded. */
  answer(z: Scalar, e: Scalar): Bytes;
};

/** A claim about a multiple of a point, the generator unless said. */
export function claimInCurve<P>(curve: Curve<P>, secret: number, power: P, base: P = curve.generator): Claim {
  return {
    secret,
    base: curve.encode(base),
    power: curve.encode(power),
    commit: (k) => curve.encode(base === curve.generator ? curve.mulGenerator(k) : curve.mulSecret(base, k)),
    answer: (z, e) => curve.encode(curve.sum([base, curve.neg(power)], [z, e])),
  };
}

/** A claim about a power of E. */
export function claimInTarget(group: Group, secret: number, power: GT): Claim {
  const { gt } = group;
  const e = targetBase(group);
  return {
    secret,
    base: gt.encode(e.element),
    power: gt.encode(power),
    commit: (k) => gt.encode(e.power(k)),
    answer: (z, c) => gt.encode(gt.mul(e.power(z), gt.exp(gt.inv(power), c))),
  };
}

/**
 * Proves claims about secrets.
 *
 * @param about what else the proof is bound to: whose key this is
 * @returns 32 bytes of challenge and 32 a secret
 *
 * @example
 * ```ts
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { claimInCurve, prove, proves } from '@carelet/crypto/algebra/schnorr';
 * const { g2 } = await loadGroup('mcl');
 * const claim = claimInCurve(g2, 0, g2.mulGenerator(42n));
 * const proof = prove('carelet/v1/example', ['Ada'], [claim], [42n]);
 * proves('carelet/v1/example', ['Ada'], [claim], 1, proof); // true
 * ```
 */
export function prove(
  label: Label,
  about: readonly Cbor[],
  claims: readonly Claim[],
  secrets: readonly Scalar[],
  random: Random = systemRandom,
): Bytes {
  const nonces = secrets.map(() => randomScalar(random));
  const commitments = claims.map((claim) => claim.commit(nonces[claim.secret]!));
  const e = challenge(label, about, claims, commitments);
  return concat(encodeScalar(e), ...secrets.map((secret, i) => encodeScalar(reduce(nonces[i]! + e * secret))));
}

/** Whether a proof of claims about that many secrets holds. */
export function proves(label: Label, about: readonly Cbor[], claims: readonly Claim[], secrets: number, proof: Bytes): boolean {
  const held = attempt(() => {
    if (proof.length !== 32 * (1 + secrets)) return false;
    const [e, ...z] = Array.from({ length: 1 + secrets }, (_, i) => decodeScalar(proof.subarray(32 * i, 32 * (i + 1))));
    const commitments = claims.map((claim) => claim.answer(z[claim.secret]!, e!));
    return equal(encodeScalar(challenge(label, about, claims, commitments)), encodeScalar(e!));
  });
  return held === true;
}

function challenge(label: Label, about: readonly Cbor[], claims: readonly Claim[], commitments: readonly Bytes[]): Scalar {
  const said = claims.map(({ secret, base, power }) => [secret, base, power]);
  return hashToScalar('CARELET-SCHNORR-V1', cbor([label, about, said, commitments]));
}
