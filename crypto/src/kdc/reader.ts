/**
 * Key distribution, the part of whoever was authorised.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { openBody } from '../algebra/dem.ts';
import { attempt } from '../algebra/strict.ts';
import { decodeSealed } from './encoding.ts';
import { checkKeys, demLabel, placeHash, type SharedKeys, withSeed } from './hybrid.ts';

export { type Answer, type Combined, combine } from './combine.ts';

/**
 * Opens a shared text.
 *
 * @returns the message, or `null` when it does not open, for whatever reason
 * @throws {TypeError} unless both keys have 32 bytes
 */
export function open(keys: SharedKeys, nodeId: Bytes, context: Bytes, sealed: Bytes): Bytes | null {
  checkKeys(keys);
  return attempt(() => {
    const { salt, dem } = decodeSealed(sealed);
    return withSeed(keys, salt, (seed) => openBody(demLabel, seed, placeHash(nodeId, context, salt), dem));
  });
}
