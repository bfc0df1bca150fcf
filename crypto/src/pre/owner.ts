/**
 * Consent for a named doctor, the patient's part: AFGH proxy re-encryption (Ateniese, Fu, Green, Hohenberger), in Type III
 * groups.
 *
 * | here | paper | |
 * |---|---|---|
 * | a, P = g₁ᵃ | a, g^a | a scope's secret and its public key |
 * | b, Q = g₂ᵇ | b, g^b | a grant's, b = b_d · b_m (`vouched.ts`) |
 * | rk = Q^{1/a} | g^{b/a} | the re-encryption key, which the cloud gets |
 *
 * Every scope has a secret of its own, so that a doctor and a cloud who conspire come to g₂^{1/a} of what she was granted
 * and no further. One grant is the unit of taking back: its b_m serves all its scopes.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { checkPq } from '../algebra/dem.ts';
import { type G2, type Group, hashToScalar, type Scalar } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';
import { decodeSealed, encodeRekey } from './encoding.ts';
import { openUnder, type Scope } from './hybrid.ts';
import { readDelegate, readFactor, type Signer } from './vouched.ts';

/** A scope with its secret. It shows its name and its public key. */
export class ScopeKey extends Holder<Scalar> implements Scope {
  readonly scope: Bytes;
  /** P, for the scope state. */
  readonly p: Bytes;

  /** @param inverse 1/a */
  constructor(scope: Bytes, p: Bytes, inverse: Scalar) {
    super(inverse);
    this.scope = scope;
    this.p = p;
  }
}

/**
 * The key of a scope, always the same one: a = HashToFr(R_p, scope).
 *
 * @param root R_p, 32 bytes: one secret of the patient for all her scopes
 * @param scope the scope's name, canonical bytes
 */
export function scopeKey({ g1 }: Group, root: Bytes, scope: Bytes, random: Random = systemRandom): ScopeKey {
  if (!(root instanceof Uint8Array && root.length === 32)) throw new TypeError('R_p has 32 bytes');
  const a = hashToScalar('CARELET-PRE-V1-SCOPE', root, scope);
  return new ScopeKey(scope, g1.encode(g1.mulGenerator(a)), inverseOfSecret(a, random));
}

declare const accepted: unique symbol;
/** A doctor for whom the mediator stands with a factor: the only thing a re-encryption key is made for. */
export type Grantee = { readonly grant: Bytes; readonly doctor: Bytes; readonly q: G2; readonly [accepted]: true };

/** What a patient is shown before she grants. */
export type Offer = {
  /** 16 bytes, the number of the grant. */
  readonly grant: Bytes;
  readonly delegate: Bytes;
  readonly factor: Bytes;
  /** As the doctor's card says. */
  readonly doctor: Signer;
  /** The mediator's verification key, as the town manifest says. */
  readonly mediator: Bytes;
};

/** Judges an offer: both halves proven, signed, of this doctor and this grant. `null` for whatever does not fit. */
export function accept(group: Group, { grant, delegate, factor, doctor, mediator }: Offer): Grantee | null {
  const half = readDelegate(group, delegate, doctor);
  const whole = half && readFactor(group, factor, half, grant, mediator);
  return whole && ({ grant: whole.parts.grant, doctor: whole.parts.doctor, q: whole.q } as Grantee);
}

/**
 * The re-encryption key of one scope for one grantee, for the cloud: rk = Q^{1/a}.
 *
 * @throws {TypeError} when the scope's key was put away
 */
export function rekey(group: Group, key: ScopeKey, grantee: Grantee): Bytes {
  const { q, times } = tableOf(group, grantee);
  return encodeRekey({ grant: grantee.grant, p: key.p, q, rk: group.g2.encode(times(secretOf(key))) });
}

type Table = { readonly q: Bytes; readonly times: (k: Scalar) => G2 };
const tables = new WeakMap<Grantee, Table>();

/** A grant has many scopes, and its Q is multiplied for each. */
function tableOf({ g2 }: Group, grantee: Grantee): Table {
  let table = tables.get(grantee);
  if (!table) {
    table = { q: g2.encode(grantee.q), times: g2.fixed(grantee.q) };
    tables.set(grantee, table);
  }
  return table;
}

/**
 * Opens what was sealed for one's own scope: Eᵏ = e(C₁, g₂^{1/a}).
 *
 * @returns the message, or `null` when it does not open, for whatever reason
 * @throws {TypeError} when the scope's key was put away, or on a malformed K_pq
 */
export function openOwn(group: Group, key: ScopeKey, context: Bytes, sealed: Bytes, { pq }: { readonly pq?: Bytes } = {}): Bytes | null {
  const { g1, g2, pair } = group;
  const inverted = g2.mulGenerator(secretOf(key));
  checkPq(pq);
  return attempt(() => {
    const parts = decodeSealed(sealed);
    return openUnder(group, key, context, parts, pair([[g1.decode(parts.c1), inverted]]), pq);
  });
}
