/**
 * Who looked, as pages see it: what the receipts of a patient's charts say, put together into sentences' worth.
 *
 * @module
 */
import type { Kind } from '@carelet/care/model';

/** Somebody who left a receipt. */
export type Looker = {
  /** Of the card, hex. */
  readonly id: string;
  /** `strange`: the town names nobody of this number any more; the name is its beginning then. */
  readonly kind: 'you' | 'doctor' | 'carer' | 'place' | 'strange';
  readonly name: string;
  readonly specialty: string | null;
  readonly organisation: string | null;
};

/** What somebody did. */
export const deeds = ['looked', 'asked', 'wrote', 'locked', 'let', 'stopped', 'card', 'broke'] as const;
export type Deed = (typeof deeds)[number];

/** Something that somebody did, be it with one receipt or with several shortly after one another. */
export type Look = {
  /** Place of its first receipt in the cloud's log. */
  readonly id: string;
  /** Of the looker. */
  readonly who: string;
  readonly deed: Deed;
  /** When it began and when its last receipt was left, UTC milliseconds. */
  readonly at: number;
  readonly until: number;
  /** What of it is known; a receipt names places in a chart, and what lies there may have gone. */
  readonly kinds: readonly Kind[];
  /** Why it opened: by consent, because the town approved a doctor for the records of these places, or in an emergency. */
  readonly reason: 'allowed' | 'approved' | 'emergency' | null;
  /** The team one shared with by which it opened, as it was called then; left out where it was shared with the looker herself. */
  readonly team?: string;
  /** The organisations whose charts it was in, by name. */
  readonly places: readonly string[];
};

/**
 * What does not fit: a receipt is another than the log holds, something lies there without one, a part of a chart is not as the
 * log says, something that was written is gone, a promised receipt was never written, a mediator did its part in
 * something the cloud has no receipt of, or shows another log of its own than before, one's own card does not stand in the log or another
 * does; or the log itself is not the one it was.
 */
export type ReceiptProblem = 'exchanged' | 'unwritten' | 'changed' | 'gone' | 'unkept' | 'silent' | 'mediator' | 'card' | 'log';

export type Receipts = {
  /** When this was checked, UTC milliseconds. */
  readonly checked: number;
  /** How many receipts there are, and how many from before the charts were one's own, which do not open. */
  readonly count: number;
  readonly earlier: number;
  /** Everybody who left one, by name. */
  readonly lookers: readonly Looker[];
  /** The newest first. */
  readonly looks: readonly Look[];
  readonly problems: readonly ReceiptProblem[];
  /** For whom a mediator did its part in something the cloud has no receipt of, by name. */
  readonly silentOf: readonly string[];
  /** Who began openings, by name, of which no clinic that answered wrote down its part: refused, broken off, or kept from one. */
  readonly unfinishedOf: readonly string[];
  /** Clinics that did not answer, by name: what they wrote down of openings is not compared. */
  readonly away: readonly string[];
  /** Who outside the cloud signed its log within these minutes, by name; nobody yet where it is empty. */
  readonly witnesses: readonly string[];
  /** Whether this browser signed the log too, for those who read one's charts: only where it remembers what it saw. */
  readonly signed: boolean;
  /** Whether there is a copy to take home: what a witness has seen. */
  readonly copy: boolean;
};

export type ReceiptsHouse = {
  /**
   * Fetches, opens and checks every receipt of one's own charts.
   *
   * @throws `missing` in a town that keeps none, `unavailable` where it cannot be asked
   */
  receipts(): Promise<Receipts>;
  /**
   * The copy of what was checked last, as `carelet receipts verify` takes it.
   *
   * @throws `missing` while no witness has signed
   */
  receiptsCopy(): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
};
