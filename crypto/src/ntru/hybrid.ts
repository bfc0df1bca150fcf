/**
 * NTRU-HPS-821 and X25519 as one KEM: it holds as long as either does.
 *
 * The combiner hashes everything both sides saw, which is why it needs no proof of its own (as Chempat,
 * draft-josefsson-chempat). NTRU's own secret binds neither key nor ciphertext, so a shorter combiner would not do:
 *
 *     ss = SHA3-256(label ‖ ss_ntru ‖ ss_x ‖ SHA3-256(ct_ntru ‖ epk_x) ‖ SHA3-256(pk_ntru ‖ pk_x) ‖ context)
 *
 * All parts but the last have fixed lengths. Key layouts: public pk_ntru 1230 ‖ pk_x 32; secret sk_ntru 1590 ‖
 * sk_x 32 ‖ public key 1262; ciphertext ct_ntru 1230 ‖ epk_x 32.
 *
 * @module
 */
import { sha3_256 } from '@noble/hashes/sha3.js';
import { open, seal, tagLength } from '../algebra/aead.ts';
import { type Bytes, concat, utf8, wipe } from '../algebra/bytes.ts';
import { type DhKey, dh, dhKey, dhPublic } from '../algebra/dh.ts';
import { kdf } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { ntruhps4096821 as ntru } from './index.ts';

const point = 32;

/** Lengths in bytes. */
export const hybridLengths = {
  publicKey: ntru.lengths.publicKey + point,
  secretKey: ntru.lengths.secretKey + point + ntru.lengths.publicKey + point,
  ciphertext: ntru.lengths.ciphertext + point,
  secret: 32,
} as const;

export type HybridKeyPair = { readonly publicKey: Bytes; readonly secretKey: Bytes };

const label = utf8('carelet/v1/ntru/hps4096821-x25519-sha3-256');

/** Makes a key pair: 1262 bytes public, 2884 secret. */
export function hybridKeygen(random: Random = systemRandom): HybridKeyPair {
  const coins = random(ntru.lengths.keygenCoins);
  const post = ntru.keygen(coins);
  const curve = dhKey(random);
  const publicKey = concat(post.publicKey, curve.public);
  const secretKey = concat(post.secretKey, curve.secret, publicKey);
  wipe(coins, post.secretKey);
  return { publicKey, secretKey };
}

/**
 * The public key within a secret one.
 *
 * @throws {TypeError} on a secret key of another length
 */
export function hybridPublic(secretKey: Bytes): Bytes {
  return parts(secretKey).publicKey.slice();
}

/**
 * A secret key from elsewhere, checked whole: an NTRU key that `keygen` could have made, and the public key that
 * belongs to it.
 *
 * @throws {TypeError} when it is not such a key
 */
export function hybridImport(secretKey: Bytes): HybridKeyPair {
  const { post, curve, publicKey } = parts(new Uint8Array(secretKey));
  const whole = concat(ntru.importSecretKey(post).publicKey, dhPublic(curve));
  if (!whole.every((byte, i) => byte === publicKey[i])) throw new TypeError('not a hybrid secret key');
  return { publicKey: whole, secretKey: concat(post, curve, whole) };
}

/**
 * Makes a secret for a public key and the ciphertext that carries it.
 *
 * The NTRU coins are drawn from 32 random bytes together with the key and the context, so that even a generator
 * that repeats itself does not use the same coins for two recipients.
 *
 * @param context what the secret is for; the same bytes are needed to get it back
 * @param ephemeral the X25519 half, to share one among several ciphertexts of the same message
 * @throws {TypeError} on a public key that cannot be one: wrong length, padding, all zero, a point of small order
 */
export function hybridEncapsulate(
  publicKey: Bytes,
  context: Bytes,
  random: Random = systemRandom,
  ephemeral: DhKey = dhKey(random),
): { ciphertext: Bytes; secret: Bytes } {
  check(publicKey, hybridLengths.publicKey, 'hybrid public key');
  const curveSecret = dh(ephemeral.secret, publicKey.subarray(ntru.lengths.publicKey));
  if (!curveSecret) throw new TypeError('not a hybrid public key');
  const coins = coinsFor(random(32), publicKey, context);
  const post = ntru.encapsulate(publicKey.subarray(0, ntru.lengths.publicKey), coins);
  const ciphertext = concat(post.ciphertext, ephemeral.public);
  const secret = combine(post.sharedSecret, curveSecret, ciphertext, publicKey, context);
  wipe(coins, post.sharedSecret, curveSecret);
  return { ciphertext, secret };
}

