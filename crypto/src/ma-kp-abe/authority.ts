/**
 * KP-ABE of several authorities, the part of one: a hospital, a licence board, a patient. To open what was sealed for a
 * security domain one needs a key of each of its authorities, all for the same person.
 *
 * Founded on the decentralised KP-ABE that comes with ISABELLA (Riepel, Venema, Verma, CCS 2024), in the form of kp-abe.md §6:
 *
 * | here | |
 * |---|---|
 * | α_j, y_j | an authority's secrets |
 * | A_j = E^{α_j}, Y_j = g₂^{y_j} | its public key, with a proof that it knows both |
 * | gid, H(gid) | a person and her point |
 * | M_{i,1} | first column of the policy's span program |
 * | D_i = g₁^{λᵢ} · H(gid)^{y_j·M_{i,1}} · H(ρ(i))^{r_{o(i)}} | a key: FABEO's, and the person in it |
 *
 * For rows that give the secret Σωᵢ·M_{i,1} = 1, so the person stands in what a key gives exactly once: every key of hers
 * brings e(H(gid), Y_j)^s, and their product is taken away by e(H(gid), C_J) for C_J = (ΠY_j)^s. Of two people's keys
 * something stays behind.
 *
 * @module
 */
import { type Bytes, wipe } from '../algebra/bytes.ts';
import { decodeScalar, encodeScalar, type Group, randomScalar, reduce, type Scalar } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { prove } from '../algebra/schnorr.ts';
import { targetBase } from '../algebra/target.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';
import { elementsUnder } from '../kp-abe/authority.ts';
import { asFormula, encodeFactor, type Holder, isDomainName } from '../kp-abe/encoding.ts';
import type { Formula } from '../kp-abe/formula.ts';
import { firstColumn } from './column.ts';
import { authorityId, decodeMaster, encodeAuthority, encodeKey, encodeMaster, type KeyParts } from './encoding.ts';
import { personPoint } from './person.ts';
import { aboutAuthority, claimsOf, proofLabel } from './security-domain.ts';

/**
 * Sets up an authority.
 *
 * @param name for people to read, 1 to 255 bytes of normalised text; part of its id
 * @returns `master`, secret; `authority`, public, with a proof of both its keys
 * @throws {TypeError} on an unusable name
 *
 * @example
 * ```ts
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { utf8 } from '@carelet/crypto/algebra/bytes';
 * import { systemRandom } from '@carelet/crypto/algebra/random';
 * import { keygen, setup } from '@carelet/crypto/ma-kp-abe/authority';
 * import { seal } from '@carelet/crypto/ma-kp-abe/owner';
 * import { open, openKeys } from '@carelet/crypto/ma-kp-abe/reader';
 * import { joinAuthorities } from '@carelet/crypto/ma-kp-abe/security-domain';
 *
 * const group = await loadGroup('mcl');
 * const [hospital, emergency] = [setup(group, 'Northgate'), setup(group, 'Emergency board')];
 * const domain = joinAuthorities('break-glass', [hospital.authority, emergency.authority]);
 * const sealed = seal(group, [{ domain }], ['part:MI', 'on:duty'], utf8('node 7'), utf8('a node key'));
 *
 * const chen = systemRandom(16);
 * const keys = [keygen(group, hospital.master, chen, 'part:MI'), keygen(group, emergency.master, chen, 'on:duty')];
 * open(group, domain, openKeys(group, domain, chen, keys)!, utf8('node 7'), sealed); // utf8('a node key')
 * ```
 */
