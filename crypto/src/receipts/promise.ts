/**
 * A promise: what comes with an answer before the log has its leaf. The cloud signs that it will be there within a minute;
 * if it is not, its own signature says so.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';
import { type NamedKey, sign, verify } from '../algebra/sign.ts';
import { freshness, type Head } from './checkpoint.ts';
import { leafHash } from './leaf.ts';
import { verifyInclusion } from './log.ts';
import type { Signer } from './note.ts';

export type Promised = {
  /** Origin of the log. */
  readonly origin: string;
  /** The receipt's commitment (`leaf.ts`). */
  readonly commitment: Bytes;
  /** When it was promised, UTC seconds. */
  readonly time: number;
  readonly signature: Bytes;
};

/** How long the cloud has, seconds. */
export const promiseLimit = 60;

const label = 'carelet/v1/receipts/promise';

/**
 * Promises a leaf as the log.
 *
 * @param time UTC seconds
 */
export function promise(log: Signer, commitment: Bytes, time: number): Promised {
  return { origin: log.name, commitment, time, signature: sign(log.secret, label, [log.name, commitment, time]) };
}

/** Whether this log promised this. */
export const verifyPromise = ({ origin, commitment, time, signature }: Promised, log: NamedKey): boolean =>
  origin === log.name && verify(log.key, label, [origin, commitment, time], signature);

/**
 * Whether a promise is of these minutes, as a checkpoint has to be: one that came with something else, long ago, is none for what is
 * done now.
 *
 * @param now UTC seconds
 */
export const isOfNow = ({ time }: Pick<Promised, 'time'>, now: number): boolean =>
  now - time <= freshness.age && time - now <= freshness.ahead;

/** Where a leaf is said to be, in the log of some head. */
export type Inclusion = { readonly head: Head; readonly index: number; readonly path: readonly Bytes[] };

/**
 * What became of a promise. `broken` is an alert: the cloud had its minute, and was asked, and has no proof to give.
 *
 * @param shown what the cloud shows when it is asked, under a head that was judged already; `null` when it shows nothing
 * @param now UTC seconds
 */
export function judgePromise(promised: Promised, shown: Inclusion | null, now: number): 'included' | 'due' | 'broken' {
  if (
    shown &&
    shown.head.origin === promised.origin &&
    verifyInclusion(leafHash(promised.commitment), shown.index, shown.head.size, shown.path, shown.head.root)
  ) {
    return 'included';
  }
  return now <= promised.time + promiseLimit ? 'due' : 'broken';
}

export const encodePromise = ({ origin, commitment, time, signature }: Promised): Bytes => cbor([origin, commitment, time, signature]);

/** Reads a promise's bytes strictly; `null` when they are none. Reading is not believing: see `verifyPromise`. */
export function decodePromise(bytes: Bytes): Promised | null {
  try {
    const [origin, commitment, time, signature, ...rest] = uncbor(bytes) as [string, Bytes, number, Bytes];
    const is = (value: unknown, length: number) => value instanceof Uint8Array && value.length === length;
    const sound = rest.length === 0 && typeof origin === 'string' && is(commitment, 32) && Number.isSafeInteger(time) && is(signature, 64);
    return sound ? { origin, commitment, time, signature } : null;
  } catch {
    return null;
  }
}
