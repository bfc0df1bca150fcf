/**
 * KP-ABE, the authority's part: FABEO (Riepel, Wee, CCS 2022, ePrint 2022/1415, §4), in Type III groups.
 *
 * | here | paper | |
 * |---|---|---|
 * | α | α | the master secret of a domain |
 * | A | e(g₁,g₂)^α | its public key |
 * | H(x) | | attribute x as a point of G1 |
 * | ρ(i), λᵢ, o(i) | π, (α‖**v**)Mᵢ, ρ | attribute, share and occurrence of row i |
 *
 * [Note: One r per occurrence] The authors' code shares one r among all rows and forbids repeated attributes, which
 * its parser does not enforce. With one r, `A and (A or B)` falls to someone who holds B alone: D₁·D₂⁻¹·D₃² is
 * g₁^α·H(B)^{2r}. Here the j-th row of an attribute uses r_j; for τ occurrences a key has τ elements in G2
 * (`fabeo.test.ts` runs the attack against both).
 *
 * @module
 */
import { type Bytes, equalPublic, wipe } from '../algebra/bytes.ts';
import { decodeScalar, encodeScalar, type Group, randomScalar, type Scalar } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { targetBase } from '../algebra/target.ts';
import { evaluate, polynomialThrough } from '../algebra/threshold.ts';
import { attributePower } from './attribute.ts';
import {
  asFormula,
  decodeDomain,
  decodeMaster,
  domainId,
  encodeDomain,
  encodeIssuers,
  encodeKey,
  encodeMaster,
  encodeShare,
  isDomainName,
  type KeyParts,
} from './encoding.ts';
import type { Formula } from './formula.ts';
import { occurrences, rowsOf, share } from './shares.ts';

/**
 * Sets up a domain.
 *
 * @param name for people to read, 1 to 255 bytes of normalised text; part of the domain's id
 * @returns `master`, secret, 32 bytes of α under a header; `domain`, public, A and the name under a header
 * @throws {TypeError} on an unusable name
 *
 * @example
 * ```ts
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { utf8 } from '@carelet/crypto/algebra/bytes';
 * import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
 * import { seal } from '@carelet/crypto/kp-abe/owner';
 * import { open } from '@carelet/crypto/kp-abe/reader';
 * const group = await loadGroup('mcl');
 * const { master, domain } = setup(group, 'St. Elsewhere');
 * const key = keygen(group, master, 'role:cardio and (t:2026 or t:always)');
 * const sealed = seal(group, [{ domain }], ['role:cardio', 't:2026'], utf8('chart 7'), utf8('72 bpm'));
 * open(group, domain, key, utf8('chart 7'), sealed); // utf8('72 bpm')
 * ```
 */
export function setup(group: Group, name: string, random: Random = systemRandom): { master: Bytes; domain: Bytes } {
  if (!isDomainName(name)) throw new TypeError('a domain name is 1 to 255 bytes of normalised text');
  const { g1, g2, gt, pair } = group;
  const alpha = randomScalar(random);
  const a = gt.encode(pair([[g1.mulGenerator(alpha), g2.generator]]));
  const id = domainId(name, a);
  const alphaBytes = encodeScalar(alpha);
  const master = encodeMaster({ id, alpha: alphaBytes });
  wipe(alphaBytes);
  return { master, domain: encodeDomain({ id, name, a }) };
}

/**
 * Issues a key for a policy: K_j = g₂^{r_j}, D_i = g₁^{λᵢ} · H(ρ(i))^{r_{o(i)}}.
 *
 * @param formula its text or its tree, at most 256 attributes and 16 gates deep
 * @returns the key, secret: 48 bytes a row and 96 an occurrence, with the policy and the domain's id in the open
 * @throws {TypeError} on a malformed master or formula
 */
export function keygen(group: Group, master: Bytes, formula: Formula | string, random: Random = systemRandom): Bytes {
  const policy = asFormula(formula);
  const { id, alpha } = decodeMaster(master);
  const secret = decodeScalar(alpha);
  if (secret === 0n) throw new TypeError('not a master');
  return encodeKey({ id, formula: policy, ...elementsUnder(group, secret, policy, random) });
}

/**
 * Gives a domain that was set up whole to issuers who run apart: its master in shares. What was sealed for it stays as it is;
 * whoever had the master erases it. Unlike a generated secret, this one was once known in one place.
 *
 * @param issuers how many there are, and how many of them are needed
 * @throws {TypeError} on a malformed master or domain, and on a master of another domain
 */
export function shareOut(
  group: Group,
  domain: Bytes,
  master: Bytes,
  { issuers, needed }: { readonly issuers: number; readonly needed: number },
  random: Random = systemRandom,
): { issuers: Bytes; shares: Bytes[] } {
  const { id, alpha } = decodeMaster(master);
  const { power } = targetBase(group);
  const secret = decodeScalar(alpha);
  const { id: of, a } = decodeDomain(domain);
  if (!equalPublic(id, of) || !equalPublic(group.gt.encode(power(secret)), a)) throw new TypeError('not the master of this domain');
  const polynomial = polynomialThrough(secret, needed, random);
  const shares = Array.from({ length: issuers }, (_, i) => evaluate(polynomial, BigInt(i + 1)));
  return {
    issuers: encodeIssuers({ id, needed, a: shares.map((share) => group.gt.encode(power(share))) }),
    shares: shares.map((share, i) => encodeShare({ id, issuer: i + 1, alpha: encodeScalar(share) })),
  };
}

/** The elements of a key for a policy, under a master or a share of one. */
export function elementsUnder(group: Group, secret: Scalar, policy: Formula, random: Random): Pick<KeyParts, 'k' | 'd'> {
  const { g1, g2 } = group;
  const rows = rowsOf(policy);
  const shares = share(policy, secret, random);
  const r = Array.from({ length: occurrences(rows) }, () => randomScalar(random));
  const k = r.map((rj) => g2.encode(g2.mulGenerator(rj)));
  const d = rows.map(({ attribute, occurrence }, i) => {
    const shared = g1.mulGenerator(shares[i]!);
    return g1.encode(g1.add(shared, attributePower(group, attribute, r[occurrence - 1]!)));
  });
  return { k, d };
}
