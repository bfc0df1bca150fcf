/**
 * Ed25519 signatures over labelled arrays.
 *
 * A signature always covers `cbor([label, …parts])`, so that what was signed for one purpose never passes
 * for another although a person has one signing key.
 *
 * @module
 */

import type { KeyObject } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, type Cbor, cbor, hex } from './bytes.ts';
import { native } from './native.ts';
import { privateKeyObject, publicKeyObject } from './okp.ts';
import { type Random, systemRandom } from './random.ts';

export type Label = `carelet/v1/${string}`;

/** An Ed25519 key pair: 32-byte secret seed and 32-byte verification key. */
export type SigningKey = { readonly secret: Bytes; readonly public: Bytes };

export function signingKey(random: Random = systemRandom): SigningKey {
  const secret = random(32);
  return { secret, public: ed25519.getPublicKey(secret) };
}

/** Signs `cbor([label, …parts])`; 64 bytes. */
export function sign(secret: Bytes, label: Label, parts: readonly Cbor[]): Bytes {
  const message = cbor([label, ...parts]);
  if (!native) return ed25519.sign(message, secret);
  return new Uint8Array(native.sign(null, message, privateKey(secret)));
}

/** Whether a signature is by this key over this label and these parts. */
export function verify(publicKey: Bytes, label: Label, parts: readonly Cbor[], signature: Bytes): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const message = cbor([label, ...parts]);
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
