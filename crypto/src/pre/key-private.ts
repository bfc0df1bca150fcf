/**
 * The key-private variant: a cloud that re-encrypts does not learn from its keys who lets whom read (Ateniese, Benson,
 * Hohenberger, CT-RSA 2009), in Type III groups. Suite 2, behind a flag: whoever wants it says what it lacks.
 *
 * | here | |
 * |---|---|
 * | a₁, a₂ | a person's secrets |
 * | Z^{a₁}, g₁^{a₂} | her public key, Z = e(g₁, g₂) |
 * | rk = (g₁^{b₂(a₁+r)}, g₂^r, Z^{b₂w}, Z^w) | looks random: r and w are fresh |
 * | (α, β, γ) = (g₁^k, g₂^k, M·Z^{a₁k}) | a text |
 * | (x, y) = (Z^{b₂(a₁+r)k + b₂ww'}, M·Z^{(a₁+r)k + ww'}) | what the cloud makes of it, with a fresh w' |
 *
 * [Note: Why it is not the ordinary way] Its texts are secure against chosen plaintexts only, its keys have 1.3 kB, and it
 * takes twice the time. Our cloud authenticates both sides anyway, so it learns from requests what the keys hide. It
 * pays where a cloud serves people it does not know. Here all parties stand in one file, for whoever wants to study it;
 * a service that ran it would get a module of its own.
 *
 * @module
 */
import { type Bytes, cbor, wipe } from '../algebra/bytes.ts';
import { openBody, sealBody } from '../algebra/dem.ts';
import { decodeScalar, encodeScalar, type Group, type GT, randomScalar, reduce } from '../algebra/group.ts';
import { hashOf, hkdf } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt, fields, isBytes, malformed } from '../algebra/strict.ts';
import { targetBase } from '../algebra/target.ts';
import { inverseOfSecret } from '../algebra/threshold.ts';

const suite = 2;

const label = {
  secret: 'carelet/v1/sharing/key-private-secret',
  person: 'carelet/v1/sharing/key-private-person',
  rekey: 'carelet/v1/sharing/key-private-rekey',
  sealed: 'carelet/v1/sharing/key-private',
  turned: 'carelet/v1/sharing/key-private-turned',
  dem: 'carelet/v1/sharing/key-private-dem',
} as const;

/** What whoever wants this variant has to say. */
export type KeyPrivateFlag = {
  /** Its texts hold against who chooses plaintexts, and not against who has texts of her choice opened. */
  readonly chosenPlaintextsOnly: true;
};

/**
 * The variant, for whoever knows what it lacks.
 *
 * @throws {TypeError} without its flag
 *
 * @example
 * ```ts
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { keyPrivate } from '@carelet/crypto/pre/key-private';
 * const group = await loadGroup('mcl');
 * const { keygen, seal, rekey, reencrypt, open } = keyPrivate({ chosenPlaintextsOnly: true });
 * const [ada, chen] = [keygen(group), keygen(group)];
 * const context = new Uint8Array([1]);
 * const sealed = seal(group, ada.person, context, new Uint8Array([72]));
 * const turned = reencrypt(group, rekey(group, ada.secret, chen.person), sealed);
 * open(group, chen.secret, context, turned!)?.join(); // '72'
 * ```
 */
export function keyPrivate({ chosenPlaintextsOnly }: KeyPrivateFlag) {
  if (chosenPlaintextsOnly !== true) throw new TypeError('the key-private variant holds against chosen plaintexts only: say so to use it');
  return { keygen, seal, rekey, reencrypt, openOwn, open };
}

/** Makes a person's keys: `secret` a₁, a₂; `person`, public, Z^{a₁} and g₁^{a₂}. */
function keygen(group: Group, random: Random = systemRandom): { secret: Bytes; person: Bytes } {
  const { g1, gt } = group;
  const [a1, a2] = [randomScalar(random), randomScalar(random)];
  return {
    secret: cbor([label.secret, suite, encodeScalar(a1), encodeScalar(a2)]),
    person: cbor([label.person, suite, gt.encode(targetBase(group).power(a1)), g1.encode(g1.mulGenerator(a2))]),
  };
}

/**
 * The owner's: seals for herself.
 *
 * @throws {TypeError} on a malformed public key
 */
function seal(group: Group, person: Bytes, context: Bytes, message: Bytes, random: Random = systemRandom): Bytes {
  const { g1, g2, gt } = group;
  const { za } = readPerson(group, person);
  const [k, t] = [randomScalar(random), randomScalar(random)];
  const m = targetBase(group).power(t);
  const [alpha, beta] = [g1.encode(g1.mulGenerator(k)), g2.encode(g2.mulGenerator(k))];
  const gamma = gt.encode(gt.mul(m, gt.expSecret(za, k)));
  return cbor([label.sealed, suite, alpha, beta, gamma, sealUnder(group, m, context, message)]);
}

/**
 * The owner's: a key by which a cloud turns her texts into another's. Two keys for the same other look unlike.
 *
 * @throws {TypeError} on a malformed secret or public key
 */
