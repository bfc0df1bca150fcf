/**
 * Consent for a named doctor, the cloud's part: it turns what was sealed for a patient's scope into what only one doctor
 * opens, and opens nothing itself.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import type { G1, G2, Group } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { weight } from '../algebra/weight.ts';
import { decodeRekey, decodeSealed, type RekeyParts } from './encoding.ts';

export { rekeyLength, scopeId } from './encoding.ts';

/** A re-encryption key that was checked. It shows whose it is: its grant, P of its scope, and Q. */
export class Rekey extends Holder<G2> {
  readonly grant: Bytes;
  readonly p: Bytes;
  readonly q: Bytes;

  /** @param rk as a point */
  constructor(grant: Bytes, p: Bytes, q: Bytes, rk: G2) {
    super(rk);
    this.grant = grant;
    this.p = p;
    this.q = q;
  }
}

/**
 * Reads re-encryption keys and checks that each leads from its P to its Q: e(P, rk) = e(g₁, Q). Do this once, when they arrive.
 *
 * Whether the patient wanted it is the business of the consent she signed; whether Q holds a mediator's factor, hers
 * (`vouched.ts`).
 *
 * @returns `null` for each that is none
 */
export function openRekeys(group: Group, keys: readonly Bytes[], random: Random = systemRandom): (Rekey | null)[] {
  const read = keys.map((bytes) => attempt(() => decodePoints(group, bytes)));
  const whole = read.filter((one) => one !== null);
  const allLead = leads(group, whole, random);
  return read.map((one) => (one && (allLead || leads(group, [one], random)) ? ready(one) : null));
}

/** Reads one re-encryption key; see `openRekeys`. */
export const openRekey = (group: Group, bytes: Bytes, random: Random = systemRandom): Rekey | null =>
  openRekeys(group, [bytes], random)[0]!;

/** Reads a re-encryption key that was checked before, and was kept where nobody else writes. */
export const openKeptRekey = (group: Group, bytes: Bytes): Rekey | null =>
  attempt(() => {
    const parts = decodeRekey(bytes);
    return ready({ ...parts, point: group.g2.decode(parts.rk) });
  });

type Points = RekeyParts & { readonly point: G2; readonly from: G1; readonly to: G2 };

function decodePoints({ g1, g2 }: Group, bytes: Bytes): Points {
  const parts = decodeRekey(bytes);
  return { ...parts, point: g2.decode(parts.rk), from: g1.decode(parts.p), to: g2.decode(parts.q) };
}

const ready = ({ grant, p, q, point }: RekeyParts & { readonly point: G2 }): Rekey => new Rekey(grant, p, q, point);

/** All equations at once, under random weights: Π e(Pᵢ, rkᵢ)^{ρᵢ} = e(g₁, Σ ρᵢQᵢ). */
function leads({ g1, g2, gt, pair }: Group, keys: readonly Points[], random: Random): boolean {
  const weights = keys.map(() => weight(random));
  const sum = g2.sum(
    keys.map(({ to }) => to),
    weights,
  );
  const pairs = keys.map(({ from, point }, i): [G1, G2] => [g1.mul(from, weights[i]!), point]);
  return gt.equal(pair([...pairs, [g1.neg(g1.generator), sum]]), gt.one);
}

/**
 * T = e(C₁, rk) = E^{bk}, 576 bytes, for the mediator.
 *
 * @returns `null` when the text is malformed or of another scope
 * @throws {TypeError} when the key was put away
 */
export function reencrypt({ g1, gt, pair }: Group, key: Rekey, sealed: Bytes): Bytes | null {
  const rk = secretOf(key);
  return attempt(() => {
    const { p, c1 } = decodeSealed(sealed);
    return equalPublic(p, key.p) ? gt.encode(pair([[g1.decode(c1), rk]])) : null;
  });
}

/** P of a sealed text: which scope's keys apply to it. Throws a TypeError unless it is one. */
export const scopeOf = (sealed: Bytes): Bytes => decodeSealed(sealed).p;