export function setup(group: Group, name: string, random: Random = systemRandom): { master: Bytes; authority: Bytes } {
  if (!isDomainName(name)) throw new TypeError('an authority has a name of 1 to 255 bytes of normalised text');
  const [alpha, y] = [randomScalar(random), randomScalar(random)];
  const [powerA, powerY] = [targetBase(group).power(alpha), group.g2.mulGenerator(y)];
  const keys = { name, a: group.gt.encode(powerA), y: group.g2.encode(powerY) };
  const id = authorityId(keys);
  const proof = prove(proofLabel, aboutAuthority(name), claimsOf(group, powerA, powerY), [alpha, y], random);
  const [alphaBytes, yBytes] = [encodeScalar(alpha), encodeScalar(y)];
  const master = encodeMaster({ id, alpha: alphaBytes, y: yBytes });
  wipe(alphaBytes, yBytes);
  return { master, authority: encodeAuthority({ id, ...keys, proof }) };
}

/**
 * Issues a whole key to a person.
 *
 * @param gid 16 bytes, the person's number, the same at every authority
 * @throws {TypeError} on a malformed master, number or formula
 */
export function keygen(group: Group, master: Bytes, gid: Bytes, formula: Formula | string, random: Random = systemRandom): Bytes {
  const policy = asFormula(formula);
  const { id, alpha, y } = readMaster(master);
  return encodeKey('key', { id, gid, formula: policy, ...personalElements(group, { alpha, y }, gid, policy, random) });
}

/** What an authority makes of a policy, each part for somebody else. */
export type IssuedKey = {
  /** For the cloud: not secret from it, and of no use to anybody alone. */
  readonly transform: Bytes;
  /** z_d, for the person alone. */
  readonly doctor: Bytes;
  /** z_m, for the mediator alone, who uses it as any other (`kp-abe/mediator`). */
  readonly mediator: Bytes;
};

/**
 * Issues a key that is never whole: every element to the power of 1/z, for a z = z_d · z_m of which doctor and mediator get
 * a factor each. It is exactly a key under α/z and y/z. Each authority draws its own z; what is left to take away in the
 * end, e(H(gid), C_J), is public, and the doctor does it (`finish`).
 *
 * @throws {TypeError} on a malformed master, number or formula
 */
export function issue(group: Group, master: Bytes, gid: Bytes, formula: Formula | string, random: Random = systemRandom): IssuedKey {
  const policy = asFormula(formula);
  const { id, alpha, y } = readMaster(master);
  const [forDoctor, forMediator] = [randomScalar(random), randomScalar(random)];
  const inverse = inverseOfSecret(reduce(forDoctor * forMediator), random);
  const blinded = { alpha: reduce(alpha * inverse), y: reduce(y * inverse) };
  const factor = (holder: Holder, k: Scalar): Bytes => {
    const z = encodeScalar(k);
    const encoded = encodeFactor({ id, issuer: 1, holder, z });
    wipe(z);
    return encoded;
  };
  return {
    transform: encodeKey('transform', { id, gid, formula: policy, ...personalElements(group, blinded, gid, policy, random) }),
    doctor: factor('doctor', forDoctor),
    mediator: factor('mediator', forMediator),
  };
}

/** FABEO's elements under α, with H(gid)^{y·M_{i,1}} in each D_i. */
function personalElements(
  group: Group,
  { alpha, y }: { readonly alpha: Scalar; readonly y: Scalar },
  gid: Bytes,
  policy: Formula,
  random: Random,
): Pick<KeyParts, 'k' | 'd'> {
  const { g1 } = group;
  const person = g1.mulSecret(personPoint(group, gid), y);
  const { k, d } = elementsUnder(group, alpha, policy, random);
  const column = firstColumn(policy);
  return { k, d: d.map((element, i) => g1.encode(g1.sum([g1.decode(element), person], [1n, column[i]!]))) };
}

function readMaster(bytes: Bytes): { readonly id: Bytes; readonly alpha: Scalar; readonly y: Scalar } {
  const { id, alpha, y } = decodeMaster(bytes);
  const secrets = { alpha: decodeScalar(alpha), y: decodeScalar(y) };
  if (secrets.alpha === 0n || secrets.y === 0n) throw new TypeError('not a master');
  return { id, ...secrets };
}