/**
 * Gets the secret back. A ciphertext made for another key or context gives a secret that nobody shares; `null`
 * comes only for bytes that can be no ciphertext: wrong length, or a point of small order.
 *
 * @throws {TypeError} on a secret key of another length
 */
export function hybridDecapsulate(secretKey: Bytes, ciphertext: Bytes, context: Bytes): Bytes | null {
  const { post, curve, publicKey } = parts(secretKey);
  if (!(ciphertext instanceof Uint8Array) || ciphertext.length !== hybridLengths.ciphertext) return null;
  const own = new Uint8Array(ciphertext);
  const curveSecret = dh(curve, own.subarray(ntru.lengths.ciphertext));
  const postSecret = ntru.decapsulate(own.subarray(0, ntru.lengths.ciphertext), post);
  const secret = curveSecret && combine(postSecret, curveSecret, own, publicKey, context);
  wipe(postSecret, ...(curveSecret ? [curveSecret] : []));
  return secret;
}

/**
 * Seals a message to a public key in one go: the KEM, then AES-256-GCM under a key of its own.
 *
 * @param context bound into both; whoever opens must know it
 * @returns ciphertext 1262 ‖ sealed message, 1278 bytes longer than the message
 *
 * @example
 * ```ts
 * import { hybridKeygen, openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
 * import { text, utf8 } from '@carelet/crypto/algebra/bytes';
 * const ada = hybridKeygen();
 * const sealed = sealTo(ada.publicKey, utf8('for the tour'), utf8('hello'));
 * text(openWith(ada.secretKey, utf8('for the tour'), sealed)!); // 'hello'
 * ```
 */
export function sealTo(publicKey: Bytes, context: Bytes, message: Bytes, random: Random = systemRandom): Bytes {
  const { ciphertext, secret } = hybridEncapsulate(publicKey, context, random);
  const key = boxKey(secret);
  const sealed = concat(ciphertext, seal('aes-256-gcm', key, onlyNonce, context, message));
  wipe(secret, key);
  return sealed;
}

/**
 * Opens what `sealTo` made; `null` for anything else.
 *
 * @throws {TypeError} on a secret key of another length
 */
export function openWith(secretKey: Bytes, context: Bytes, sealed: Bytes): Bytes | null {
  check(secretKey, hybridLengths.secretKey, 'hybrid secret key');
  if (!(sealed instanceof Uint8Array) || sealed.length < hybridLengths.ciphertext + tagLength) return null;
  const secret = hybridDecapsulate(secretKey, sealed.subarray(0, hybridLengths.ciphertext), context);
  if (!secret) return null;
  const key = boxKey(secret);
  const message = open('aes-256-gcm', key, onlyNonce, context, sealed.subarray(hybridLengths.ciphertext));
  wipe(secret, key);
  return message;
}

const boxKey = (secret: Bytes): Bytes => kdf(secret, 'carelet/v1/session/box');

/** A box key seals one message. */
const onlyNonce = new Uint8Array(12);

function combine(post: Bytes, curve: Bytes, ciphertext: Bytes, publicKey: Bytes, context: Bytes): Bytes {
  const input = concat(label, post, curve, sha3_256(ciphertext), sha3_256(publicKey), context);
  const secret = sha3_256(input);
  wipe(input);
  return secret;
}

const coinsLabel = utf8('carelet/v1/ntru/coins');

/** A seed for the coins, which the KEM expands by ChaCha20. */
function coinsFor(seed: Bytes, publicKey: Bytes, context: Bytes): Bytes {
  const input = concat(coinsLabel, seed, sha3_256(publicKey), context);
  const coins = sha3_256(input);
  wipe(input, seed);
  return coins;
}

function parts(secretKey: Bytes): { post: Bytes; curve: Bytes; publicKey: Bytes } {
  check(secretKey, hybridLengths.secretKey, 'hybrid secret key');
  const curveAt = ntru.lengths.secretKey;
  return {
    post: secretKey.subarray(0, curveAt),
    curve: secretKey.subarray(curveAt, curveAt + point),
    publicKey: secretKey.subarray(curveAt + point),
  };
}

function check(bytes: Bytes, length: number, what: string): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) throw new TypeError(`the ${what} must be a Uint8Array of ${length} bytes`);
}
