/**
 * Sharing by consent, as pages see it: whom a patient lets read what, until when.
 *
 * @module
 */
import type { Confidentiality, Kind, Sensitivity } from '@carelet/care/model';
import type { PatientLine } from './patients.ts';
import type { RequestRef } from './requests.ts';

/** A group of records that is never shared unless it is named. */
export type SensitiveGroup = Exclude<Sensitivity, 'none'>;

/** What is shared only when it is turned on: what is especially sensitive, and what a hospital marked as restricted or very restricted. */
export type PrivateGroup = SensitiveGroup | Exclude<Confidentiality, 'N'>;

/** A doctor of the town whom one may share with. */
export type ShareDoctor = {
  /** Of her card, hex. */
  readonly id: string;
  readonly name: string;
  readonly specialty: string;
  readonly organisation: string;
  /** Of her card, to be compared with her; `null` while she has not signed in since she may be shared with. */
  readonly fingerprint: string | null;
};

/** A team of the town: whoever works in a ward or a clinic, today and later. */
export type ShareTeam = {
  /** Of its card, hex. */
  readonly id: string;
  /** As a patient reads it: `Cardiology, Northgate Hospital`. */
  readonly title: string;
  readonly name: string;
  readonly place: string;
  /** Whether it is everybody there. */
  readonly whole: boolean;
};

/** Whoever a carer code names. */
export type Carer = {
  /** Of her card, hex. */
  readonly id: string;
};

/** What is shared. */
export type SharedWhat = {
  readonly kinds: readonly Kind[];
  readonly sensitive: readonly PrivateGroup[];
  /** First day of the records meant, `YYYY-MM-DD`, or from the beginning. */
  readonly from: string;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string;
};

export type ShareWish = SharedWhat & {
  /** The card of whoever may read: a doctor's, a team's, or a carer's as `carer` gave it. */
  readonly doctor: string;
  /** A carer, as one calls her; a doctor has the name of the directory. */
  readonly carer?: { readonly name: string };
  /** A team, by the name of the directory. */
  readonly team?: true;
  /** The request of this doctor that is granted so. */
  readonly answering?: RequestRef;
  /** The grants in whose place it stands, as `Given` has them: they end, or nothing changes. */
  readonly instead?: readonly string[];
};

/** Whom one lets read. */
export type Given = {
  /** The grants behind it, one a chart, hex; what takes it back. */
  readonly grants: readonly string[];
  readonly doctor: {
    readonly id: string;
    readonly name: string;
    readonly specialty: string | null;
    readonly organisation: string | null;
    /** Somebody who cares for one, and no doctor. */
    readonly carer: boolean;
    /** A team: whoever works there. */
    readonly team: boolean;
  };
  /** `null` where another copy of the keyring gave it: what it is about is known there, and to the doctor. */
  readonly what: SharedWhat | null;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string;
  /** When it was given, UTC milliseconds. */
  readonly given: number;
  /** The clinic whose box takes part in each opening; `null` where three key servers do. */
  readonly through: string | null;
  /** `half`: it was taken back, and one of the two that hold a part of it has not heard so yet. Nothing opens any more. */
  readonly state: 'holds' | 'half';
};

/** What a patient shares with the doctor or carer who looks. */
export type Received = SharedWhat & {
  /** The patient's name, as she told it. */
  readonly name: string;
  /** The team of the doctor's with which she shares it, by name; `null` for what she shares with her alone. */
  readonly team: string | null;
};

export type SharingHouse = {
  /** The doctors of the town whom one may share with, by name. */
  directory(): Promise<ShareDoctor[]>;
  /** The teams of the town, place by place. */
  teams(): Promise<ShareTeam[]>;
  /**
   * One's own carer code, to be read out or shown: whoever has it can share with one. Asking for it is what makes one ready for that.
   *
   * @throws `unavailable` when the cloud does not answer
   */
  carerCode(): Promise<string>;
  /**
   * Whom a carer code names.
   *
   * @throws `invalid` for what is no code, or one's own; `missing` for a code of nobody who is ready; `tampered` for a card
   *   that is not the one the code names
   */
  carer(code: string): Promise<Carer>;
  /** Who shares with one as a carer, by name. */
  sharedWithMe(): Promise<PatientLine[]>;
  /** Whom one lets read, the newest first. */
  whoReads(): Promise<Given[]>;
  /**
   * Lets a doctor, a carer or a team read; told with events `sharing` as keys are made. Gives the grants behind it, as `Given` has them.
   *
   * @throws `invalid` for what cannot be shared so, `missing` for somebody who is not ready, `unavailable` when the cloud or a
   *   clinic's box does not answer, `conflict` for a request that does not wait any more; nothing is shared then
   */
  share(wish: ShareWish): Promise<readonly string[]>;
  /**
   * Takes back. Nothing opens any more when this answers, though one of the two may not have heard yet.
   *
   * @throws `unavailable` when neither could be reached: then it still holds
   */
  unshare(grants: readonly string[]): Promise<Given['state'] | 'ended'>;
};
