/**
 * What lets a device forget: a down frame that says, lane by lane, which strip the cloudlet committed last.
 *
 * Nothing else does, neither a transport's receipt nor an HTTP 200. Strips are numbered once, before sealing; that
 * number means the same after a rekey and on the way to another cloudlet. Of several cloudlets each has some: the last one
 * named is on this one's disk, and nothing is said of those with lower numbers that were handed to others. Of the first lane
 * it says as well up to which strip the cloud has what it took: an emergency is answered for from end to end.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';
import { lanes } from './parcel.ts';

export type Acknowledgement = {
  /** For each lane the number of the strip that this cloudlet took last; `null` where it took none. */
  readonly kept: readonly (number | null)[];
  /**
   * The number of a strip of the first lane up to which the cloud has all that this cloudlet took, `null` where there is none;
   * the number of the last it took when the cloud has every one.
   */
  readonly reached: number | null;
};

/**
 * The message of an acknowledgement.
 *
 * @throws {TypeError} on anything but a whole number or nothing for each lane
 */
export function acknowledge(acknowledgement: Acknowledgement): Bytes {
  if (!isSound(acknowledgement)) throw new TypeError('strips are numbered from 0, in three lanes');
  const { kept, reached } = acknowledgement;
  return cbor([...kept, reached]);
}

/** Reads an acknowledgement; `null` for any other bytes. */
export function readAcknowledgement(message: Bytes): Acknowledgement | null {
  try {
    const numbers = uncbor(message);
    if (!Array.isArray(numbers) || numbers.length !== lanes + 1) return null;
    const acknowledgement = { kept: numbers.slice(0, lanes), reached: numbers[lanes] };
    return isSound(acknowledgement) ? acknowledgement : null;
  } catch {
    return null;
  }
}

type Numbers = { readonly kept: readonly unknown[]; readonly reached: unknown };

const isSound = (numbers: Numbers): numbers is Acknowledgement =>
  numbers.kept.length === lanes && [...numbers.kept, numbers.reached].every(isNumber);

const isNumber = (value: unknown): boolean => value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
