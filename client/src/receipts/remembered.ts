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
 * The checkpoint that was seen later, every promise that either was given, and what was seen last of owners' devices, of mediators and of
 * emergencies. Nothing is asked here: whether the log goes on from it is asked with the next answer.
 *
 * @example
 * ```ts
 * import { togetherSeen } from '@carelet/client/receipts/remembered';
 * import { nothingSeen } from '@carelet/client/keyring/keyring';
 * togetherSeen(nothingSeen(), { ...nothingSeen(), due: [new Uint8Array(2)] }).due.length; // 1
 * ```
 */
export function togetherSeen(own: WatchedLog, other: WatchedLog): WatchedLog {
  const more = other.due.filter((promise) => !own.due.some((one) => equalPublic(one, promise)));
  const mediators = { ...own.mediators };
  for (const [mediator, seen] of Object.entries(other.mediators)) {
    if (isLater(seen, mediators[mediator] ?? null)) mediators[mediator] = seen;
  }
  return {
    seen: isLater(other.seen, own.seen) ? other.seen : own.seen,
    due: [...own.due, ...more],
    owners: latest(own.owners, other.owners),
    mediators,
    reviews: latest(own.reviews, other.reviews),
  };
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

/** Of each name the later of two times. */
const latest = (own: Record<string, number>, other: Record<string, number>): Record<string, number> =>
  Object.fromEntries([...Object.keys(other), ...Object.keys(own)].map((name) => [name, Math.max(own[name] ?? 0, other[name] ?? 0)]));
