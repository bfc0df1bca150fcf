/**
 * Patients as lists, charts and the triage show them.
 *
 * @module
 */
import type { EmergencyHere } from './break-glass.ts';
import type { Course, Item, Moment } from './items.ts';
import type { Received } from './sharing.ts';
import type { Audience, Measured, SparkDay, Standing, Usual, VitalCard, VitalName } from './vitals.ts';

/** Who somebody is; `null` where one's key does not open it. */
export type Identity = {
  readonly name: string | null;
  readonly born: string | null;
  readonly age: number | null;
  readonly sex: 'female' | 'male' | 'other' | 'unknown' | null;
  /** Record numbers, each as its organisation writes it. */
  readonly numbers: readonly { readonly organisation: string; readonly number: string }[];
};

export type Place = { readonly id: string; readonly name: string };

/** Until when a doctor's key opens records of a place. */
export type Ending = {
  readonly place: Place;
  /** When it is over, UTC milliseconds. */
  readonly at: number;
  /** The last day it opens anything, `YYYY-MM-DD`, as it was approved. */
  readonly lastDay: string;
};

export type PatientLine = {
  /** Of the patient's card, hex; names her in addresses. */
  readonly id: string;
  readonly identity: Identity;
  readonly places: readonly Place[];
  readonly records: number;
  /** When the newest record is from. */
  readonly latest: Moment | null;
  /** Whether all of it is open by now. */
  readonly open: boolean;
  /** Until when it opens to a doctor, the soonest first; empty for a patient. */
  readonly endings: readonly Ending[];
  /** What she shares by consent with the doctor or carer who looks. */
  readonly shared: readonly Received[];
};

/** Something worth saying first. */
export type Finding =
  | {
      readonly kind: 'out';
      readonly vital: VitalName;
      readonly standing: 'above' | 'below';
      readonly days: number;
      readonly of: number;
      readonly since: number | null;
      readonly latest: Measured;
    }
  | { readonly kind: 'new'; readonly items: readonly Item[] }
  | { readonly kind: 'all-usual' }
  /** Records, but no reading of the last week and nothing new: nothing can be said of now. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'nothing-yet' };

/** Something to do, with the record or reading it is about. */
export type Todo =
  | { readonly kind: 'measure-again'; readonly vital: VitalName; readonly since: number }
  | { readonly kind: 'read-result'; readonly item: Item }
  | { readonly kind: 'device-silent'; readonly device: string; readonly since: number }
  | { readonly kind: 'keep-keyring' }
  | { readonly kind: 'problem'; readonly count: number };

/** Records that do not fit, beside those that do. */
export type ProblemLine = { readonly kind: 'cannot-open' | 'tampered' | 'missing'; readonly what: string; readonly place: string };

export type Overview = PatientLine & {
  readonly findings: readonly Finding[];
  readonly todos: readonly Todo[];
  readonly vitals: readonly VitalCard[];
  readonly conditions: readonly Item[];
  readonly medications: readonly Item[];
  /** Medicines over time, those that are over among them; what never ran is none. */
  readonly courses: readonly Course[];
  readonly allergies: readonly Item[];
  readonly notes: readonly Item[];
  readonly laboratory: readonly Item[];
  /** The newest record with a heart trace. */
  readonly trace: Item | null;
  readonly traceAudience: Audience | null;
  /** How many records of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** Kinds of record that this doctor's keys do not reach, for one who reaches something; never how many. */
  readonly withheld: readonly string[];
  /** What a doctor may open in an emergency, or has; `null` for one who may not, and for a patient. */
  readonly emergency: EmergencyHere | null;
  readonly audience: Audience;
  readonly problems: readonly ProblemLine[];
  /** When it was last looked at here, before this time. */
  readonly lastLook: number | null;
  /** When a doctor looked, if nothing has come since that asks for another look. */
  readonly lookedAt: number | null;
};

export type TriageLine = {
  readonly patient: PatientLine;
  readonly urgency: 'now' | 'today' | 'new' | 'quiet';
  readonly vital: VitalName | null;
  readonly unit: string | null;
  readonly decimals: number;
  readonly latest: Measured | null;
  readonly usual: Usual | null;
  readonly standing: Standing;
  readonly since: number | null;
  readonly spark: readonly SparkDay[];
  /** What came since she looked. */
  readonly fresh: readonly Item[];
  /** When she looked, if nothing has come since that asks for another look. */
  readonly lookedAt: number | null;
};

export type Triage = { readonly lines: readonly TriageLine[]; readonly at: number };
