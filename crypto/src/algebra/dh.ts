/**
 * X25519 (RFC 7748). An all-zero result is refused, so a small-order point contributes nothing.
 *
 * @module
 */
import { x25519 } from '@noble/curves/ed25519.js';
import type { Bytes } from './bytes.ts';
import { native } from './native.ts';
import { privateKeyObject, publicKeyObject, rawPublic } from './okp.ts';
import { type Random, systemRandom } from './random.ts';

export type DhKey = { readonly secret: Bytes; readonly public: Bytes };

export function dhKey(random: Random = systemRandom): DhKey {
  const secret = random(32);
  return { secret, public: dhPublic(secret) };
}

/** The public key of a secret. */
export function dhPublic(secret: Bytes): Bytes {
  return native ? rawPublic(privateKeyObject('X25519', secret)) : x25519.getPublicKey(secret);
}

/** The shared secret, or `null` when the other side sent a point of small order or the wrong length. */
export function dh(secret: Bytes, theirs: Bytes): Bytes | null {
  if (theirs.length !== 32) return null;
  try {
    const shared = native
      ? new Uint8Array(
          native.diffieHellman({ privateKey: privateKeyObject('X25519', secret), publicKey: publicKeyObject('X25519', theirs) }),
        )
      : x25519.getSharedSecret(secret, theirs);
    return shared.every((byte) => byte === 0) ? null : shared;
  } catch {
    return null;
  }
}
