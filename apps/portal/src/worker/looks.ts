/**
 * Looks: when somebody looked at a patient, and what lay in her chart then.
 *
 * What came since is told by what was there, not by dates: a reading of this morning that arrives at noon is new to
 * whoever looked at ten.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { PatientView, Shown } from './view.ts';

export type Look = {
  /** UTC milliseconds. */
  readonly at: number;
  /** A stamp of four bytes for each record that was open then. */
  readonly seen: Bytes;
};

/** What was noted last of a patient: a look, or that it was taken back. */
export type LookNote = {
  /** When it was noted, UTC milliseconds: of what two windows note of one patient the later counts. */
  readonly noted: number;
  readonly look: Look | null;
};

/** By card number in hex. */
export type LookNotes = Map<string, LookNote>;

/** A look at everything that is open now. */
export function lookAt({ records }: PatientView, at: number): Look {
  const seen = new DataView(new ArrayBuffer(records().length * 4));
  for (const [i, record] of records().entries()) seen.setUint32(i * 4, stampOf(record));
  return { at, seen: new Uint8Array(seen.buffer) };
}

/** The records that have come, or were written anew, since a look. */
export function cameSince({ seen }: Look, { records }: PatientView): Shown[] {
  const view = new DataView(seen.buffer, seen.byteOffset, seen.byteLength);
  const known = new Set(Array.from({ length: Math.floor(seen.length / 4) }, (_, i) => view.getUint32(i * 4)));
  return records().filter((record) => !known.has(stampOf(record)));
}

/** Notes a look, or that there is none, after whatever was noted of this patient: a clock that goes back loses nothing. */
export function note(notes: LookNotes, patient: string, look: Look | null, now: number): void {
  notes.set(patient, { noted: Math.max(now, (notes.get(patient)?.noted ?? 0) + 1), look });
}

/**
 * Takes back the look noted last: the one before this visit counts again, or none if it was that one.
 *
 * @param before what was noted when the visit began
 */
export function takeBack(notes: LookNotes, before: ReadonlyMap<string, LookNote>, patient: string, now: number): void {
  const earlier = before.get(patient)?.look ?? null;
  const last = notes.get(patient)?.look ?? null;
  note(notes, patient, last?.at === earlier?.at ? null : earlier, now);
}

/** Takes over what was noted later elsewhere. */
export function takeOver(notes: LookNotes, others: Iterable<readonly [string, LookNote]>): void {
  for (const [patient, note] of others) if (note.noted > (notes.get(patient)?.noted ?? Number.NEGATIVE_INFINITY)) notes.set(patient, note);
}

/** A record's number is a hash, so four bytes of it are as good as random: of ten thousand seen, one in 400,000 new ones passes for one of them. */
const stampOf = ({ id, parts: { version } }: Pick<Shown, 'id' | 'parts'>): number => (Number.parseInt(id.slice(0, 8), 16) + version) >>> 0;
