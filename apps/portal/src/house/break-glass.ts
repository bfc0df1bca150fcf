/**
 * Breaking the glass, as pages see it: a doctor opens more of a patient in an emergency, and the patient is told.
 *
 * @module
 */
import type { Given } from './sharing.ts';

/** What a doctor may do, or did, in an emergency of one patient. */
export type EmergencyHere = {
  /** The organisations whose records she may open so, by name. */
  readonly places: readonly string[];
  /** Until when it is open to her, UTC milliseconds; `null` while it is not. */
  readonly until: number | null;
};

/** An emergency that a patient is told of. */
export type EmergencyToMe = {
  /** Its number, hex. */
  readonly id: string;
  readonly doctor: Given['doctor'];
  /** Whose records of hers were opened, by name. */
  readonly place: string;
  /** UTC milliseconds. */
  readonly since: number;
  readonly until: number;
  /** In the doctor's own words; `null` where it cannot be read. */
  readonly why: string | null;
  /** What the organisation said of it afterwards. */
  readonly verdict: 'justified' | 'not-justified' | null;
  /** Whether the cloud shows an older word of the organisation than it did: then none counts. */
  readonly older: boolean;
};

/** An emergency at the organisation for which an administrator signs, for her to say afterwards whether it was justified. */
export type EmergencyToReview = Omit<EmergencyToMe, 'place'> & {
  /** The beginning of the chart's number; whose it is, she is not told. */
  readonly chart: string;
  /** Which parts of the chart: who somebody is, birth date and town, medical content. */
  readonly parts: readonly string[];
};

export type Reviews = {
  /** Her organisation. */
  readonly place: string;
  /** Those that wait for a word first, then the newest; `null` where her organisation keeps no records in this town. */
  readonly emergencies: readonly EmergencyToReview[] | null;
};

export type EmergencyHouse = {
  /**
   * Opens, for hours, what is locked of a patient; she and the organisations are told at once.
   *
   * @returns until when, UTC milliseconds
   * @throws `denied` where no key of hers is for that, `conflict` for one too many, `unavailable` when the cloud does not answer
   */
  breakGlass(patient: string, what: { readonly why: string; readonly hours: number }): Promise<number>;
  /** What doctors opened of the patient who is in, in emergencies, the newest first. */
  emergencies(): Promise<EmergencyToMe[]>;
  /** Emergencies at an administrator's organisation. */
  reviews(): Promise<Reviews>;
  /**
   * Signs what an administrator thinks of one; patient and doctor are told.
   *
   * @throws `denied` for one of another organisation, `missing` for none, `conflict` where something later was said, `unavailable`
   */
  review(emergency: string, verdict: 'justified' | 'not-justified'): Promise<void>;
};
