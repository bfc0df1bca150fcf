/**
 * KP-ABE, the reader's part: a doctor with a key.
 *
 * `open` refuses with `null`, by one path, whatever is wrong: another domain, a policy that is not fulfilled, a changed
 * byte, another context, a wrong K_pq. Whether the policy is the reason can be asked before, of public data only, with
 * `satisfied`.
 *
 * @module
 */
import { type Bytes, concat, equal, equalPublic, wipe, xor } from '../algebra/bytes.ts';
import { checkPq } from '../algebra/dem.ts';
import { decodeScalar, encodeScalar, type Group, type GT, reduce, type Scalar } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { lagrangeAtZero } from '../algebra/threshold.ts';
import { attributePower } from './attribute.ts';
import { decapsulate, type KeyElements } from './decapsulate.ts';
import { type Domain, readDomain, readIssuers } from './domain.ts';
import { decodeFactor, decodeKey, decodeSealed, encodeFactor, type SealedParts } from './encoding.ts';
import { type Formula, satisfies } from './formula.ts';
import { maskFrom, openingHash, openText, seedScalar } from './hybrid.ts';
import { standsOn } from './keycheck.ts';

type Secrets = { readonly group: Group; readonly elements: KeyElements };

/** A key whose points are decoded, for opening many texts. It shows its policy and never its secrets. */
export class Key extends Holder<Secrets> {
  /** The id of its domain. */
  readonly domain: Bytes;
  readonly formula: Formula;

  constructor(domain: Bytes, formula: Formula, secrets: Secrets) {
    super(secrets);
    this.domain = domain;
    this.formula = formula;
  }
}

/**
 * Decodes a key and checks it against its domain: do this once, when a key arrives, and open with the result.
 *
 * @returns `null` when the key is malformed, of another domain, or fails `keyCheck`
 * @throws {TypeError} on a malformed domain
 */
export function openKey(group: Group, domain: Bytes, key: Bytes, random: Random = systemRandom): Key | null {
  const target = readDomain(group, domain);
  return attempt(() => {
    const opened = decode(group, key);
    return checks(group, target, opened, random) ? opened : null;
  });
}

/**
 * KeyCheck: whether a key opens what its policy says, for every row: each comes to A (`keycheck`).
 *
 * @throws {TypeError} on a malformed domain
 */
export function keyCheck(group: Group, domain: Bytes, key: Bytes, random: Random = systemRandom): boolean {
  return openKey(group, domain, key, random) !== null;
}

/**
 * Whether a key's policy and domain fit a sealed text: `false` here means *policy not satisfied*, before any
 * mathematics; `true` and a `null` from `open` mean *cannot open*.
 *
 * @throws {TypeError} on malformed bytes
 */
export function satisfied(key: Bytes | Key, sealed: Bytes): boolean {
  const { ids, attributes } = decodeSealed(sealed);
  const { domain, formula } = key instanceof Key ? key : publicPart(key);
  return ids.some((id) => equalPublic(id, domain)) && satisfies(formula, attributes);
}

const publicPart = (key: Bytes): { domain: Bytes; formula: Formula } => {
  const { id, formula } = decodeKey(key);
  return { domain: id, formula };
};

export type OpenOptions = {
  /** The domain's K_pq, if it was sealed with any. */
  readonly pq?: Bytes;
  /** Also recompute every C_x, used or not: for audits, as the light check leaves the unused ones to their maker. */
  readonly strict?: boolean;
};

/**
 * Opens a sealed text.
 *
 * @param domain the domain the key belongs to
 * @param key bytes from `keygen`, or what `openKey` made of them (saves decoding its points every time)
 * @param context as when sealing
 * @returns the message, or `null` when it does not open, for whatever reason
 * @throws {TypeError} on a malformed domain, key or K_pq: the reader's own
 */
export function open(
  group: Group,
  domain: Bytes,
  key: Bytes | Key,
  context: Bytes,
  sealed: Bytes,
  { pq, strict = false }: OpenOptions = {},
): Bytes | null {
  checkPq(pq);
  const target = readDomain(group, domain);
  const opened = key instanceof Key ? key : decode(group, key);
  const elements = elementsOf(group, opened);
  return attempt(() => {
    const parts = decodeSealed(sealed);
    const place = parts.ids.findIndex((id) => equalPublic(id, target.id));
    if (place < 0 || !equalPublic(opened.domain, target.id)) return null;
    const k = decapsulate(group, elements, parts);
    return k && unmask(group, target, k, context, parts, place, { pq, strict });
  });
}

/**
 * Finishes what cloud and mediator began: K = Π_t (T_t^{z_{t,m}})^{z_{t,d} · ℓ_t}, then as `open`.
 *
 * @param factors the doctor's, of as many issuers as are needed
 * @param answers what the mediator gave back, in the order of the factors
 * @returns the message, or `null` when it does not open, for whatever reason: a lying cloud or mediator among them
 * @throws {TypeError} on a malformed domain, factor or K_pq: the reader's own
 *
 * @example
 * ```ts
 * import { text, utf8 } from '@carelet/crypto/algebra/bytes';
 * import { commitmentsInGT, conclude, deal, reveal } from '@carelet/crypto/algebra/generation';
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
 * import { domainFrom, issue } from '@carelet/crypto/kp-abe/issuer';
 * import { mediate } from '@carelet/crypto/kp-abe/mediator';
 * import { seal } from '@carelet/crypto/kp-abe/owner';
 * import { finish } from '@carelet/crypto/kp-abe/reader';
 * const group = await loadGroup('mcl');
 * const generation = { context: new Uint8Array(16), issuers: 3, needed: 2 };
 * const dealt = [1, 2, 3].map((issuer) => deal(commitmentsInGT(group), generation, issuer));
 * const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
 * const made = [1, 2].map((issuer) => {
 *   const heard = dealt.map(({ promise }, i) => ({ promise, opening: shown[i]!.opening, share: shown[i]!.shares[issuer - 1]! }));
 *   const concluded = conclude(commitmentsInGT(group), generation, issuer, heard);
 *   if (concluded.kind === 'blame') throw new Error('somebody cheated');
 *   return domainFrom(group, 'St. Elsewhere', concluded, { issuer, needed: 2 });
 * });
 * const { domain } = made[0]!;
 * const parts = made.map(({ share }) => issue(group, share, 'role:cardio'));
 * const sealed = seal(group, [{ domain }], ['role:cardio'], utf8('a place'), utf8('a node key'));
 * const answers = parts.map((part) => {
 *   const transformed = transform(group, readTransform(group, part.transform)!, sealed)!; // at the cloud
 *   return mediate(group, part.mediator, transformed)!; // at the mediator
 * });
 * const factors = parts.map(({ doctor }) => doctor);
 * text(finish(group, domain, factors, answers, utf8('a place'), sealed)!); // 'a node key'
 * ```
 */
