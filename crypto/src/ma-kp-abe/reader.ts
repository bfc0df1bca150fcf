/**
 * KP-ABE of several authorities, the reader's part.
 *
 * Refuses with `null`, by one path, whatever is wrong. She believes nothing but what follows from the seed she finds:
 * K = A_Jˢ, C₀ = g₂ˢ and C_J = Y_Jˢ.
 *
 * @module
 */
import { type Bytes, equal, equalPublic, wipe, xor } from '../algebra/bytes.ts';
import { checkPq, openBody } from '../algebra/dem.ts';
import { decodeScalar, type G1, type G2, type Group, type GT, type Scalar } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { decapsulationPairs, type KeyElements } from '../kp-abe/decapsulate.ts';
import { decodeFactor } from '../kp-abe/encoding.ts';
import { standsOn } from '../kp-abe/keycheck.ts';
import { decodeKey, decodeSealed, type SealedParts, type SetParts } from './encoding.ts';
import { bodyHash, demLabel, encapsulated, maskFrom, openingHash, seedScalar } from './hybrid.ts';
import { personPoint } from './person.ts';
import { type Authority, readSecurityDomain, type SecurityDomain } from './security-domain.ts';

type Secrets = { readonly group: Group; readonly domain: Bytes; readonly elements: readonly KeyElements[] };

/** One person's keys of all authorities of a security domain, decoded and checked. */
export class Keys extends Holder<Secrets> {
  /** Whose they are. */
  readonly gid: Bytes;

  constructor(gid: Bytes, secrets: Secrets) {
    super(secrets);
    this.gid = gid;
  }
}

/**
 * Decodes the keys a person has of a security domain's authorities, and checks each against its authority: do this once.
 *
 * @param keys one of each authority, in any order
 * @returns `null` when one is missing, malformed, another person's or not sound
 * @throws {TypeError} on a malformed domain or number
 */
export function openKeys(group: Group, domain: Bytes, gid: Bytes, keys: readonly Bytes[], random: Random = systemRandom): Keys | null {
  const joint = readSecurityDomain(group, domain);
  const base = personalBase(group, gid);
  return attempt(() => {
    const parts = keys.map((bytes) => decodeKey('key', bytes));
    if (parts.length !== joint.authorities.length || parts.some((key) => !equalPublic(key.gid, gid))) return null;
    const elements = joint.authorities.map((authority) => {
      const key = parts.find(({ id }) => equalPublic(id, authority.id));
      if (!key) return null;
      const { formula, rows, k, d } = key;
      const decoded = { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) };
      return standsOn(group, decoded, base(authority), random) ? decoded : null;
    });
    if (!elements.every((one) => one !== null)) return null;
    return new Keys(gid, { group, domain: joint.id, elements });
  });
}

export type OpenOptions = {
  /** The domain's K_pq, if it was sealed with any. */
  readonly pq?: Bytes;
  /** Also recompute every C_x of the domain's set, used or not. */
  readonly strict?: boolean;
};

/**
 * Opens a sealed text: K = Π_j (what the key of j gives) · e(H(gid), C_J)⁻¹.
 *
 * @param domain the one the keys were opened for
 * @param context as when sealing
 * @returns the message, or `null` when it does not open, for whatever reason
 * @throws {TypeError} on a malformed domain or K_pq, or keys that were put away
 */
export function open(group: Group, domain: Bytes, keys: Keys, context: Bytes, sealed: Bytes, options: OpenOptions = {}): Bytes | null {
  checkPq(options.pq);
  const joint = readSecurityDomain(group, domain);
  const held = secretOf(keys);
  if (held.group !== group || !equalPublic(held.domain, joint.id))
    throw new TypeError('the keys were opened for another domain or backend');
  return attempt(() => {
    const parts = decodeSealed(sealed);
    const set = setOf(parts, joint);
    if (!set) return null;
    const given = held.elements.map((key) => decapsulationPairs(group, key, { attributes: parts.attributes, c0: set.c0, c: set.c }));
    if (!given.every((pairs) => pairs !== null)) return null;
    const k = group.pair([...given.flat(), personPair(group, keys.gid, set)]);
    return unmask(group, joint, k, context, parts, set, options);
  });
}

