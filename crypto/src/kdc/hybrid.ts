/**
 * What a shared text lies under: kdf(K ‖ K_owner), where K is the servers' key of its node and K_owner a secret of its
 * owner. So neither the servers together nor whoever has K_owner alone opens it.
 *
 * @module
 */
import { type Bytes, concat, wipe } from '../algebra/bytes.ts';
import { hashOf, hkdf } from '../algebra/hash.ts';
import { isBytes } from '../algebra/strict.ts';

/** The two secrets a shared text is sealed under. */
export type SharedKeys = {
  /** What `combine` gave for the node. */
  readonly node: Bytes;
  /** K_owner, 32 bytes: from the owner to whom she authorised, by the hybrid KEM. */
  readonly owner: Bytes;
};

/** What the AEAD key of a shared text is derived under. */
export const demLabel = 'carelet/v1/kdc/dem';

/** Throws a TypeError unless both keys have 32 bytes. */
export function checkKeys({ node, owner }: SharedKeys): void {
  for (const key of [node, owner]) if (!isBytes(key, 32)) throw new TypeError('a key has 32 bytes');
}

/** A seed from both secrets and a salt, for as long as it is used. */
export function withSeed<T>({ node, owner }: SharedKeys, salt: Bytes, use: (seed: Bytes) => T): T {
  const input = concat(node, owner);
  const seed = hkdf(input, salt, new Uint8Array(), 32);
  try {
    return use(seed);
  } finally {
    wipe(input, seed);
  }
}

/** Where a shared text stands. */
export const placeHash = (nodeId: Bytes, context: Bytes, salt: Bytes): Bytes => hashOf('carelet/v1/kdc/place', nodeId, context, salt);
