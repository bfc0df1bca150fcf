/**
 * Many hashes, openings or signatures at a time.
 *
 * Each alone is sooner done than handed over. But a browser has no OpenSSL in this thread, and its WebCrypto, which
 * answers only later, is several times faster than JavaScript when it is asked for many things at once. So whoever
 * has many asks here: OpenSSL where there is one, else WebCrypto, else (on a page that did not come over a secure
 * connection) the noble libraries. All three give the same bytes.
 *
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { nonceLength, open, tagLength } from './aead.ts';
import { type Bytes, type Cbor, cbor, hex } from './bytes.ts';
import { sha256 } from './hash.ts';
import { native } from './native.ts';
import { type Label, verify } from './sign.ts';

const subtle = native ? undefined : globalThis.crypto?.subtle;

/** SHA-256 of each. */
export async function sha256Each(messages: readonly Bytes[]): Promise<Bytes[]> {
  if (!subtle) return messages.map(sha256);
  return Promise.all(messages.map(async (message) => new Uint8Array(await subtle.digest('SHA-256', message as Buffers))));
}

/** Something sealed with AES-256-GCM, and what opens it. */
export type SealedOne = { readonly key: Bytes; readonly nonce: Bytes; readonly context: Bytes; readonly sealed: Bytes };

/**
 * Opens each with AES-256-GCM: as `open` of `algebra/aead` would, `null` for any failure, by one path.
 *
 * @throws {TypeError} when a key is not 32 bytes or a nonce not 12
 */
export async function openEach(each: readonly SealedOne[]): Promise<(Bytes | null)[]> {
  if (!subtle) return each.map(({ key, nonce, context, sealed }) => open('aes-256-gcm', key, nonce, context, sealed));
  return Promise.all(each.map(openWithSubtle));
}

/** A signature, and what it should be over: as `verify` of `algebra/sign` takes them. */
export type SignedOne = { readonly key: Bytes; readonly label: Label; readonly parts: readonly Cbor[]; readonly signature: Bytes };

/** Whether each Ed25519 signature is by its key over its label and parts. */
export async function verifyEach(each: readonly SignedOne[]): Promise<boolean[]> {
  if (each.length === 0) return [];
  if (!subtle || !(await knowsEd25519())) return each.map(({ key, label, parts, signature }) => verify(key, label, parts, signature));
  const keys = new Map<string, Promise<ImportedKey>>();
  return Promise.all(
    each.map(async ({ key, label, parts, signature }) => {
      if (key.length !== 32 || signature.length !== 64) return false;
      const name = hex(key);
      const imported = keys.get(name) ?? importEd25519(key);
      keys.set(name, imported);
      try {
        return await subtle.verify('Ed25519', await imported, signature as Buffers, cbor([label, ...parts]) as Buffers);
      } catch {
        return false;
      }
    }),
  );
}

/** Rejects keys that `verify` refuses and WebCrypto takes: under one of small order, one signature is over every message. */
async function importEd25519(key: Bytes): Promise<ImportedKey> {
  if (ed25519.Point.fromBytes(key, false).isSmallOrder()) throw new TypeError('no signing key');
  return subtle!.importKey('raw', key as Buffers, 'Ed25519', false, ['verify']);
}

let known: Promise<boolean> | undefined;

/** Browsers learned Ed25519 between 2023 and 2025; asked with the curve's base point, which is a key everywhere. */
function knowsEd25519(): Promise<boolean> {
  known ??= importEd25519(Uint8Array.of(0x58, ...new Array<number>(31).fill(0x66))).then(
    () => true,
    () => false,
  );
  return known;
}

async function openWithSubtle({ key, nonce, context, sealed }: SealedOne): Promise<Bytes | null> {
  if (key.length !== 32 || nonce.length !== nonceLength) throw new TypeError('AEAD wants a 32-byte key and a 12-byte nonce');
  try {
    const imported = await subtle!.importKey('raw', key as Buffers, 'AES-GCM', false, ['decrypt']);
    const how = { name: 'AES-GCM', iv: nonce as Buffers, additionalData: context as Buffers, tagLength: 8 * tagLength };
    return new Uint8Array(await subtle!.decrypt(how, imported, sealed as Buffers));
  } catch {
    return null;
  }
}

type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Bytes that no other thread writes to, as WebCrypto wants them. */
type Buffers = Uint8Array<ArrayBuffer>;