export function finish(
  group: Group,
  domain: Bytes,
  factors: readonly Bytes[],
  answers: readonly Bytes[],
  context: Bytes,
  sealed: Bytes,
  { pq, strict = false }: OpenOptions = {},
): Bytes | null {
  checkPq(pq);
  const target = readDomain(group, domain);
  const held = factors.map((bytes) => readFactor(bytes));
  if (answers.length !== held.length) throw new TypeError('an answer for each factor');
  return attempt(() => {
    const parts = decodeSealed(sealed);
    const place = parts.ids.findIndex((id) => equalPublic(id, target.id));
    if (place < 0 || held.length === 0 || held.some(({ id }) => !equalPublic(id, target.id))) return null;
    if (new Set(held.map(({ issuer }) => issuer)).size < held.length) return null;
    const coefficients = lagrangeAtZero(held.map(({ issuer }) => BigInt(issuer)));
    const { gt } = group;
    const k = held
      .map(({ z }, i) => gt.expSecret(gt.decode(answers[i]!), reduce(z * coefficients[i]!)))
      .reduce((product, power) => gt.mul(product, power));
    return unmask(group, target, k, context, parts, place, { pq, strict });
  });
}

/**
 * KeyCheck of a key that is never whole: whether what an issuer gave to cloud, mediator and doctor belongs together.
 *
 * @param issuers of the domain, checked against it
 * @param answer what the mediator made of the transformation key's base (`Transformer.base` at the cloud)
 * @throws {TypeError} on malformed bytes of the doctor's own
 */
export function factorCheck(group: Group, domain: Bytes, issuers: Bytes, factor: Bytes, answer: Bytes): boolean {
  const { gt } = group;
  const { id, issuer, z } = readFactor(factor);
  const publicShares = readIssuers(group, domain, issuers);
  const expected = publicShares[issuer - 1];
  if (!expected || !equalPublic(id, readDomain(group, domain).id)) return false;
  return attempt(() => gt.equal(gt.expSecret(gt.decode(answer), z), expected)) ?? false;
}

/** A doctor's factor for one login: hers times what the mediator gave her session (`forLogin`). */
export function inSession(factor: Bytes, session: Bytes): Bytes {
  const { id, issuer, z } = readFactor(factor);
  return encodeFactor({ id, issuer, holder: 'doctor', z: encodeScalar(reduce(z * decodeScalar(session))) });
}

/** The FO check around K: K = A_dˢ and C₀ = g₂ˢ force every combination that was used to be honest. */
function unmask(
  group: Group,
  target: Domain,
  k: GT,
  context: Bytes,
  parts: SealedParts,
  place: number,
  { pq, strict }: OpenOptions,
): Bytes | null {
  const mask = maskFrom(group, k, target.id, parts.suite === 2 ? pq : undefined);
  const m = xor(parts.masks.subarray(32 * place, 32 * (place + 1)), mask);
  const h0 = openingHash(parts, context);
  const s = seedScalar(m, h0);
  const honest = group.gt.equal(target.power(s), k) && equal(encapsulated(group, s), parts.c0) && (!strict || allHonest(group, s, parts));
  const message = honest ? openText(parts, m, h0, pq) : null;
  wipe(m, mask);
  return message;
}

function readFactor(bytes: Bytes): { readonly id: Bytes; readonly issuer: number; readonly z: Scalar } {
  const { id, issuer, z } = decodeFactor(bytes, 'doctor');
  const secret = decodeScalar(z);
  if (secret === 0n) throw new TypeError('not a factor');
  return { id, issuer, z: secret };
}

const encapsulated = ({ g2 }: Group, s: Scalar): Bytes => g2.encode(g2.mulGenerator(s));

/** Whether every C_x = H(x)ˢ. */
function allHonest(group: Group, s: Scalar, { attributes, c }: SealedParts): boolean {
  const { g1 } = group;
  return equal(concat(...attributes.map((attribute) => g1.encode(attributePower(group, attribute, s)))), c);
}

/** Decodes the points of a key. */
function decode(group: Group, bytes: Bytes): Key {
  const { id, formula, rows, k, d } = decodeKey(bytes);
  return new Key(id, formula, { group, elements: { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) } });
}

function elementsOf(group: Group, key: Key): KeyElements {
  const held = secretOf(key);
  if (held.group !== group) throw new TypeError('the key was opened with another backend');
  return held.elements;
}

function checks(group: Group, domain: Domain, key: Key, random: Random): boolean {
  return equalPublic(key.domain, domain.id) && standsOn(group, elementsOf(group, key), domain.a, random);
}
