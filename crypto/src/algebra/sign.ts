/**
 * Ed25519 signatures over labelled arrays.
 *
 * A signature covers `cbor([label, …parts])`, or a text in a format of its own, so that what was signed for one purpose
 * never passes for another although a person has one signing key.
 *
 * @module
 */

import type { KeyObject } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, type Cbor, cbor, hex, utf8 } from './bytes.ts';
import { native } from './native.ts';
import { privateKeyObject, publicKeyObject } from './okp.ts';
import { type Random, systemRandom } from './random.ts';

export type Label = `carelet/v1/${string}`;

/** An Ed25519 key pair: 32-byte secret seed and 32-byte verification key. */
export type SigningKey = { readonly secret: Bytes; readonly public: Bytes };

/** Whose verification key it is, as somebody vouches for it. */
export type NamedKey = { readonly name: string; readonly key: Bytes };

export function signingKey(random: Random = systemRandom): SigningKey {
  const secret = random(32);
  return { secret, public: ed25519.getPublicKey(secret) };
}

/** Signs `cbor([label, …parts])`; 64 bytes. */
export const sign = (secret: Bytes, label: Label, parts: readonly Cbor[]): Bytes => signMessage(secret, cbor([label, ...parts]));

/** Whether a signature is by this key over this label and these parts. */
export const verify = (publicKey: Bytes, label: Label, parts: readonly Cbor[], signature: Bytes): boolean =>
  verifyMessage(publicKey, cbor([label, ...parts]), signature);

/**
 * Signs a text as it is, for formats that others have set (`receipts/note.ts`); 64 bytes. No text passes for a labelled
 * array: that begins with a byte from 0x80 to 0x9f, and no UTF-8 does.
 */
export const signText = (secret: Bytes, text: string): Bytes => signMessage(secret, utf8(text));

/** Whether a signature is by this key over this text. */
export const verifyText = (publicKey: Bytes, text: string, signature: Bytes): boolean => verifyMessage(publicKey, utf8(text), signature);

function signMessage(secret: Bytes, message: Bytes): Bytes {
  if (!native) return ed25519.sign(message, secret);
  return new Uint8Array(native.sign(null, message, privateKey(secret)));
}

function verifyMessage(publicKey: Bytes, message: Bytes, signature: Bytes): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    if (!native) return ed25519.verify(signature, message, publicKey, { zip215: false });
    return native.verify(null, message, publicKeyOf(publicKey), signature);
  } catch {
    return false;
  }
}

// Reading a key into OpenSSL costs more than using it, so the last few are kept: a secret's only until its bytes go.
const privateKeys = new WeakMap<Bytes, KeyObject>();
const publicKeys = new Map<string, KeyObject>();

function privateKey(secret: Bytes): KeyObject {
  let key = privateKeys.get(secret);
  if (!key) {
    key = privateKeyObject('Ed25519', secret);
    privateKeys.set(secret, key);
  }
  return key;
}

function publicKeyOf(bytes: Bytes): KeyObject {
  const name = hex(bytes);
  let key = publicKeys.get(name);
  if (!key) {
    // OpenSSL takes keys of small order, under which one signature is over every message; noble and browsers here do not.
    if (ed25519.Point.fromBytes(bytes, false).isSmallOrder()) throw new TypeError('no signing key');
    if (publicKeys.size >= 1024) publicKeys.clear();
    key = publicKeyObject('Ed25519', bytes);
    publicKeys.set(name, key);
  }
  return key;
}
