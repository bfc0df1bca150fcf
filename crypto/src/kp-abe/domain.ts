/**
 * A domain's public key, decoded once: checking that A lies in GT and tabulating its powers cost more than a use.
 *
 * @module
 */
import { type Bytes, equalPublic, hex } from '../algebra/bytes.ts';
import { commitmentsInGT, sharesFit } from '../algebra/generation.ts';
import type { Group, GT, Scalar } from '../algebra/group.ts';
import { sha256 } from '../algebra/hash.ts';
import { remembered } from '../algebra/remembered.ts';
import { attempt } from '../algebra/strict.ts';
import { decodeDomain, decodeIssuers, decodeSealed } from './encoding.ts';

/** pk_d: id, name, A, and k ↦ Aᵏ in constant shape. */
export type Domain = { readonly id: Bytes; readonly name: string; readonly a: GT; readonly power: (k: Scalar) => GT };

const domains = remembered<Domain>(16);

/** Reads a domain; the last few are kept. Throws a TypeError on malformed bytes or an A outside GT. */
export function readDomain(group: Group, bytes: Bytes): Domain {
  const { id, name, a: encoded } = decodeDomain(bytes);
  return domains(group, hex(sha256(bytes)), () => {
    const a = group.gt.decode(encoded);
    let table: ((k: Scalar) => GT) | undefined;
    const power = (k: Scalar): GT => {
      table ??= group.gt.fixed(a);
      return table(k);
    };
    return { id, name, a, power };
  });
}

/**
 * The id by which sealed texts, keys and factors name a domain. Does no curve arithmetic.
 *
 * @throws {TypeError} on malformed bytes
 */
export const idOfDomain = (domain: Bytes): Bytes => decodeDomain(domain).id;

/** Whether a text is sealed for the domain of this id and for no other; `false` for what is no sealed text. */
export const isSealedFor = (sealed: Bytes, id: Bytes): boolean =>
  attempt(() => decodeSealed(sealed).ids.every((one) => equalPublic(one, id))) ?? false;

const issuersOf = remembered<readonly GT[]>(16);

/**
 * The public keys of the issuers' shares, once it is known that any so many of them as are needed make A.
 *
 * @throws {TypeError} on malformed bytes, and on issuers that are not of this domain
 */
export function readIssuers(group: Group, domain: Bytes, bytes: Bytes): readonly GT[] {
  return issuersOf(group, hex(sha256(domain)) + hex(sha256(bytes)), () => {
    const { id, a } = readDomain(group, domain);
    const { id: of, needed, a: encoded } = decodeIssuers(bytes);
    const shares = encoded.map(group.gt.decode);
    if (!equalPublic(of, id) || !sharesFit(commitmentsInGT(group), a, shares, needed))
      throw new TypeError('not the issuers of this domain');
    return shares;
  });
}
