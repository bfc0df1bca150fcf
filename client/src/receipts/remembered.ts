/**
 * What somebody remembers of the cloud's log, brought together: of a keyring, and of where it was used last.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { readCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { decodeNote } from '@carelet/crypto/receipts/note';
import type { WatchedLog } from '../keyring/keyring.ts';

/**
 * The checkpoint that was seen later, every promise that either was given, and the newest word of each emergency. Nothing is asked here: whether the log goes on from it is asked with the next answer.
 *
 * @example
 * ```ts
 * import { togetherSeen } from '@carelet/client/receipts/remembered';
 * togetherSeen({ seen: null, due: [], reviews: {} }, { seen: null, due: [new Uint8Array(2)], reviews: {} }).due.length; // 1
 * ```
 */
export function togetherSeen(own: WatchedLog, other: WatchedLog): WatchedLog {
  const more = other.due.filter((promise) => !own.due.some((one) => equalPublic(one, promise)));
  const reviews = { ...own.reviews };
  for (const [number, at] of Object.entries(other.reviews)) reviews[number] = Math.max(at, reviews[number] ?? 0);
  return { seen: isLater(other.seen, own.seen) ? other.seen : own.seen, due: [...own.due, ...more], reviews };
}

/** Whether a kept checkpoint is later than another, by its length, then by its time. */
function isLater(one: Bytes | null, other: Bytes | null): boolean {
  const [a, b] = [headOf(one), headOf(other)];
  if (!a || !b) return a !== null;
  return a.size === b.size ? a.time > b.time : a.size > b.size;
}

function headOf(seen: Bytes | null): { readonly size: number; readonly time: number } | null {
  const note = seen && decodeNote(seen);
  return note && readCheckpoint(note.text);
}
