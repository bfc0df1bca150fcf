/**
 * KP-ABE, the part of one of several issuers: it holds a share of a domain's master, and no key comes of it alone.
 *
 * No key that opens by itself exists anywhere (kp-abe.md §4): issuer t draws z_t = z_{t,d} · z_{t,m} and makes
 *
 * - for the cloud a transformation key, which is exactly a FABEO key under α_t/z_t: without z_t it opens nothing;
 * - for the doctor the factor z_{t,d}, for the mediator the factor z_{t,m}.
 *
 * Then it takes `needed` issuers, the cloud, the mediator and the doctor to open one text.
 *
 * @module
 */
import { type Bytes, equalPublic, wipe } from '../algebra/bytes.ts';
import type { Conclusion } from '../algebra/generation.ts';
import { decodeScalar, encodeScalar, type Group, type GT, randomScalar, reduce } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { targetBase } from '../algebra/target.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';
import { elementsUnder } from './authority.ts';
import { readDomain, readIssuers } from './domain.ts';
import {
  asFormula,
  decodeShare,
  domainId,
  encodeDomain,
  encodeFactor,
  encodeIssuers,
  encodeShare,
  encodeTransform,
  type Holder,
  isDomainName,
} from './encoding.ts';
import type { Formula } from './formula.ts';

/** A domain as its issuers made it: public but for the share. */
export type IssuedDomain = {
  readonly domain: Bytes;
  /** How many issuers are needed, and the public keys of their shares. */
  readonly issuers: Bytes;
  /** This issuer's share of α, secret. */
  readonly share: Bytes;
};

/**
 * The domain that a key generation in GT has made (`algebra/generation`), as one of its issuers keeps it.
 *
 * @param name for people to read; part of the domain's id
 * @throws {TypeError} on an unusable name
 */
export function domainFrom(
  { gt }: Group,
  name: string,
  { share, publicKey, publicShares }: Extract<Conclusion<GT>, { kind: 'made' }>,
  { issuer, needed }: { readonly issuer: number; readonly needed: number },
): IssuedDomain {
  if (!isDomainName(name)) throw new TypeError('a domain name is 1 to 255 bytes of normalised text');
  const a = gt.encode(publicKey);
  const id = domainId(name, a);
  return {
    domain: encodeDomain({ id, name, a }),
    issuers: encodeIssuers({ id, needed, a: publicShares.map(gt.encode) }),
    share: encodeShare({ id, issuer, alpha: encodeScalar(share) }),
  };
}

/** What one issuer makes of a policy, each part for somebody else. */
export type IssuedKey = {
  /** For the cloud: not secret from it, and of no use to anybody alone. */
  readonly transform: Bytes;
  /** z_{t,d}, for the doctor alone. */
  readonly doctor: Bytes;
  /** z_{t,m}, for the mediator alone. */
  readonly mediator: Bytes;
};

/**
 * Issues one issuer's part of a key.
 *
 * @param formula the same for every issuer of the key
 * @throws {TypeError} on a malformed share or formula
 */
export function issue(group: Group, share: Bytes, formula: Formula | string, random: Random = systemRandom): IssuedKey {
  const policy = asFormula(formula);
  const { id, issuer, alpha } = decodeShare(share);
  const [forDoctor, forMediator] = [randomScalar(random), randomScalar(random)];
  const secret = reduce(decodeScalar(alpha) * inverseOfSecret(reduce(forDoctor * forMediator), random));
  if (secret === 0n) throw new TypeError('not a share');
  const factor = (holder: Holder, k: bigint): Bytes => {
    const z = encodeScalar(k);
    const encoded = encodeFactor({ id, issuer, holder, z });
    wipe(z);
    return encoded;
  };
  return {
    transform: encodeTransform({ id, issuer, formula: policy, ...elementsUnder(group, secret, policy, random) }),
    doctor: factor('doctor', forDoctor),
    mediator: factor('mediator', forMediator),
  };
}

/**
 * Whether a share is this issuer's of this domain: for one that was handed over, not generated.
 *
 * @throws {TypeError} on malformed bytes, and on issuers that are not of this domain
 */
export function holdsShare(group: Group, domain: Bytes, issuers: Bytes, share: Bytes, issuer: number): boolean {
  const { id, issuer: of, alpha } = decodeShare(share);
  const expected = readIssuers(group, domain, issuers)[issuer - 1];
  const own = of === issuer && equalPublic(id, readDomain(group, domain).id);
  return own && expected !== undefined && group.gt.equal(targetBase(group).power(decodeScalar(alpha)), expected);
}
