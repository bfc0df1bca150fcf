/**
 * What lets a device forget: a down frame that says up to which strip the cloudlet has committed.
 *
 * Nothing else does, neither a transport's receipt nor an HTTP 200. Strips are numbered once, before sealing; that
 * number means the same after a rekey and on the way to another cloudlet.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';

/**
 * The message of an acknowledgement: all strips numbered up to `strips` are committed.
 *
 * @throws {TypeError} on anything but a whole number
 */
export function acknowledge(strips: number): Bytes {
  if (!Number.isSafeInteger(strips) || strips < 0) throw new TypeError('strips are numbered from 0');
  return cbor(strips);
}

/** Reads an acknowledgement; `null` for any other bytes. */
export function readAcknowledgement(message: Bytes): number | null {
  try {
    const strips = uncbor(message);
    return typeof strips === 'number' && Number.isSafeInteger(strips) && strips >= 0 ? strips : null;
  } catch {
    return null;
  }
}