/**
 * Finishes what cloud and mediator began: K = Π_j (T_j^{z_{j,m}})^{z_{j,d}} · e(H(gid), C_J)⁻¹, then as `open`.
 *
 * @param factors the person's, one of each authority
 * @param answers what the mediator gave back, in the order of the factors
 * @returns the message, or `null` when it does not open, for whatever reason: a lying cloud or mediator among them
 * @throws {TypeError} on a malformed domain, number, factor or K_pq: the reader's own
 */
export function finish(
  group: Group,
  domain: Bytes,
  gid: Bytes,
  factors: readonly Bytes[],
  answers: readonly Bytes[],
  context: Bytes,
  sealed: Bytes,
  options: OpenOptions = {},
): Bytes | null {
  checkPq(options.pq);
  const joint = readSecurityDomain(group, domain);
  const held = factors.map(readFactor);
  if (answers.length !== held.length) throw new TypeError('an answer for each factor');
  personPoint(group, gid);
  const { gt } = group;
  const complete =
    held.length === joint.authorities.length &&
    joint.authorities.every((authority) => held.some(({ id }) => equalPublic(id, authority.id)));
  return attempt(() => {
    const parts = decodeSealed(sealed);
    const set = setOf(parts, joint);
    if (!set || !complete) return null;
    const given = held.map(({ z }, i) => gt.expSecret(gt.decode(answers[i]!), z));
    const k = given.reduce(gt.mul, group.pair([personPair(group, gid, set)]));
    return unmask(group, joint, k, context, parts, set, options);
  });
}

/**
 * KeyCheck of a key that is never whole: whether what an authority gave to cloud, mediator and doctor belongs together.
 *
 * @param answer what the mediator made of the transformation key's base (`Transformer.base` at the cloud)
 * @throws {TypeError} on malformed bytes of the doctor's own
 */
export function factorCheck(group: Group, domain: Bytes, gid: Bytes, factor: Bytes, answer: Bytes): boolean {
  const { gt } = group;
  const { id, z } = readFactor(factor);
  const authority = readSecurityDomain(group, domain).authorities.find((one) => equalPublic(one.id, id));
  const base = personalBase(group, gid);
  if (!authority) return false;
  return attempt(() => gt.equal(gt.expSecret(gt.decode(answer), z), base(authority))) ?? false;
}

/** What a sound key of an authority comes to for this person: A_j · e(H(gid), Y_j). */
function personalBase(group: Group, gid: Bytes): (authority: Authority) => GT {
  const point = personPoint(group, gid);
  return ({ a, y }) => group.gt.mul(a, group.pair([[point, y]]));
}

/** What takes the person out of what her keys give: e(H(gid), C_J)⁻¹. */
const personPair = (group: Group, gid: Bytes, { cj }: SetParts): [G1, G2] => [group.g1.neg(personPoint(group, gid)), group.g2.decode(cj)];

const setOf = ({ sets }: SealedParts, { id }: SecurityDomain): SetParts | undefined => sets.find((set) => equalPublic(set.id, id));

/** The FO check around K: K, C₀ and C_J must follow from the seed that K gives. */
function unmask(
  group: Group,
  joint: SecurityDomain,
  k: GT,
  context: Bytes,
  parts: SealedParts,
  set: SetParts,
  { pq, strict = false }: OpenOptions,
): Bytes | null {
  const mask = maskFrom(group, k, joint.id, pq);
  const m = xor(set.mask, mask);
  const h0 = openingHash(
    parts.sets.map(({ id }) => id),
    parts.attributes,
    context,
  );
  const s = seedScalar(m, h0, joint.id);
  const again = encapsulated(group, joint, strict ? parts.attributes : [], s);
  const honest =
    group.gt.equal(joint.power(s), k) && equal(again.c0, set.c0) && equal(again.cj, set.cj) && (!strict || equal(again.c, set.c));
  const message = honest ? openBody(demLabel, m, bodyHash(h0, parts.sets), parts.dem) : null;
  wipe(m, mask);
  return message;
}

function readFactor(bytes: Bytes): { readonly id: Bytes; readonly z: Scalar } {
  const { id, z } = decodeFactor(bytes, 'doctor');
  const secret = decodeScalar(z);
  if (secret === 0n) throw new TypeError('not a factor');
  return { id, z: secret };
}
