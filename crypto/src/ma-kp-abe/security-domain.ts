/**
 * Security domains: sets J of authorities who must all agree, "the hospital and the patient", "the hospital and the licence
 * board", under one name. Li, Yu, Zheng, Ren, Lou (TPDS 24(1), 2013) divide a health record's users so: personal domains
 * with the patient as authority, public ones by roles.
 *
 * A text for J stands under the product of the authorities' keys. So nobody's key is taken without a proof that it knows
 * what is behind: see [Note: Why every public key proves its secret].
 *
 * @module
 */
import { type Bytes, compare, equalPublic, hex } from '../algebra/bytes.ts';
import type { G2, Group, GT, Scalar } from '../algebra/group.ts';
import { sha256 } from '../algebra/hash.ts';
import { remembered } from '../algebra/remembered.ts';
import { claimInCurve, claimInTarget, proves } from '../algebra/schnorr.ts';
import { attempt } from '../algebra/strict.ts';
import { isDomainName } from '../kp-abe/encoding.ts';
import {
  type AuthorityParts,
  decodeAuthority,
  decodeSecurityDomain,
  encodeAuthority,
  encodeSecurityDomain,
  limits,
  securityDomainId,
  suite,
} from './encoding.ts';

/** An authority whose proof was checked. */
export type Authority = { readonly id: Bytes; readonly a: GT; readonly y: G2 };

/** J, with the products A_J = ΠA_j and Y_J = ΠY_j and their powers in constant shape. */
export type SecurityDomain = {
  readonly id: Bytes;
  readonly name: string;
  readonly authorities: readonly Authority[];
  readonly power: (s: Scalar) => GT;
  readonly timesY: (s: Scalar) => G2;
};

/** What an authority's proof is labelled with. */
export const proofLabel = 'carelet/v1/sharing/joint-proof';

/** What an authority's proof is about, and its claims: A = E^α and Y = g₂^y, in one transcript. */
export const aboutAuthority = (name: string) => [suite, name];
export const claimsOf = (group: Group, a: GT, y: G2) => [claimInTarget(group, 0, a), claimInCurve(group.g2, 1, y)];

/** Whether these are an authority's keys, and it proves that it knows what is behind them: asked before one is registered. */
export function provesItsKeys(group: Group, authority: Bytes): boolean {
  return attempt(() => checked(group, decodeAuthority(authority))) !== null;
}

/**
 * Puts authorities under one name.
 *
 * @param name for people to read, 1 to 255 bytes of normalised text; part of the id
 * @param authorities 1 to 8, all different, in any order
 * @throws {TypeError} on an unusable name, or an authority that is malformed or given twice
 */
export function joinAuthorities(name: string, authorities: readonly Bytes[]): Bytes {
  if (!isDomainName(name)) throw new TypeError('a security domain has a name of 1 to 255 bytes of normalised text');
  if (authorities.length === 0 || authorities.length > limits.authorities) throw new TypeError(`1 to ${limits.authorities} authorities`);
  const sorted = authorities.map((bytes) => ({ id: decodeAuthority(bytes).id, bytes })).sort((a, b) => compare(a.id, b.id));
  if (sorted.some(({ id }, i) => i > 0 && equalPublic(id, sorted[i - 1]!.id))) throw new TypeError('an authority is given twice');
  return encodeSecurityDomain({ name, authorities: sorted.map(({ bytes }) => bytes) });
}

/** The id of a security domain, 16 bytes; `null` for what is none. No proof is looked at. */
export const idOfDomain = (bytes: Bytes): Bytes | null =>
  attempt(() => {
    const { name, authorities } = decodeSecurityDomain(bytes);
    return securityDomainId(
      name,
      authorities.map(({ id }) => id),
    );
  });

/** The authorities of a security domain as they were joined, each as bytes. Throws a TypeError on anything else. */
export const authoritiesIn = (bytes: Bytes): Bytes[] => decodeSecurityDomain(bytes).authorities.map(encodeAuthority);

const domains = remembered<SecurityDomain>(16);

/**
 * Reads a security domain; the last few are kept.
 *
 * @throws {TypeError} on malformed bytes, or an authority that does not prove its keys
 */
export function readSecurityDomain(group: Group, bytes: Bytes): SecurityDomain {
  const { name, authorities: parts } = decodeSecurityDomain(bytes);
  return domains(group, hex(sha256(bytes)), () => {
    const { g2, gt } = group;
    const authorities = parts.map((one) => checked(group, one));
    const a = authorities.map((one) => one.a).reduce(gt.mul);
    const y = g2.sum(authorities.map((one) => one.y));
    // Only authorities who conspire come to this; then a text would be open to everybody.
    if (gt.equal(a, gt.one) || g2.isZero(y)) throw new TypeError('keys that cancel one another');
    let tables: Pick<SecurityDomain, 'power' | 'timesY'> | undefined;
    const tabulated = () => {
      tables ??= { power: gt.fixed(a), timesY: g2.fixed(y) };
      return tables;
    };
    const id = securityDomainId(
      name,
      authorities.map((one) => one.id),
    );
    return { id, name, authorities, power: (s) => tabulated().power(s), timesY: (s) => tabulated().timesY(s) };
  });
}

function checked(group: Group, { id, name, a: encodedA, y: encodedY, proof }: AuthorityParts): Authority {
  const [a, y] = [group.gt.decode(encodedA), group.g2.decode(encodedY)];
  if (!proves(proofLabel, aboutAuthority(name), claimsOf(group, a, y), 2, proof))
    throw new TypeError('an authority that does not prove its keys');
  return { id, a, y };
}
