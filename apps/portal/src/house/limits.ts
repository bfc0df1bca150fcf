/**
 * Limits of a patient, as pages see them: who reads nothing of hers whatever their work, and where only doctors read who are named for her.
 *
 * @module
 */

/** A hospital that writes a chart of hers, and how it is limited. */
export type LimitedPlace = {
  /** The chart, hex. */
  readonly chart: string;
  readonly place: string;
  /** Only doctors who are named for her read there by their work. */
  readonly byName: boolean;
  /**
   * Whether the hospital locks by what she said last: it signed that it does, it will with the next records it writes, or it has not
   * for more than a day; `null` where she said nothing.
   */
  readonly following: 'follows' | 'waits' | 'late' | null;
};

/** A doctor of the town, once for all places where she works: whoever is to read nothing reads nothing anywhere. */
export type Doctor = {
  /** Of her cards, hex: one for each place. */
  readonly ids: readonly string[];
  readonly name: string;
  readonly specialty: string;
  /** Where she works, by name. */
  readonly places: readonly string[];
};

/** A doctor who reads nothing. */
export type DeniedDoctor = {
  /** Of her cards, hex: one for each place where she works, also those by which she is not denied yet. */
  readonly ids: readonly string[];
  readonly name: string;
  /** `null` for one whom the town does not list any more. */
  readonly specialty: string | null;
  /** Where she works, by name. */
  readonly places: readonly string[];
  /** Where she works by a card that is denied nothing, by name: at a place that was added since. */
  readonly free: readonly string[];
  /** Whether each chart of the patient's is closed to each card of hers; what was interrupted is so in part. */
  readonly everywhere: boolean;
};

export type Limits = { readonly places: readonly LimitedPlace[]; readonly denied: readonly DeniedDoctor[] };

export type LimitsHouse = {
  /**
   * How one's charts are limited.
   *
   * @throws `tampered` when the cloud shows other limits than were said last; `unavailable` when it does not answer
   */
  limits(): Promise<Limits>;
  /**
   * The doctors of the town, each once, by name.
   *
   * @throws `unavailable` when the town does not answer
   */
  people(): Promise<readonly Doctor[]>;
  /**
   * Lets a doctor read nothing, by any of her cards: not by her work, not by what was shared with her, not in an emergency. It holds when
   * this answers; `half` where a clinic's box or a key server did not answer and hears of it later.
   *
   * @param doctor her cards, hex
   * @throws `invalid` for a number that is none; as `limits`
   */
  deny(doctor: readonly string[]): Promise<'told' | 'half'>;
  /** Takes that back: her work opens again what it opens. What was shared with her by name stays taken back. */
  allow(doctor: readonly string[]): Promise<void>;
  /**
   * Lets only doctors who are named for one read at a hospital by their work, or all of them again.
   *
   * @param chart as `Limits` has it
   * @throws `missing` for a chart that is not one's own; as `limits`
   */
  nameOnly(chart: string, byName: boolean): Promise<void>;
};
