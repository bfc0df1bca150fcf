/**
 * X25519 (RFC 7748). An all-zero result is refused, so a small-order point contributes nothing.
 *
 * @module
 */
import { x25519 } from '@noble/curves/ed25519.js';
import { type Bytes, concat, unhex } from './bytes.ts';
import { native } from './native.ts';
import { type Random, systemRandom } from './random.ts';

export type DhKey = { readonly secret: Bytes; readonly public: Bytes };

const pkcs8 = unhex('302e020100300506032b656e04220420');
const spki = unhex('302a300506032b656e032100');

export function dhKey(random: Random = systemRandom): DhKey {
  const secret = random(32);
  return { secret, public: dhPublic(secret) };
}

/** The public key of a secret. */
export function dhPublic(secret: Bytes): Bytes {
  if (!native) return x25519.getPublicKey(secret);
  const der = native.createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(spki.length));
}

/** The shared secret, or `null` when the other side sent a point of small order or the wrong length. */
export function dh(secret: Bytes, theirs: Bytes): Bytes | null {
  if (theirs.length !== 32) return null;
  try {
    const shared = native
      ? new Uint8Array(
          native.diffieHellman({
            privateKey: privateKey(secret),
            publicKey: native.createPublicKey({ key: concat(spki, theirs) as Buffer, format: 'der', type: 'spki' }),
          }),
        )
      : x25519.getSharedSecret(secret, theirs);
    return shared.every((byte) => byte === 0) ? null : shared;
  } catch {
    return null;
  }
}

function privateKey(secret: Bytes): import('node:crypto').KeyObject {
  return native!.createPrivateKey({ key: concat(pkcs8, secret) as Buffer, format: 'der', type: 'pkcs8' });
}
