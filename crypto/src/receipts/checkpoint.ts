/**
 * A checkpoint: what the log and the map were at one moment, signed by the cloud and by who watches it (C2SP
 * tlog-checkpoint).
 *
 * ```
 * <origin>
 * <number of leaves>
 * <base64 of the log's root>
 * map <base64 of the map's root>
 * time <UTC seconds>
 * ```
 *
 * The last two are extension lines, which C2SP advises against because a stranger's witness cannot check them. Ours can:
 * it signs no second map for one size of the log, and no time before the last (`witness.ts`).
 *
 * @module
 */
import { type Bytes, base64, unbase64 } from '../algebra/bytes.ts';
import type { NamedKey } from '../algebra/sign.ts';
import { cosignedBy, decodeNote, encodeNote, type Note, type Signer, signedBy, signNote } from './note.ts';

/** What every transparency log signs. */
export type Head = {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
};

export type Checkpoint = Head & {
  readonly map: Bytes;
  /** UTC seconds. */
  readonly time: number;
};

/** A checkpoint's text. */
export const printCheckpoint = ({ origin, size, root, map, time }: Checkpoint): string =>
  `${origin}\n${size}\n${base64(root)}\nmap ${base64(map)}\ntime ${time}\n`;

/** Signs a checkpoint as the log whose origin it names. */
export function signCheckpoint(log: Signer, at: Omit<Checkpoint, 'origin'>): Bytes {
  return encodeNote(signNote({ text: printCheckpoint({ ...at, origin: log.name }), lines: [] }, log));
}

/** Reads a text as any log's head; `null` when it is none. */
export function readHead(text: string): (Head & { readonly extensions: readonly string[] }) | null {
  const [origin, digits, letters, ...rest] = text.split('\n');
  const extensions = rest.slice(0, -1);
  const size = numberIn(digits ?? '');
  const root = hashIn(letters ?? '');
  if (!origin || size === null || !root || rest.at(-1) !== '' || extensions.includes('')) return null;
  return { origin, size, root, extensions };
}

/** Reads a text as a checkpoint of ours; `null` when it is none. */
export function readCheckpoint(text: string): Checkpoint | null {
  const head = readHead(text);
  if (head?.extensions.length !== 2) return null;
  const [mapLine, timeLine] = head.extensions as [string, string];
  const map = mapLine.startsWith('map ') ? hashIn(mapLine.slice(4)) : null;
  const time = timeLine.startsWith('time ') ? numberIn(timeLine.slice(5)) : null;
  return map && time !== null ? { origin: head.origin, size: head.size, root: head.root, map, time } : null;
}

/** A checkpoint that its log signed, and the note it came in. */
export type Signed = { readonly checkpoint: Checkpoint; readonly note: Note };

/** Reads a checkpoint that this log signed; `null` for everything else. */
export function openCheckpoint(bytes: Bytes, log: NamedKey): Signed | null {
  const note = decodeNote(bytes);
  const checkpoint = note && readCheckpoint(note.text);
  return checkpoint && checkpoint.origin === log.name && signedBy(note, log) === true ? { checkpoint, note } : null;
}

/** How old a checkpoint may be, and how far ahead of our clock. Seconds. */
export const freshness = { age: 600, ahead: 300 };

/** Whom a reader believes: the log, and those who watch it. */
export type Watched = { readonly log: NamedKey; readonly witnesses: readonly NamedKey[] };

/** Who signed beside the log, and when. */
export type Witnessed = { readonly name: string; readonly time: number };

/** What a reader makes of a checkpoint. `unwitnessed` is shown as such, and goes on. */
export type Judged =
  | { readonly kind: 'witnessed'; readonly checkpoint: Checkpoint; readonly by: readonly Witnessed[] }
  | { readonly kind: 'unwitnessed'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'stale'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'refused' };

/**
 * Judges a checkpoint as a reader does: signed by the log, at most ten minutes old, and signed within them by one witness
 * at least.
 *
 * @param now UTC seconds
 */
export function judgeCheckpoint(bytes: Bytes, { log, witnesses }: Watched, now: number): Judged {
  const signed = openCheckpoint(bytes, log);
  const by = signed && witnessesOf(signed.note, witnesses);
  if (!signed || !by) return { kind: 'refused' };
  const { checkpoint } = signed;
  const isFresh = (time: number) => now - time <= freshness.age && time - now <= freshness.ahead;
  if (!isFresh(checkpoint.time)) return { kind: 'stale', checkpoint };
  const fresh = by.filter(({ time }) => isFresh(time));
  return fresh.length > 0 ? { kind: 'witnessed', checkpoint, by: fresh } : { kind: 'unwitnessed', checkpoint };
}

/** Which of these witnesses signed a note, and when; `null` when a line of one of them is wrong. */
export function witnessesOf(note: Note, witnesses: readonly NamedKey[]): Witnessed[] | null {
  const by: Witnessed[] = [];
  for (const witness of witnesses) {
    const time = cosignedBy(note, witness);
    if (time === false) return null;
    if (time !== 'unsigned') by.push({ name: witness.name, time });
  }
  return by;
}

/** A number as `String` writes it. */
function numberIn(digits: string): number | null {
  const number = Number(digits);
  return /^(0|[1-9]\d{0,15})$/.test(digits) && Number.isSafeInteger(number) ? number : null;
}

function hashIn(letters: string): Bytes | null {
  try {
    const bytes = unbase64(letters);
    return bytes.length === 32 ? bytes : null;
  } catch {
    return null;
  }
}
