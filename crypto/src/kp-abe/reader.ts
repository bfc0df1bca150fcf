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
import { type G1, type G2, type Group, reduce, type Scalar } from '../algebra/group.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attributePoint, attributePower } from './attribute.ts';
import { decapsulate, type KeyElements } from './decapsulate.ts';
import { type Domain, readDomain } from './domain.ts';
import { decodeKey, decodeSealed, type SealedParts } from './encoding.ts';
import { type Formula, satisfies } from './formula.ts';
import { bodyHash, checkPq, maskFrom, openBody, openingHash, seedScalar } from './hybrid.ts';
import { covering } from './shares.ts';
import { weight } from './weight.ts';

/** A key whose points are decoded, for opening many texts. It shows its policy and never its secrets. */
export class Key {
  /** The id of its domain. */
  readonly domain: Bytes;
  readonly formula: Formula;

  constructor(domain: Bytes, formula: Formula) {
    this.domain = domain;
    this.formula = formula;
  }

  toString(): string {
    return '[SecretKey]';
  }

  /** Forgets the secrets; opening with it throws from then on. */
  [Symbol.dispose](): void {
    secrets.delete(this);
  }
}

// The secrets live beside the object, so that printing or encoding it gives none away.
const secrets = new WeakMap<Key, { readonly group: Group; readonly elements: KeyElements }>();

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
 * KeyCheck: whether a key opens what its policy says, for every row: for sets of rows that each give the secret and
 * together cover all, e(ΠD_i^{ωᵢ}, g₂) · Π_j e(ΠH(ρ(i))^{ωᵢ}, K_j)⁻¹ = A. All equations at once under random weights.
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
  /** The K_pq it was sealed with, if any. */
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
    if (!k) return null;

    const mask = maskFrom(group, k, target.id);
    const m = xor(parts.masks.subarray(32 * place, 32 * (place + 1)), mask);
    const h0 = openingHash(parts, context);
    const s = seedScalar(m, h0);
    // The FO check: K = A_dˢ and C₀ = g₂ˢ force every combination that was used to be honest.
    const honest = group.gt.equal(target.power(s), k) && equal(encapsulated(group, s), parts.c0) && (!strict || allHonest(group, s, parts));
    const message = honest ? openBody(m, bodyHash(h0, parts), pq, parts.dem) : null;
    wipe(m, mask);
    return message;
  });
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
  const key = new Key(id, formula);
  secrets.set(key, { group, elements: { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) } });
  return key;
}

function elementsOf(group: Group, key: Key): KeyElements {
  const held = secrets.get(key);
  if (!held) throw new TypeError('the key was put away');
  if (held.group !== group) throw new TypeError('the key was opened with another backend');
  return held.elements;
}

function checks(group: Group, domain: Domain, key: Key, random: Random): boolean {
  if (!equalPublic(key.domain, domain.id)) return false;
  const { g1, g2, gt, pair } = group;
  const { formula, rows, k, d } = elementsOf(group, key);
  const weights = rows.map(() => 0n);
  let whole = 0n;
  for (const terms of covering(formula)) {
    const rho = weight(random);
    whole += rho;
    for (const { row, coefficient } of terms) weights[row] = reduce(weights[row]! + rho * coefficient);
  }
  const pairs: [G1, G2][] = [[g1.sum(d, weights), g2.generator]];
  k.forEach((kj, j) => {
    const used = rows.flatMap(({ occurrence }, i) => (occurrence === j + 1 ? [i] : []));
    const points = used.map((i) => attributePoint(group, rows[i]!.attribute));
    pairs.push([
      g1.neg(
        g1.sum(
          points,
          used.map((i) => weights[i]!),
        ),
      ),
      kj,
    ]);
  });
  return gt.equal(pair(pairs), gt.exp(domain.a, reduce(whole)));
}

/** `null` where bytes from outside are malformed; anything else goes on being thrown. */
function attempt<T>(work: () => T | null): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
