/**
 * What a strip's frame holds: the strip, in which lane it travels, and what the device says of itself.
 *
 * There are three lanes, the lowest the most urgent, so that one that must not wait overtakes those that may. Strips of
 * one lane keep their order, since each names the one that the same cloudlet took before it. A lane is in clear to the cloudlet and ends there: what it keeps
 * and forwards is the strip alone.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';

/** How many lanes there are. */
export const lanes = 3;

export type Parcel = {
  /** 0 to 2. */
  readonly lane: number;
  /** The number of the strip that this cloudlet took before it in this lane; `null` for the first. */
  readonly after: number | null;
  /** As `records/strip` wrote it. */
  readonly strip: Bytes;
  /** How many strips wait on the device, this one with them. */
  readonly waiting: number;
  /** Per cent, or `null` where the device does not know. */
  readonly battery: number | null;
};

/**
 * The message of a strip's frame.
 *
 * @throws {TypeError} for a lane that is none, and numbers that are not whole
 */
export function encodeParcel(parcel: Parcel): Bytes {
  const { lane, after, strip, waiting, battery } = parcel;
  if (!isSound(parcel)) throw new TypeError('a parcel has a lane from 0 to 2 and whole numbers');
  return cbor([lane, after, strip, waiting, battery]);
}

/** Reads a parcel strictly; `null` for any other bytes. */
export function decodeParcel(bytes: Bytes): Parcel | null {
  let fields: unknown;
  try {
    fields = uncbor(bytes);
  } catch {
    return null;
  }
  if (!Array.isArray(fields) || fields.length !== 5) return null;
  const [lane, after, strip, waiting, battery] = fields;
  const parcel = { lane, after, strip, waiting, battery };
  return isSound(parcel) ? parcel : null;
}

function isSound(parcel: { readonly [K in keyof Parcel]: unknown }): parcel is Parcel {
  const { lane, after, strip, waiting, battery } = parcel;
  return (
    isWhole(lane, lanes - 1) &&
    (after === null || isWhole(after)) &&
    strip instanceof Uint8Array &&
    isWhole(waiting) &&
    (battery === null || isWhole(battery, 100))
  );
}

const isWhole = (value: unknown, most = Number.MAX_SAFE_INTEGER): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
