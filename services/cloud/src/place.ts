/**
 * Places in the changes, as callers keep them: a number that says nothing to whoever holds it.
 *
 * A counter would tell each caller how much happened to everybody else between two of his own changes. So the
 * position is sealed, anew each time, for this caller and under a key that lives as long as this process: a place of
 * somebody else's, of another cloud or of the time before a restart does not open, and cannot be told from noise.
 *
 * @module
 */
import { keyLength, nonceLength, open, seal } from '@carelet/crypto/algebra/aead';
import { type Bytes, concat } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';

export type Places = {
  /** The place of a position, for one caller by his card's id: 36 bytes. */
  sealed(position: number, caller: Bytes): Bytes;
  /** The position of a place; `null` when it is not one of this caller's, or not of this cloud since it started. */
  opened(place: Bytes, caller: Bytes): number | null;
};

/** Places under a fresh key. */
export function places(random: Random = systemRandom): Places {
  const key = random(keyLength);
  return {
    sealed(position, caller) {
      const message = new Uint8Array(8);
      new DataView(message.buffer).setBigUint64(0, BigInt(position));
      const nonce = random(nonceLength);
      return concat(nonce, seal('aes-256-gcm', key, nonce, caller, message));
    },
    opened(place, caller) {
      if (place.length < nonceLength) return null;
      const message = open('aes-256-gcm', key, place.subarray(0, nonceLength), caller, place.subarray(nonceLength));
      if (message?.length !== 8) return null;
      return Number(new DataView(message.buffer, message.byteOffset, 8).getBigUint64(0));
    },
  };
}
