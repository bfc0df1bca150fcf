/**
 * What vouches for the key of a grant: b = b_d · b_m, half the doctor's, half the mediator's.
 *
 * The doctor makes b_d and publishes Q_d = g₂^{b_d}; the mediator makes a b_m for every grant and publishes
 * Q = Q_d^{b_m}. Each proves the exponent it put in and signs with the key its card or the town manifest names. So
 * whoever believes Q knows that Q = g₂^{b_d·b_m}, that the doctor knows b_d and the mediator b_m, and:
 * - a doctor cannot have left the mediator out: Q must come with the mediator's proof and signature over her Q_d;
 * - a mediator cannot have left the doctor out, with a Q whose exponent it knows alone: that of Q_d it does not know, and
 *   that from Q_d to Q it proves to know;
 * - neither can take a half or a factor of somebody else for its own: doctor and grant are in both transcripts.
 *
 * What is left is what no proof can show: that the mediator keeps b_m to itself.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import type { G2, Group } from '../algebra/group.ts';
import { claimInCurve, proves } from '../algebra/schnorr.ts';
import { verify } from '../algebra/sign.ts';
import { attempt } from '../algebra/strict.ts';
import { type DelegateParts, decodeDelegate, decodeFactor, type FactorParts, suite } from './encoding.ts';

/** Proof and signature of a delegate. */
export const delegateLabel = 'carelet/v1/sharing/consent-delegate';
/** Proof and signature of a factor. */
export const factorLabel = 'carelet/v1/sharing/consent-factor';

/** What a delegate's proof is about. */
export const delegateAbout = ({ doctor }: Pick<DelegateParts, 'doctor'>) => [suite, doctor];
/** What a factor's proof is about. */
export const factorAbout = ({ grant, doctor }: Pick<FactorParts, 'grant' | 'doctor'>) => [suite, grant, doctor];

/** What the doctor signs. */
export const delegateSigned = (parts: Omit<DelegateParts, 'signature'>) => [...delegateAbout(parts), parts.qd, parts.proof];
/** What the mediator signs. */
export const factorSigned = (parts: Omit<FactorParts, 'signature'>) => [...factorAbout(parts), parts.qd, parts.q, parts.proof];

/** A doctor, or a carer in her place, as a card names her: its id and its verification key. */
export type Signer = { readonly id: Bytes; readonly edVk: Bytes };

/** Whether a delegate is signed by this doctor for herself; whether it is sound is for those to look at who use it. */
export function isDelegateOf(bytes: Bytes, { id, edVk }: Signer): boolean {
  const held = attempt(() => {
    const parts = decodeDelegate(bytes);
    return equalPublic(parts.doctor, id) && verify(edVk, delegateLabel, delegateSigned(parts), parts.signature);
  });
  return held === true;
}

/** Q_d of a delegate that this doctor signed and whose exponent she knows, or `null`. */
export function readDelegate({ g2 }: Group, bytes: Bytes, { id, edVk }: Signer): { qd: G2; parts: DelegateParts } | null {
  return attempt(() => {
    const parts = decodeDelegate(bytes);
    const qd = g2.decode(parts.qd);
    const sound =
      equalPublic(parts.doctor, id) &&
      verify(edVk, delegateLabel, delegateSigned(parts), parts.signature) &&
      proves(delegateLabel, delegateAbout(parts), [claimInCurve(g2, 0, qd)], 1, parts.proof);
    return sound ? { qd, parts } : null;
  });
}

/** Q of a factor over this delegate, for this grant, that the mediator signed and whose exponent it knows, or `null`. */
export function readFactor(
  { g2 }: Group,
  bytes: Bytes,
  { qd, parts: delegate }: { qd: G2; parts: DelegateParts },
  grant: Bytes,
  mediator: Bytes,
): { q: G2; parts: FactorParts } | null {
  return attempt(() => {
    const parts = decodeFactor(bytes);
    const q = g2.decode(parts.q);
    const sound =
      equalPublic(parts.grant, grant) &&
      equalPublic(parts.doctor, delegate.doctor) &&
      equalPublic(parts.qd, delegate.qd) &&
      verify(mediator, factorLabel, factorSigned(parts), parts.signature) &&
      proves(factorLabel, factorAbout(parts), [claimInCurve(g2, 0, q, qd)], 1, parts.proof);
    return sound ? { q, parts } : null;
  });
}