function rekey(group: Group, secret: Bytes, to: Bytes, random: Random = systemRandom): Bytes {
  const { g1, g2, gt, pair } = group;
  const { a1 } = readSecret(secret);
  const { gb } = readPerson(group, to);
  const [r, w] = [randomScalar(random), randomScalar(random)];
  const zb = pair([[gb, g2.generator]]);
  const first = g1.encode(g1.mulSecret(gb, reduce(a1 + r)));
  const third = gt.encode(gt.expSecret(zb, w));
  return cbor([label.rekey, suite, first, g2.encode(g2.mulGenerator(r)), third, gt.encode(targetBase(group).power(w))]);
}

/**
 * The cloud's: turns a text. First it makes sure that α and β hold the same k, e(α, g₂) = e(g₁, β): with two different
 * ones its answers would say something of a₁ and r.
 *
 * @returns `null` when text or key is malformed
 */
function reencrypt(group: Group, key: Bytes, sealed: Bytes, random: Random = systemRandom): Bytes | null {
  const { g1, g2, gt, pair } = group;
  return attempt(() => {
    const [r1, r2, r3, r4] = fields(key, label.rekey, suite, 4, 'a key-private key');
    if (!isBytes(r1, 48) || !isBytes(r2, 96) || !isBytes(r3, 576) || !isBytes(r4, 576)) throw malformed('a key-private key');
    const { alpha: a, beta: b, gamma, dem } = readSealed(sealed);
    const [alpha, beta] = [g1.decode(a), g2.decode(b)];
    const product = pair([
      [alpha, g2.generator],
      [g1.neg(g1.generator), beta],
    ]);
    if (!gt.equal(product, gt.one)) return null;
    const w = randomScalar(random);
    const x = gt.mul(pair([[g1.decode(r1), beta]]), gt.expSecret(gt.decode(r3), w));
    const y = gt.mul(gt.mul(gt.decode(gamma), pair([[alpha, g2.decode(r2)]])), gt.expSecret(gt.decode(r4), w));
    return cbor([label.turned, suite, gt.encode(x), gt.encode(y), dem]);
  });
}

/**
 * The owner's: opens what was sealed for her, M = γ / e(α, g₂)^{a₁}.
 *
 * @returns the message, or `null`
 * @throws {TypeError} on a malformed secret
 */
function openOwn(group: Group, secret: Bytes, context: Bytes, sealed: Bytes): Bytes | null {
  const { g1, g2, gt, pair } = group;
  const { a1 } = readSecret(secret);
  return attempt(() => {
    const { alpha, gamma, dem } = readSealed(sealed);
    const hidden = gt.expSecret(pair([[g1.decode(alpha), g2.generator]]), a1);
    return openUnder(group, gt.mul(gt.decode(gamma), gt.inv(hidden)), context, dem);
  });
}

/**
 * The reader's: opens what was turned for her, M = y / x^{1/b₂}.
 *
 * @returns the message, or `null`
 * @throws {TypeError} on a malformed secret
 */
function open(group: Group, secret: Bytes, context: Bytes, turned: Bytes, random: Random = systemRandom): Bytes | null {
  const { gt } = group;
  const { a2 } = readSecret(secret);
  return attempt(() => {
    const [x, y, dem] = fields(turned, label.turned, suite, 3, 'a turned text');
    if (!isBytes(x, 576) || !isBytes(y, 576) || !isDem(dem)) throw malformed('a turned text');
    const hidden = gt.expSecret(gt.decode(x), inverseOfSecret(a2, random));
    return openUnder(group, gt.mul(gt.decode(y), gt.inv(hidden)), context, dem);
  });
}

function sealUnder({ gt }: Group, m: GT, context: Bytes, message: Bytes): Bytes {
  return underSeed(gt.encode(m), (seed) => sealBody(label.dem, seed, hashOf(label.sealed, suite, context), message));
}

function openUnder({ gt }: Group, m: GT, context: Bytes, dem: Bytes): Bytes | null {
  return underSeed(gt.encode(m), (seed) => openBody(label.dem, seed, hashOf(label.sealed, suite, context), dem));
}

function underSeed<T>(m: Bytes, use: (seed: Bytes) => T): T {
  const seed = hkdf(m, new Uint8Array(), cbor([label.dem]), 32);
  const result = use(seed);
  wipe(m, seed);
  return result;
}

function readSecret(bytes: Bytes) {
  const [a1, a2] = fields(bytes, label.secret, suite, 2, 'a key-private secret');
  if (!isBytes(a1, 32) || !isBytes(a2, 32)) throw malformed('a key-private secret');
  return { a1: decodeScalar(a1), a2: decodeScalar(a2) };
}

function readPerson({ g1, gt }: Group, bytes: Bytes) {
  const [za, gb] = fields(bytes, label.person, suite, 2, 'a key-private person');
  if (!isBytes(za, 576) || !isBytes(gb, 48)) throw malformed('a key-private person');
  return { za: gt.decode(za), gb: g1.decode(gb) };
}

function readSealed(bytes: Bytes) {
  const [alpha, beta, gamma, dem] = fields(bytes, label.sealed, suite, 4, 'a sealed text');
  if (!isBytes(alpha, 48) || !isBytes(beta, 96) || !isBytes(gamma, 576) || !isDem(dem)) throw malformed('a sealed text');
  return { alpha, beta, gamma, dem };
}

const isDem = (value: unknown): value is Bytes => value instanceof Uint8Array && value.length >= 16;
